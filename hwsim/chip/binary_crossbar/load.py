"""How busy cores and links are in one tick."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from hwsim.mapping.mapping import Mapping
from hwsim.mapping.reach import Ints
from hwsim.mapping.route import link_loads


@dataclass
class Tick:
    """The loads of one tick: `synops` (slices,) of the busiest core of each slice, and every
    packet with its tiles."""

    synops: Ints
    routes: list[tuple[Ints, Ints, Ints]] = field(default_factory=list)

    @classmethod
    def empty(cls, mapping: Mapping) -> Tick:
        """Nothing has happened."""
        return cls(np.zeros(len(mapping.slices), np.int64))

    def links(self, mapping: Mapping) -> Ints:
        """(ports, tiles) packets over every link, in the order of `PORTS`."""
        none = np.zeros(0, np.int64)
        source, target, packets = (
            np.concatenate([none, *column]) for column in zip(*self.routes, strict=True)
        ) if self.routes else (none, none, none)  # fmt: skip
        found = link_loads(mapping.tiles_x, mapping.tiles_y, source, target, packets.astype(float))
        ports = [found.east, found.west, found.north, found.south]
        return np.stack([port.ravel() for port in ports]).astype(np.int64)
