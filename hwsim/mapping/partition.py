"""The strategies that choose a grid for every layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from hwsim.mapping.grid import Candidates, Mask
from hwsim.mapping.limits import Limits

Choice = tuple[int, ...]
"""Per layer, the row of its `Candidates`."""

Strategy = Callable[[Sequence[Candidates], Limits, int], Choice]
"""From every layer's candidates, the core's limits and the cores of the mesh."""

NEAR = 1.05
"""Work at most this much above another's counts as its equal where packets decide."""


def min_cores(layers: Sequence[Candidates], limits: Limits, cores: int) -> Choice:
    """The fewest cores for each layer; then the fewest packets per spike, then squareness."""
    choice = _choose(layers, limits, [np.ones(len(layer), bool) for layer in layers])
    assert choice is not None, "candidates reach no more cores than there are output axons"
    return choice


def balance_synops(layers: Sequence[Candidates], limits: Limits, cores: int) -> Choice:
    """Cores go to the layer with the busiest core, as long as the mesh has any that help.

    Starts from `min_cores`. Each turn takes, for the layer whose busiest core has the most
    synaptic operations, the smallest grid with fewer, and stops where the mesh has no room for
    it: any more cores would go to layers that nobody waits for. In the end each layer may trade
    up to 5 % of its busiest core's work for fewer packets, on no more cores than it has.
    """
    choice = min_cores(layers, limits, cores)
    allowed = [np.ones(len(layer), bool) for layer in layers]
    while True:
        busiest = max(range(len(layers)), key=lambda index: layers[index].work[choice[index]])
        allowed[busiest] = layers[busiest].work < layers[busiest].work[choice[busiest]]
        better = _choose(layers, limits, allowed)
        if better is None or _cores(layers, better) > cores:
            return _fewer_packets(layers, limits, choice)
        choice = better


STRATEGIES: dict[str, Strategy] = {"min_cores": min_cores, "balance_synops": balance_synops}


def _cores(layers: Sequence[Candidates], choice: Choice) -> int:
    return sum(int(layer.cores[row]) for layer, row in zip(layers, choice, strict=True))


def _choose(
    layers: Sequence[Candidates], limits: Limits, allowed: Sequence[Mask]
) -> Choice | None:
    """The first allowed row of each layer whose output axons suffice; None if there is none.

    From the readout backwards, because a layer's output axons depend on how the next is cut: a
    layer that would need too many is cut further.
    """
    chosen: list[int] = []
    for index in reversed(range(len(layers))):
        layer, mask = layers[index], allowed[index]
        if chosen:
            following = layers[index + 1].grid(chosen[-1])
            mask = mask & (layer.axons_out(following, limits.discrete) <= limits.axons_out)
        if not mask.any():
            return None
        chosen.append(int(mask.argmax()))
    return tuple(reversed(chosen))


def _fewer_packets(layers: Sequence[Candidates], limits: Limits, choice: Choice) -> Choice:
    near = [
        (layer.cores <= layer.cores[row]) & (layer.work <= NEAR * layer.work[row])
        for layer, row in zip(layers, choice, strict=True)
    ]
    orders = [np.lexsort((layer.uneven, layer.cores, layer.packets)) for layer in layers]
    sorted_layers = [layer.keep(order) for layer, order in zip(layers, orders, strict=True)]
    masks = [mask[order] for mask, order in zip(near, orders, strict=True)]
    found = _choose(sorted_layers, limits, masks)
    if found is None:
        return choice
    return tuple(int(order[row]) for order, row in zip(orders, found, strict=True))
