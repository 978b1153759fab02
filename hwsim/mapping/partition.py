"""The strategies that choose a grid for every layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np

from hwsim.mapping.grid import Candidates, Mask
from hwsim.mapping.limits import Limits

Choice = tuple[int, ...]
"""Per layer, the row of its `Candidates`."""

Strategy = Callable[[Sequence[Candidates], Limits, int], Choice]
"""From every layer's candidates, the core's limits and the cores of the mesh.

No candidate sends a spike to more cores than a core has output axons, and the fewest cores of
every layer together are no more than the mesh has."""

NEAR = 1.05
"""Work at most this much above another's counts as its equal where packets decide."""


def min_cores(layers: Sequence[Candidates], limits: Limits, cores: int) -> Choice:
    """The fewest cores for each layer; then the fewest packets per spike, then squareness."""
    choice = _choose(layers, limits, [np.ones(len(layer), bool) for layer in layers])
    if choice is None:
        raise ValueError("a candidate reaches more cores than a core has output axons")
    return choice


def balance_synops(layers: Sequence[Candidates], limits: Limits, cores: int) -> Choice:
    """Cores go to the layer with the busiest core, as long as the mesh has any that help.

    Starts from `min_cores`. Each turn takes, for the layer whose busiest core has the most
    synaptic operations, the smallest grid with fewer, and stops where more cores do not help:
    where the mesh has no room for that grid (other layers nobody waits for), or where some core
    would then have more packets to send than the busiest has operations to do. In the end each
    layer, busiest first, takes the grid with the fewest packets per spike among those of at most
    5 % more work that the cores still free allow.
    """
    layers = [layer.keep(layer.cores <= cores) for layer in layers]
    choice = min_cores(layers, limits, cores)
    allowed = [np.ones(len(layer), bool) for layer in layers]
    while True:
        busiest = max(range(len(layers)), key=lambda index: layers[index].work[choice[index]])
        work = int(layers[busiest].work[choice[busiest]])
        allowed[busiest] = layers[busiest].work < work
        better = _choose(layers, limits, allowed)
        if better is None or _cores(layers, better) > cores or _most_sent(layers, better) > work:
            return _fewer_packets(layers, limits, choice, cores)
        choice = better


STRATEGIES: dict[str, Strategy] = {"min_cores": min_cores, "balance_synops": balance_synops}


def _cores(layers: Sequence[Candidates], choice: Choice) -> int:
    return sum(int(layer.cores[row]) for layer, row in zip(layers, choice, strict=True))


def _most_sent(layers: Sequence[Candidates], choice: Choice) -> int:
    """Packets that the core with most of them sends when every neuron spikes once."""
    return max(
        (
            int(layer.axons_out(after.grid(following), discrete=True)[row])
            for (layer, row), (after, following) in pairwise(zip(layers, choice, strict=True))
        ),
        default=0,
    )


def _choose(layers: Sequence[Candidates], limits: Limits, allowed: Sequence[Mask]) -> Choice | None:
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


def _fewer_packets(
    layers: Sequence[Candidates], limits: Limits, choice: Choice, cores: int
) -> Choice:
    orders = [np.lexsort((layer.uneven, layer.cores, layer.packets)) for layer in layers]
    sorted_layers = [layer.keep(order) for layer, order in zip(layers, orders, strict=True)]
    now = tuple(int((order == row).argmax()) for order, row in zip(orders, choice, strict=True))

    def near(index: int, spare: int) -> Mask:
        layer, row = sorted_layers[index], now[index]
        mask: Mask = layer.cores <= layer.cores[row] + spare
        mask &= layer.work <= NEAR * layer.work[row]
        return mask

    masks = [np.arange(len(layer)) == row for layer, row in zip(sorted_layers, now, strict=True)]
    for index in sorted(range(len(layers)), key=lambda i: -layers[i].work[choice[i]]):
        pinned = masks[index]
        masks[index] = near(index, cores - _cores(sorted_layers, now))
        found = _choose(sorted_layers, limits, masks)
        if found is None or _cores(sorted_layers, found) > cores:
            masks[index] = pinned
            continue
        now = found
        masks[index] = np.arange(len(sorted_layers[index])) == now[index]
    return tuple(int(order[row]) for order, row in zip(orders, now, strict=True))
