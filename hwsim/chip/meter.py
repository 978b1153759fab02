"""The loads and overflows of servers, added up over the parts of an experiment."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Dict

import numpy as np

from hwsim.chip.timing import CORE_SERVERS, Overflow, ServerLoad
from hwsim.mapping.mapping import Mapping
from hwsim.saved import Arrays, Saved, prefixed

_LOAD = "load."


class Meter:
    """What has been added so far."""

    def __init__(self) -> None:
        self.loads: dict[str, ServerLoad] = {}
        self._overflows: dict[tuple[str, int], Overflow] = {}

    @property
    def overflows(self) -> tuple[Overflow, ...]:
        """One per FIFO, by server and place."""
        return tuple(self._overflows[key] for key in sorted(self._overflows))

    def add(self, loads: Dict[str, ServerLoad], overflows: Iterable[Overflow]) -> None:
        """The next part."""
        for kind, load in loads.items():
            before = self.loads.get(kind)
            self.loads[kind] = load if before is None else before.then(load)
        for overflow in overflows:
            key = overflow.server, overflow.place
            earlier = self._overflows.get(key)
            self._overflows[key] = overflow if earlier is None else earlier.then(overflow)

    def arrays(self) -> Arrays:
        """All of it."""
        overflows = list(self._overflows.values())
        numbers = [(o.place, o.depth, o.needed, o.packets) for o in overflows]
        loads = {k: np.stack([v.busy_ps, v.served, v.max_queue]) for k, v in self.loads.items()}
        return {
            "overflowing": np.array([o.server for o in overflows], np.str_),
            "overflows": np.array(numbers, np.int64).reshape(-1, 4),
            **prefixed(_LOAD, loads),
        }

    def restore(self, saved: Saved, mapping: Mapping) -> None:
        """Take `arrays` back. Raises ValueError where they are not of this mapping."""
        servers = saved.words("overflowing")
        rows = saved.integers("overflows", (len(servers), 4)).tolist()
        for server, row in zip(servers, rows, strict=True):
            self._overflows[server, row[0]] = Overflow(server, *row)
        slices, tiles = len(mapping.slices), mapping.tiles_x * mapping.tiles_y
        for kind in saved.part(_LOAD).arrays:
            places = slices if kind in CORE_SERVERS else tiles
            self.loads[kind] = ServerLoad(*saved.part(_LOAD).integers(kind, (3, places)))
