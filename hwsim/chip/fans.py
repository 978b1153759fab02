"""The fan-outs of all layers as one table, with what a delivery costs at each destination."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwsim.chip.chip import Chip
from hwsim.mapping.fanout import Ints, fan_out
from hwsim.network.graph import Layer


@dataclass(frozen=True)
class Fans:
    """`FanOut` of every layer, one behind the other.

    Spikes into layer l at pixel p have the entries pointer[rows[l] + p] : pointer[rows[l] + p +
    1]; layer l holds the entries first[l] : first[l + 1]. The rest is per entry (E,): the
    `slices` index of the destination, its synaptic operations, words of synapse memory and
    service in ps, and the half-open output ranges `reach` (E, 4) of rows and columns.
    """

    rows: Ints
    first: Ints
    pointer: Ints
    slices: Ints
    synops: Ints
    words: Ints
    service_ps: Ints
    reach: Ints

    def reached(self, number: int, layer: Layer, delivered: Ints) -> npt.NDArray[np.bool_]:
        """(height, width) of layer `number`: where deliveries put work. `delivered` (E,) is how
        often each entry was delivered."""
        _, height, width = layer.out_shape
        held = slice(self.first[number], self.first[number + 1])
        top, bottom, left, right = self.reach[held][delivered[held] > 0].T
        edges = np.zeros((height + 1, width + 1), np.int64)
        for y, x, sign in (
            (top, left, 1),
            (top, right, -1),
            (bottom, left, -1),
            (bottom, right, 1),
        ):
            np.add.at(edges, (y, x), sign)
        return edges.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0


def fans(chip: Chip) -> Fans:
    """The table of a chip's network and mapping."""
    arch = chip.arch
    parts = [fan_out(number, layer, chip.mapping) for number, layer in enumerate(chip.layers)]
    first = np.cumsum([0] + [len(part.slices) for part in parts])
    services = []
    for number, part in enumerate(parts):
        lookup, operation = chip.synapse_ps(number, chip.operation(number))
        services.append(lookup + -(-part.synops // arch.synapse.parallel) * operation)
    bits = chip.weight_bits
    return Fans(
        rows=np.cumsum([0] + [len(part.pointer) for part in parts]),
        first=first,
        pointer=np.concatenate(
            [part.pointer + start for part, start in zip(parts, first, strict=False)]
        ),
        slices=np.concatenate([part.slices for part in parts]),
        synops=np.concatenate([part.synops for part in parts]),
        words=np.concatenate(
            [part.taps * -(-part.channels * bits // arch.synapse.word_bits) for part in parts]
        ),
        service_ps=np.concatenate(services),
        reach=np.concatenate([np.hstack([part.rows, part.columns]) for part in parts]),
    )
