"""The cut of a network into blocks that takes the fewest cores: a shortest path over layers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from hwsim.arch.binary_crossbar import BinaryCrossbarCore
from hwsim.chip.binary_crossbar.cluster import field
from hwsim.mapping.cut import Cut, cuts, even
from hwsim.mapping.mapping import Slice
from hwsim.mapping.reach import Ints
from hwsim.network.graph import Layer, Network

KEPT = 24
"""Candidates of a layer that the search weighs."""
Cost = tuple[int, int]
"""Cores and ticks."""
TOO_MANY = 2**40
"""Cores of a cut that asks for more copies of a neuron than a core holds."""


@dataclass(frozen=True)
class Grid:
    """A layer cut at even rows, columns and `channels` pieces of its output channels."""

    layer: Layer
    number: int
    rows: Cut
    columns: Cut
    channels: int
    core: BinaryCrossbarCore

    @cached_property
    def fields(self) -> Ints:
        """(row pieces, column pieces) input pixels of each block, at least 1."""
        sizes = [
            np.array([stop - start for start, stop in _fields(self.layer, axis, cut)], np.int64)
            for axis, cut in ((0, self.rows), (1, self.columns))
        ]
        pixels: Ints = np.maximum(np.outer(*sizes), 1)
        return pixels

    @cached_property
    def pieces(self) -> Ints:
        """(row pieces, column pieces) partial cores of each block."""
        per_core = np.maximum(self.core.axons_max // self.fields, 1)
        count: Ints = -(-self.layer.in_shape[0] // per_core)
        return count if self.number else np.zeros_like(count)

    @property
    def partials(self) -> int:
        """Partial cores of the layer."""
        return int(self.pieces.sum()) * self.channels

    @property
    def axons(self) -> int:
        """Axons in use on partial cores: copies that the layer before must make."""
        used = int(self.fields.sum()) * self.layer.in_shape[0] * self.channels
        return used if self.number else 0

    def behind(self, following: Grid | None) -> Cost:
        """A bound of the cores behind the partial ones, and the ticks of the layer."""
        pool = self.layer.pool
        each = 1 if self.number else pool
        wanted = (following.rows.reach, following.columns.reach) if following else (None, None)
        rows = _needed(self.rows, pool, each, wanted[0])
        columns = _needed(self.columns, pool, each, wanted[1])
        size, extra = divmod(self.layer.out_shape[0], self.channels)
        times = following.channels if following else 1
        if following:
            most_copies = int(following.rows.reach.max() * following.columns.reach.max()) * times
            if most_copies > self.core.neurons_max:
                return TOO_MANY, 0
        cores, ticks = 0, 1
        for channels, count in ((size, self.channels - extra), (size + 1, extra)):
            if not count or not channels:
                continue
            outputs = np.outer(rows[0], columns[0]) * channels
            copies = np.maximum(np.outer(rows[1], columns[1]) * channels * times, outputs)
            most = self.core.axons_max // np.maximum(self.pieces, 1)
            second = np.maximum(
                -(-outputs // np.maximum(most, 1)), -(-copies // self.core.neurons_max)
            )
            if self.number:
                second = np.where((self.pieces == 1) & (copies <= self.core.neurons_max), 0, second)
                ticks = 2 if second.any() else ticks
            cores += int(second.sum()) * count
        return cores, ticks

    def slices(self, first: int) -> list[Slice]:
        """The blocks in order, numbered from `first` instead of placed."""
        channels = even(self.layer.out_shape[0], self.channels)
        blocks = [
            (y, x, c)
            for y in pairwise(self.rows.edges)
            for x in pairwise(self.columns.edges)
            for c in pairwise(channels)
        ]
        return [Slice(first + n, self.number, y, x, c) for n, (y, x, c) in enumerate(blocks)]


def _fields(layer: Layer, axis: int, cut: Cut) -> list[tuple[int, int]]:
    return [field(layer, axis, held) for held in pairwise(cut.edges)]


def _needed(cut: Cut, pool: int, each: int, reach: Ints | None) -> tuple[Ints, Ints]:
    """(pieces,) outputs of each piece along an axis, and what they are worth in copies."""
    starts = np.array(cut.edges[:-1], np.int64) // each
    positions = np.diff(cut.edges) // each
    if reach is None:
        return positions, np.zeros_like(positions)
    wanted = np.repeat(reach, pool // each)
    return positions, np.add.reduceat(wanted, starts)


def candidates(network: Network, number: int, core: BinaryCrossbarCore) -> list[Grid]:
    """The best cuts of a layer by its own partial cores and the copies that they ask for; none
    where even one pooling window of one channel is too large for a core."""
    layer = network.layers[number]
    found = []
    each = 1 if number else layer.pool
    for rows in cuts(layer, 0):
        for columns in cuts(layer, 1):
            outputs = (rows.size // each) * (columns.size // each)
            if outputs > core.neurons_max:
                continue
            channels = -(-layer.out_shape[0] // (core.neurons_max // outputs))
            grid = Grid(layer, number, rows, columns, channels, core)
            if number == 0 or _fits(grid):
                found.append(grid)
    return sorted(found, key=_rank)[:KEPT]


def _fits(grid: Grid) -> bool:
    largest = int(grid.fields.max()) <= grid.core.axons_max
    return largest and int(grid.pieces.max()) <= grid.core.axons_max


def _rank(grid: Grid) -> tuple[int, int]:
    blocks = grid.rows.pieces * grid.columns.pieces * grid.channels
    return grid.core.neurons_max * grid.partials + grid.axons, blocks


def cheapest(tables: list[list[Grid]]) -> list[Grid]:
    """One candidate a layer, so that the sum of cores is least, then of ticks; the first on a
    tie. Every layer must have a candidate."""
    best: list[tuple[Cost, list[Grid]]] = [
        (_total((grid.partials, 0), grid.behind(None)), [grid]) for grid in tables[-1]
    ]
    for table in reversed(tables[:-1]):
        best = [min(_extended(grid, best), key=lambda way: way[0]) for grid in table]
    return min(best, key=lambda way: way[0])[1]


def _extended(grid: Grid, best: list[tuple[Cost, list[Grid]]]) -> Iterator[tuple[Cost, list[Grid]]]:
    for cost, way in best:
        yield _total((grid.partials, 0), grid.behind(way[0]), cost), [grid, *way]


def _total(*costs: Cost) -> Cost:
    return sum(cores for cores, _ in costs), sum(ticks for _, ticks in costs)
