"""Slices on the mesh, so that packets have few hops; deterministic to the byte.

The slices are laid along several serpentines, layer after layer. Each layout is then improved
by swaps: slice by slice, with the partner (another slice or a free core) that saves most
packets x hops, until no swap saves any. The best result is kept. All sums are whole numbers
held exactly, so every machine places alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hwsim.arch.schema import Arch, Mesh
from hwsim.mapping.curve import curves, region
from hwsim.mapping.descent import descend
from hwsim.mapping.mapping import Mapping, Slice
from hwsim.mapping.reach import Ints
from hwsim.mapping.route import Floats, hops
from hwsim.mapping.traffic import host_packets, packets
from hwsim.network.graph import Network

EVERY_CURVE_UP_TO = 1024
"""Cores of the region; on a larger one only the best serpentine is improved."""
EVALUATIONS = 2**26
"""Swaps weighed per layout at most, in whole passes (at least one): a bound on time."""


def place(network: Network, arch: Arch, slices: Sequence[Slice], strategy: str) -> Mapping:
    """The slices on the mesh of `arch`, at most as many as it has cores."""
    mesh = arch.mesh
    load, pull = _attraction(network, arch, slices)
    best: tuple[float, Ints] | None = None
    for tiles in _starts(mesh, len(slices), load, pull):
        cost, improved = _improve(load, pull, _distances(mesh), tiles)
        if best is None or cost < best[0]:
            best = cost, improved
    if best is None:
        raise ValueError("no slices to place")
    return _mapping(mesh, slices, best[1], strategy)


def serpentine(network: Network, arch: Arch, slices: Sequence[Slice]) -> Mapping:
    """The best serpentine before any swap: what `place` is measured against."""
    load, pull = _attraction(network, arch, slices)
    distance = _distances(arch.mesh)
    layouts = _layouts(arch.mesh, len(slices))
    tiles = min(layouts, key=lambda tiles: _cost(load, pull, distance, tiles))
    return _mapping(arch.mesh, slices, tiles, "serpentine")


def _attraction(network: Network, arch: Arch, slices: Sequence[Slice]) -> tuple[Floats, Floats]:
    """Packets between any two slices, both ways, and between each slice and the host."""
    load = packets(network, slices)
    graded = arch.first_layer == "on_core_graded"
    return load + load.T, host_packets(network, slices) * graded


def _distances(mesh: Mesh) -> Floats:
    tiles = np.arange(mesh.tiles_x * mesh.tiles_y)
    x, y = hops(mesh.tiles_x, tiles[:, None], tiles[None, :])
    return (x + y).astype(np.float64)


def _layouts(mesh: Mesh, count: int) -> list[Ints]:
    """Per serpentine, the tiles of all cores of the region in the order of filling: the first
    `count` hold the slices, the rest stay free."""
    used = region(mesh, count)
    return [
        np.repeat(np.array([t for t in curve if t in used], np.int64), mesh.cores_per_tile)
        for curve in curves(mesh)
    ]


def _cost(load: Floats, pull: Floats, distance: Floats, tiles: Ints) -> float:
    held = tiles[: len(load)]
    return float((load * distance[np.ix_(held, held)]).sum() / 2 + pull @ distance[0, held])


def _starts(mesh: Mesh, count: int, load: Floats, pull: Floats) -> list[Ints]:
    layouts = _layouts(mesh, count)
    if len(layouts[0]) <= EVERY_CURVE_UP_TO:
        return layouts
    distance = _distances(mesh)
    return [min(layouts, key=lambda tiles: _cost(load, pull, distance, tiles))]


def _improve(load: Floats, pull: Floats, distance: Floats, start: Ints) -> tuple[float, Ints]:
    """Descent by best swaps; returns the cost and the tiles of the slices."""
    tiles, count = start.copy(), len(load)
    free = len(tiles) - count
    both = np.pad(load, ((0, free), (0, free)))
    felt = both[:, :count] @ distance[tiles[:count]]
    felt[:count] += pull[:, None] * distance[0]
    descend(both, distance, felt, tiles, count, max(1, EVALUATIONS // len(tiles) ** 2))
    return _cost(load, pull, distance, tiles), tiles[:count]


def _mapping(mesh: Mesh, slices: Sequence[Slice], tiles: Ints, strategy: str) -> Mapping:
    """Cores of a tile are filled in the order of the slices."""
    filled: dict[int, int] = {}
    placed = []
    for s, tile in zip(slices, tiles.tolist(), strict=False):
        place_on_tile = filled.get(tile, 0)
        filled[tile] = place_on_tile + 1
        placed.append(replace(s, core=tile * mesh.cores_per_tile + place_on_tile))
    return Mapping(
        slices=tuple(placed),
        strategy=strategy,
        tiles_x=mesh.tiles_x,
        tiles_y=mesh.tiles_y,
        cores_per_tile=mesh.cores_per_tile,
        chip_tiles_x=mesh.chip_tiles_x,
        chip_tiles_y=mesh.chip_tiles_y,
    )
