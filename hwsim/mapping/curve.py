"""Orders in which tiles are filled, and which chips are used at all."""

from __future__ import annotations

from hwsim.arch.schema import Mesh

Tiles = list[int]


def region(mesh: Mesh, cores: int) -> set[int]:
    """Tiles of the fewest real chips that have `cores` cores, neighbours after one another.

    Leakage is paid for every chip in use, so slices never spread over more chips than they need.
    """
    width, height = mesh.chip_tiles_x, mesh.chip_tiles_y
    chips: dict[tuple[int, int], Tiles] = {}
    for y in range(mesh.tiles_y):
        for x in range(mesh.tiles_x):
            chips.setdefault((y // height, x // width), []).append(y * mesh.tiles_x + x)

    def order(chip: tuple[int, int]) -> tuple[int, int, int]:
        row, column = chip
        return -len(chips[chip]), row, column if row % 2 == 0 else -column

    used: set[int] = set()
    for chip in sorted(chips, key=order):
        if len(used) * mesh.cores_per_tile >= cores:
            break
        used.update(chips[chip])
    return used


def curves(mesh: Mesh) -> list[Tiles]:
    """Serpentines over the whole mesh: bands of one, two or four rows or columns, snaked
    through across the band."""
    found = []
    for thickness in (1, 2, 4):
        found.append(_bands(mesh.tiles_x, mesh.tiles_y, thickness, mesh.tiles_x, 1))
        found.append(_bands(mesh.tiles_y, mesh.tiles_x, thickness, 1, mesh.tiles_x))
    return found


def _bands(long: int, across: int, thickness: int, step: int, stride: int) -> Tiles:
    """Tile of (a along, b across) is b * step + a * stride."""
    tiles: Tiles = []
    for band, first in enumerate(range(0, across, thickness)):
        lanes = range(first, min(first + thickness, across))
        for turn, along in enumerate(range(long) if band % 2 == 0 else reversed(range(long))):
            for lane in lanes if turn % 2 == 0 else reversed(lanes):
                tiles.append(lane * step + along * stride)
    return tiles
