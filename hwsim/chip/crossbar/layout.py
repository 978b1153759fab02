"""How one layer lies on crossbar arrays."""

from __future__ import annotations

from dataclasses import dataclass

from hwsim.arch.crossbar import CrossbarArch, CrossbarCore
from hwsim.errors import DoesNotFit
from hwsim.mapping.mapping import Range
from hwsim.network.graph import Layer, Network


@dataclass(frozen=True)
class Segment:
    """Rows of an array that see the input channels `channels` at kernel position (row, column)."""

    row: int
    column: int
    channels: Range

    @property
    def rows(self) -> int:
        """How many rows."""
        return self.channels[1] - self.channels[0]


Array = tuple[Segment, ...]
"""The rows in use of one array."""


@dataclass(frozen=True)
class Layout:
    """The arrays of one layer, for every block of output channels alike.

    * `arrays`: the vertical arrays of a block, `per_pe` of them a PE,
    * `blocks`: the output channels of each block,
    * `bit_slices`: columns of one weight,
    * `step`: neuron positions between two units, along rows and columns,
    * `units`: (rows, columns) of the positions that are read,
    * `input_bits`: of a value that arrives,
    * `reads`: reads of a unit, one after another,
    * `cycles`: read cycles of a unit per read: 1, or its channels.
    """

    layer: Layer
    arrays: tuple[Array, ...]
    per_pe: int
    blocks: tuple[Range, ...]
    bit_slices: int
    step: int
    units: tuple[int, int]
    input_bits: int
    reads: int
    cycles: int

    @property
    def pes(self) -> int:
        """PEs of one block in one copy."""
        return -(-len(self.arrays) // self.per_pe)

    @property
    def pes_of_copy(self) -> int:
        """PEs of the whole layer in one copy."""
        return self.pes * len(self.blocks)

    @property
    def positions(self) -> int:
        """Units of a pass."""
        return self.units[0] * self.units[1]

    @property
    def rows_used(self) -> int:
        """Rows of the fullest array."""
        return max(sum(segment.rows for segment in array) for array in self.arrays)

    def pe(self, number: int) -> tuple[Array, ...]:
        """The arrays of one PE of a block."""
        return self.arrays[number * self.per_pe : (number + 1) * self.per_pe]


def layouts(network: Network, arch: CrossbarArch) -> tuple[Layout, ...]:
    """The layout of every layer. Raises DoesNotFit where a weight has no place in an array."""
    core = arch.core
    bit_slices = -(-network.weight_bits // core.cell_bits)
    if bit_slices > core.columns:
        raise DoesNotFit(
            f"{arch.name}: a weight of {network.weight_bits} bits takes {bit_slices} columns of "
            f"{core.cell_bits}-bit cells, an array has {core.columns} (core.columns)"
        )
    return tuple(
        _layout(layer, network.input_bits(number), core, bit_slices)
        for number, layer in enumerate(network.layers)
    )


def _layout(layer: Layer, input_bits: int, core: CrossbarCore, bit_slices: int) -> Layout:
    cut = _by_position if core.row_order == "kernel_position" else _im2col
    positions = layer.kernel[0] * layer.kernel[1]
    width = core.columns // bit_slices
    channels, height, columns = layer.out_shape
    step = layer.pool if core.work_resolution == "pooled" else 1
    return Layout(
        layer=layer,
        arrays=tuple(cut(layer, core.rows)),
        per_pe=positions if core.arrays_per_pe == "kernel" else core.arrays_per_pe,
        blocks=tuple((c, min(c + width, channels)) for c in range(0, channels, width)),
        bit_slices=bit_slices,
        step=step,
        units=(height // step, columns // step),
        input_bits=input_bits,
        reads=1 if core.first_layer_reads == 1 else input_bits,
        cycles=channels if core.latency_unit == "element" else 1,
    )


def _by_position(layer: Layer, rows: int) -> list[Array]:
    """One kernel position an array: (channels, kernel row, kernel column)."""
    channels = layer.in_shape[0]
    return [
        (Segment(r, s, (c, min(c + rows, channels))),)
        for c in range(0, channels, rows)
        for r in range(layer.kernel[0])
        for s in range(layer.kernel[1])
    ]


def _im2col(layer: Layer, rows: int) -> list[Array]:
    """All rows in the order (kernel row, kernel column, channel), cut where an array is full."""
    arrays: list[list[Segment]] = [[]]
    room = rows
    for r in range(layer.kernel[0]):
        for s in range(layer.kernel[1]):
            start, stop = 0, layer.in_shape[0]
            while start < stop:
                if not room:
                    arrays.append([])
                    room = rows
                taken = min(room, stop - start)
                arrays[-1].append(Segment(r, s, (start, start + taken)))
                start, room = start + taken, room - taken
    return [tuple(array) for array in arrays]
