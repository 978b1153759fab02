"""The replay's work: positions of a layer one after another, each with its window of inputs."""

from __future__ import annotations

from itertools import product

import numpy as np
import numpy.typing as npt

from hwsim.actions import Action, Counted
from hwsim.arch.crossbar import CrossbarArch
from hwsim.chip.crossbar.bill import Reads, Tally, bill
from hwsim.chip.crossbar.floor import Floor
from hwsim.chip.crossbar.layout import Layout
from hwsim.chip.crossbar.parcels import Parcel, parcels
from hwsim.chip.frames import Frames
from hwsim.chip.passes import Pass
from hwsim.mapping.mapping import Mapping
from hwsim.mapping.reach import Ints

Bools = npt.NDArray[np.bool_]


class Walk:
    """The passes of a network on a floor, from what its layers fired."""

    def __init__(self, frames: Frames, mapping: Mapping, floor: Floor, arch: CrossbarArch) -> None:
        self.frames, self.mapping, self.floor, self.arch = frames, mapping, floor, arch
        layers = range(len(floor.layouts))
        self._parcels = [
            [
                (parcel, _travel(parcel, mapping, arch))
                for parcel in parcels(n, floor, mapping, arch)
            ]
            for n in layers
        ]
        self._needed = [_needed(layout) for layout in floor.layouts]

    def layer_pass(self, image: int, timestep: int, layer: int) -> Pass:
        """Every unit of one layer in one timestep."""
        layout, timesteps = self.floor.layouts[layer], self.frames.network.timesteps
        cached = layer == 0 and timestep > 0 and self.arch.first_layer_cached
        planes = [] if cached else self._planes(image, timestep, layer)
        fired, travel = self._sent(image, timestep, layer)
        tally = Tally(
            np.array([layout.positions]),
            self._read(layout, planes),
            fired[None],
            travel[None],
        )
        counts = bill(tally, np.array([timestep]), layer, timesteps, self.floor, self.arch)
        slots = self.floor.groups(layer) * layout.cycles
        chip: dict[Counted, int] = (
            {Action.INPUT_WRITE: self._written(image, timestep)} if layer == 0 else {}
        )
        return Pass(
            units_ps=np.full(slots, layout.reads * self.arch.read_ps, np.int64),
            counts={action: amount[0] for action, amount in counts.items()},
            chip=chip,
        )

    def _planes(self, image: int, timestep: int, layer: int) -> list[Bools]:
        """What is on the word lines in each read of a unit: (height, width, channels)."""
        if layer:
            before = self.floor.layouts[layer - 1].layer
            values = _counts(self.frames.fired(image, timestep, layer - 1), before.pool)
            values = np.minimum(values, before.largest)
        else:
            values = self.frames.input_levels(image, timestep).view(np.uint8).astype(np.int64)
        layout = self.floor.layouts[layer]
        if layout.reads == 1:
            return [values != 0]
        return [(values >> bit) % 2 == 1 for bit in range(layout.input_bits)]

    def _read(self, layout: Layout, planes: list[Bools]) -> Reads:
        """Every unit's window, read after read."""
        skip, core = self.arch.core.skip_zero_slice, self.arch.core
        layer, totals, adds, taps = layout.layer, np.zeros(4, np.int64), 0, 0
        pad, (high, wide) = layer.padding, layer.kernel
        padded = [np.pad(plane, ((pad, pad), (pad, pad), (0, 0))) for plane in planes]
        pes = [layout.pe(number) for number in range(layout.pes)]
        for uy, ux in product(*map(range, layout.units)) if planes else ():
            y, x = (place * layout.step * layer.stride for place in (uy, ux))
            taps += _inside(y - pad, high, layer.in_shape[1]) * _inside(
                x - pad, wide, layer.in_shape[2]
            )
            rounds = 0
            for plane in padded:
                window = plane[y : y + high, x : x + wide]
                for arrays in pes:
                    active = [
                        sum(
                            int(np.count_nonzero(window[s.row, s.column, slice(*s.channels)]))
                            for s in array
                        )
                        for array in arrays
                    ]
                    read = sum(1 for rows in active if rows or not skip)
                    converted = read if core.conversions == "per_array" else int(read > 0)
                    totals += (sum(active), read, read > 0, converted)
                    rounds += converted
            adds += max(rounds * layout.bit_slices - 1, 0)
        if planes and core.input_reuse == "line_buffer":
            taps = layer.in_shape[1] * layer.in_shape[2]
        return Reads(*(np.array([amount]) for amount in (*totals.tolist(), adds, taps)))

    def _sent(self, image: int, timestep: int, layer: int) -> tuple[npt.NDArray[np.int64], ...]:
        """Neurons that fire in each block, and the packets of each block."""
        layout = self.floor.layouts[layer]
        blocks = len(layout.blocks)
        count, travel = np.zeros(blocks, np.int64), np.zeros((blocks, 6), np.int64)
        if not layout.layer.spiking:
            return count, travel
        fired = self.frames.fired(image, timestep, layer)
        for number, channels in enumerate(layout.blocks):
            count[number] = np.count_nonzero(fired[:, :, slice(*channels)])
        spikes = _counts(fired, layout.layer.pool)
        for parcel, cost in self._parcels[layer]:
            for y, x in zip(*np.nonzero(self._needed[layer + 1]), strict=True):
                if spikes[y, x, slice(*parcel.channels)].any():
                    travel[parcel.block] += cost
        return count, travel

    def _written(self, image: int, timestep: int) -> int:
        levels = self.frames.input_levels(image, timestep)
        if timestep and (levels == self.frames.input_levels(image, timestep - 1)).all():
            return 0
        return int(levels.size)


def _counts(fired: Bools, pool: int) -> Ints:
    """(height, width, channels) neurons of each window that fire."""
    height, width, channels = fired.shape
    windows = fired.reshape(height // pool, pool, width // pool, pool, channels)
    counts: Ints = windows.sum(axis=(1, 3), dtype=np.int64)
    return counts


def _inside(start: int, length: int, size: int) -> int:
    """How many of `length` places from `start` on lie in [0, size)."""
    return sum(1 for place in range(start, start + length) if 0 <= place < size)


def _needed(layout: Layout) -> Bools:
    """(height, width) of the input: positions in at least one window."""
    layer = layout.layer
    _, height, width = layer.in_shape
    pad, stride = layer.padding, layer.stride
    covered = np.zeros((height + 2 * pad, width + 2 * pad), np.bool_)
    for y, x in product(range(layer.out_shape[1]), range(layer.out_shape[2])):
        top, left = y * stride, x * stride
        covered[top : top + layer.kernel[0], left : left + layer.kernel[1]] = True
    return covered[pad : pad + height, pad : pad + width]


def _travel(parcel: Parcel, mapping: Mapping, arch: CrossbarArch) -> npt.NDArray[np.int64]:
    """Sends, injects, hops along x and y, ejects and chip crossings of one packet, tile by tile."""
    routes = [_route(parcel.source, target, mapping.tiles_x) for target in parcel.targets]
    edges = [edge for route in routes for edge in route]
    copies = len(routes)
    if arch.router.multicast == "tree":
        edges, copies = list(set(edges)), 1
    along_x = sum(
        1 for a, b in edges if abs(a - b) == 1 and a // mapping.tiles_x == b // mapping.tiles_x
    )
    crossings = sum(1 for a, b in edges if _chip(a, mapping) != _chip(b, mapping))
    return np.array(
        [copies, copies, along_x, len(edges) - along_x, len(routes), crossings], np.int64
    )


def _route(source: int, target: int, width: int) -> list[tuple[int, int]]:
    """The edges from tile to tile, along the row first."""
    edges, here = [], source
    while here != target:
        across = target % width - here % width
        step = (1 if across > 0 else -1) if across else (width if target > here else -width)
        edges.append((here, here + step))
        here += step
    return edges


def _chip(tile: int, mapping: Mapping) -> tuple[int, int]:
    x, y = tile % mapping.tiles_x, tile // mapping.tiles_x
    return x // mapping.chip_tiles_x, y // mapping.chip_tiles_y
