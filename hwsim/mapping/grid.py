"""A layer cut into a grid of blocks, and the table of every grid that its cores can hold."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from hwsim.mapping.cut import Cut, Edges, channel_cuts, cuts
from hwsim.mapping.limits import Limits
from hwsim.mapping.mapping import Slice
from hwsim.mapping.reach import Ints
from hwsim.network.graph import Layer, Network

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Grid:
    """Edges of the blocks along rows, columns and channels. `reach_y`, `reach_x` are the
    pieces that an input row or column reaches."""

    y: Edges
    x: Edges
    c: Edges
    reach_y: Ints
    reach_x: Ints

    @property
    def cores(self) -> int:
        """Blocks, one a core."""
        return (len(self.y) - 1) * (len(self.x) - 1) * (len(self.c) - 1)

    def slices(self, layer: int, first_core: int) -> list[Slice]:
        """The blocks in order (y, x, c), on consecutive cores."""
        blocks = [(y, x, c) for y in pairwise(self.y) for x in pairwise(self.x)
                  for c in pairwise(self.c)]  # fmt: skip
        return [Slice(first_core + i, layer, *block) for i, block in enumerate(blocks)]


@dataclass(frozen=True)
class Candidates:
    """Grids of one layer that obey every limit but the output axons, best packing first.

    Ordered by cores, then packets (to how many cores the spikes of one channel go, every pixel
    spiking once), then squareness. `work` is the busiest core's: synaptic operations when every
    input spikes once, or neurons to scan in a layer that has none. `rows`, `columns` and
    `pieces` index the cuts.
    """

    layer: Layer
    row_cuts: tuple[Cut, ...]
    column_cuts: tuple[Cut, ...]
    channel_cuts: tuple[Edges, ...]
    rows: Ints
    columns: Ints
    pieces: Ints
    cores: Ints
    packets: Ints
    uneven: Ints
    work: Ints

    def __len__(self) -> int:
        return len(self.cores)

    def keep(self, mask: Mask | Ints) -> Candidates:
        """Only the grids that a mask or a list of rows names."""
        names = ("rows", "columns", "pieces", "cores", "packets", "uneven", "work")
        fields = {name: getattr(self, name)[mask] for name in names}
        return Candidates(self.layer, self.row_cuts, self.column_cuts, self.channel_cuts, **fields)

    def destinations(self) -> Ints:
        """Per grid, the most cores that one spike reaches."""
        rows = np.array([cut.reach.max() for cut in self.row_cuts], np.int64)
        columns = np.array([cut.reach.max() for cut in self.column_cuts], np.int64)
        channels = np.array([len(edges) - 1 for edges in self.channel_cuts], np.int64)
        return rows[self.rows] * columns[self.columns] * channels[self.pieces]

    def axons_out(self, following: Grid, discrete: bool) -> Ints:
        """Per grid, output axons of its worst block when the next layer is cut as `following`."""
        rows = _worst(_edges(self.row_cuts), tuple(following.reach_y.tolist()), self.layer.pool)
        columns = _worst(
            _edges(self.column_cuts), tuple(following.reach_x.tolist()), self.layer.pool
        )
        axons = rows[self.rows] * columns[self.columns] * (len(following.c) - 1)
        return axons * self._channels[self.pieces] if discrete else axons

    def grid(self, index: int) -> Grid:
        """The grid of one row of the table."""
        row, column = self.row_cuts[self.rows[index]], self.column_cuts[self.columns[index]]
        channels = self.channel_cuts[self.pieces[index]]
        return Grid(row.edges, column.edges, channels, row.reach, column.reach)

    @cached_property
    def _channels(self) -> Ints:
        return np.array([np.diff(edges).max() for edges in self.channel_cuts], np.int64)


def _edges(axis_cuts: tuple[Cut, ...]) -> tuple[Edges, ...]:
    return tuple(cut.edges for cut in axis_cuts)


@lru_cache(maxsize=4096)  # a strategy asks for the same few cuts thousands of times
def _worst(axis_edges: tuple[Edges, ...], reach: tuple[int, ...], pool: int) -> Ints:
    """Per cut, the largest sum over a piece's pooled positions of the pieces they reach."""
    total = np.concatenate([[0], np.cumsum(reach)])
    return np.array(
        [np.diff(total[np.array(edges) // pool]).max() for edges in axis_edges], np.int64
    )


def candidates(network: Network, index: int, limits: Limits) -> Candidates:
    """Every grid of layer `index` whose blocks fit a core, on as many cores as it takes."""
    layer = network.layers[index]
    injected = index == 0 and limits.injected
    row_cuts, column_cuts = tuple(cuts(layer, 0)), tuple(cuts(layer, 1))
    edges = tuple(channel_cuts(layer.out_shape[0]))
    parts = (len(row_cuts), len(column_cuts), len(edges))
    rows, columns, pieces = (axis.ravel() for axis in np.indices(parts))

    def along(values: list[int], at: Ints) -> Ints:
        return np.array(values, np.int64)[at]

    def both(name: str) -> Ints:
        return along([getattr(cut, name) for cut in row_cuts], rows) * along(
            [getattr(cut, name) for cut in column_cuts], columns
        )

    channels = along([int(np.diff(cut).max()) for cut in edges], pieces)
    splits = along([len(cut) - 1 for cut in edges], pieces)
    neurons = both("size") * channels
    inputs = layer.in_shape[0]
    table = Candidates(
        layer=layer,
        row_cuts=row_cuts,
        column_cuts=column_cuts,
        channel_cuts=edges,
        rows=rows,
        columns=columns,
        pieces=pieces,
        cores=both("pieces") * splits,
        packets=along([int(cut.reach.sum()) for cut in row_cuts], rows)
        * along([int(cut.reach.sum()) for cut in column_cuts], columns)
        * splits,
        uneven=np.abs(
            along([cut.size for cut in row_cuts], rows)
            - along([cut.size for cut in column_cuts], columns)
        ),
        work=neurons if injected else both("taps") * channels * inputs,
    )
    fits = neurons <= limits.neurons
    if not injected:
        fits &= channels * layer.fan_in * network.weight_bits <= limits.synapse_bits
        fits &= both("field") * (inputs if limits.discrete else 1) <= limits.axons_in
    order = np.lexsort((table.uneven, table.packets, table.cores))
    return table.keep(order[fits[order]])
