"""XY routes between tiles: hops, chip boundaries and the load of every link."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwsim.mapping.mapping import Mapping

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def hops(tiles_x: int, source: Ints, target: Ints) -> tuple[Ints, Ints]:
    """Columns and rows between tiles: the router hops of an XY route in x and in y."""
    return (
        np.abs(target % tiles_x - source % tiles_x),
        np.abs(target // tiles_x - source // tiles_x),
    )


def chip_crossings(mapping: Mapping, source: Ints, target: Ints) -> Ints:
    """Hops of an XY route between tiles that pass from one real chip to another."""
    width, height, tiles_x = mapping.chip_tiles_x, mapping.chip_tiles_y, mapping.tiles_x
    x: Ints = np.abs(target % tiles_x // width - source % tiles_x // width)
    y: Ints = np.abs(target // tiles_x // height - source // tiles_x // height)
    crossed: Ints = x + y
    return crossed


@dataclass(frozen=True)
class Links:
    """Load of the output ports of every tile, (tiles_y, tiles_x) each."""

    east: Floats
    west: Floats
    south: Floats
    north: Floats

    def busiest(self) -> tuple[float, str, int, int]:
        """Load, direction and tile (x, y) of the busiest port; the first one on a tie."""
        ports = {"east": self.east, "west": self.west, "south": self.south, "north": self.north}
        name = max(ports, key=lambda port: float(ports[port].max()))
        y, x = np.unravel_index(int(ports[name].argmax()), ports[name].shape)
        return float(ports[name][y, x]), name, int(x), int(y)


def link_loads(tiles_x: int, tiles_y: int, source: Ints, target: Ints, load: Floats) -> Links:
    """Packets over every link, X first and then Y, for `load[i]` packets source -> target.

    South is towards larger y. A route adds its load where it enters a row or column of links and
    takes it away where it leaves, so one running sum gives every link.
    """
    x0, y0, x1, y1 = source % tiles_x, source // tiles_x, target % tiles_x, target // tiles_x

    def ports(forward: npt.NDArray[np.bool_], across: bool) -> Floats:
        lane, start, stop = (y0, x0, x1) if across else (x1, y0, y1)
        edges = np.zeros((tiles_y, tiles_x) if across else (tiles_x, tiles_y))
        np.add.at(edges, (lane[forward], start[forward]), load[forward])
        np.subtract.at(edges, (lane[forward], stop[forward]), load[forward])
        return edges

    east = np.cumsum(ports(x1 > x0, True), axis=1)
    west = np.cumsum(ports(x1 < x0, True)[:, ::-1], axis=1)[:, ::-1]
    south = np.cumsum(ports(y1 > y0, False), axis=1).T
    north = np.cumsum(ports(y1 < y0, False)[:, ::-1], axis=1)[:, ::-1].T
    return Links(east, west, south, north)
