"""The cores behind a slice: partial cores, then adders or relays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hwsim.arch.binary_crossbar import BinaryCrossbarCore
from hwsim.mapping.cut import even
from hwsim.mapping.mapping import Range, Slice
from hwsim.mapping.reach import Ints, counts, ranges
from hwsim.network.graph import Layer, Network


@dataclass(frozen=True)
class Cluster:
    """The cores of one slice, in order.

    * `rows`, `columns`: the input pixels of its field, half-open,
    * `pieces`: the input channels of each partial core; none in layer 0,
    * `copies` (outputs,): neurons of each output, in the order (y, x, channel): as many as cores
      need it, at least one. Outputs are neurons, in layer 0 pooled ones,
    * `runs`: the outputs of each adder or relay core, half-open; none where the one partial core
      fires the outputs itself.
    """

    slice: Slice
    rows: Range
    columns: Range
    pieces: tuple[Range, ...]
    copies: Ints
    runs: tuple[Range, ...]

    @property
    def size(self) -> int:
        """How many cores."""
        return len(self.pieces) + len(self.runs)

    @property
    def adders(self) -> int:
        """Cores that add up partial sums."""
        return len(self.runs) if len(self.pieces) > 1 else 0

    @property
    def relays(self) -> int:
        """Cores that only copy spikes."""
        return len(self.runs) - self.adders

    @property
    def fused(self) -> bool:
        """Whether its partial core fires the outputs."""
        return not self.runs

    @property
    def axons(self) -> int:
        """Axons of its fullest partial core, or of its fullest core where it has none."""
        if not self.pieces:
            return max(stop - start for start, stop in self.runs)
        pixels = (self.rows[1] - self.rows[0]) * (self.columns[1] - self.columns[0])
        return max(stop - start for start, stop in self.pieces) * pixels

    @property
    def neurons_used(self) -> int:
        """Neurons of all its cores."""
        partial = len(self.copies) * len(self.pieces) if self.runs else 0
        return partial + int(self.copies.sum())


@dataclass(frozen=True)
class Impossible:
    """A limit of the core that a slice exceeds: `needed` of `available`."""

    slice: Slice
    field: str
    needed: int
    available: int
    what: str


def needs(network: Network, slices: Sequence[Slice]) -> list[Ints]:
    """Per layer, (pooled height, pooled width): how many cores need a spike of each pixel."""
    found = []
    for number, layer in enumerate(network.layers):
        height, width = layer.pooled_shape[1:]
        if number + 1 == len(network.layers):
            found.append(np.zeros((height, width), np.int64))
            continue
        following = [s for s in slices if s.layer == number + 1]
        rows, columns = (
            (counts(network.layers[number + 1], axis, ranges(following, axis)) > 0).astype(np.int64)
            for axis in (0, 1)
        )
        found.append(rows.T @ columns)
    return found


def field(layer: Layer, axis: int, held: Range) -> Range:
    """The input rows (axis 0) or columns (axis 1) that some output rows or columns cover, from the
    first to the last."""
    covered = np.flatnonzero(counts(layer, axis, np.array([held], np.int64))[0])
    return (int(covered[0]), int(covered[-1]) + 1) if len(covered) else (0, 0)


def clusters(
    network: Network, core: BinaryCrossbarCore, slices: Sequence[Slice]
) -> Iterator[Cluster | Impossible]:
    """The cluster of every slice, or what is too small for it."""
    wanted = needs(network, slices)
    for s in slices:
        yield _cluster(network.layers[s.layer], core, s, wanted[s.layer])


def _cluster(
    layer: Layer, core: BinaryCrossbarCore, s: Slice, wanted: Ints
) -> Cluster | Impossible:
    rows, columns = (field(layer, axis, held) for axis, held in ((0, s.y), (1, s.x)))
    copies = _copies(layer, s, wanted)
    if copies.max() > core.neurons_max:
        return Impossible(
            s, "neurons_max", int(copies.max()), core.neurons_max, "copies of one neuron"
        )
    if s.layer == 0:
        return Cluster(s, rows, columns, (), copies, _runs(copies, core, core.axons_max))
    if s.neurons > core.neurons_max:
        return Impossible(s, "neurons_max", s.neurons, core.neurons_max, "neurons")
    pixels = max((rows[1] - rows[0]) * (columns[1] - columns[0]), 1)
    if pixels > core.axons_max:
        return Impossible(
            s, "axons_max", pixels, core.axons_max, "input axons of each input channel"
        )
    count = -(-layer.in_shape[0] // (core.axons_max // pixels))
    if count > core.axons_max:
        return Impossible(s, "axons_max", count, core.axons_max, "partial sums of one neuron")
    pieces = tuple(pairwise(even(layer.in_shape[0], count)))
    fused = count == 1 and int(copies.sum()) <= core.neurons_max
    runs = () if fused else _runs(copies, core, core.axons_max // count)
    return Cluster(s, rows, columns, pieces, copies, runs)


def _copies(layer: Layer, s: Slice, wanted: Ints) -> Ints:
    """In layer 0 the front end pools; elsewhere every neuron of a window has its copies."""
    y, x = (slice(start // layer.pool, stop // layer.pool) for start, stop in (s.y, s.x))
    pixels = wanted[y, x]
    if s.layer:
        pixels = pixels.repeat(layer.pool, axis=0).repeat(layer.pool, axis=1)
    copies: Ints = np.maximum(np.repeat(pixels.ravel(), s.shape[2]), 1)
    return copies


def _runs(copies: Ints, core: BinaryCrossbarCore, most: int) -> tuple[Range, ...]:
    """Outputs in order, on each core as many as its neurons and axons hold."""
    ends, runs, start = np.cumsum(copies), [], 0
    while start < len(copies):
        before = int(ends[start] - copies[start])
        fits = int(np.searchsorted(ends, before + core.neurons_max, side="right"))
        stop = min(fits, start + most)
        runs.append((start, stop))
        start = stop
    return tuple(runs)
