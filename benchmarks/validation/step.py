"""Packets on a mesh without a network behind them: one core a tile, one step."""

from __future__ import annotations

import numpy as np

from hwsim.arch.schema import Arch
from hwsim.chip.chip import Chip
from hwsim.chip.load import Packets, Scans, StepLoad
from hwsim.chip.timing import Ps
from hwsim.chip.transport import StepResult, Transport
from hwsim.mapping.mapping import Mapping, Slice


def everywhere(arch: Arch) -> Mapping:
    """A slice on the first core of every tile, numbered like the tiles."""
    mesh = arch.mesh
    slices = tuple(
        Slice(tile * mesh.cores_per_tile, 0, (tile, tile + 1), (0, 1), (0, 1))
        for tile in range(mesh.tiles_x * mesh.tiles_y)
    )
    return Mapping(
        slices, "by hand", mesh.tiles_x, mesh.tiles_y, mesh.cores_per_tile, mesh.chip_tiles_x,
        mesh.chip_tiles_y,
    )  # fmt: skip


def moved(source: Ps, target: Ps, ready_ps: Ps, chip: Chip, transport: Transport) -> StepResult:
    """What a transport makes of packets (P,) between tiles, sorted by source and there by the
    time at which they are ready; they are absorbed as they arrive."""
    count = len(source)
    tiles = np.arange(len(chip.mapping.slices))
    pointer = np.searchsorted(source, np.append(tiles, len(tiles)))
    last = np.zeros(len(tiles), np.int64)
    np.maximum.at(last, source, ready_ps)
    none = np.zeros(count, np.int64)
    packets = Packets(source, ready_ps, np.arange(count), np.arange(count + 1), none, target, none)
    return transport(StepLoad(Scans(tiles, last, pointer), packets), chip)
