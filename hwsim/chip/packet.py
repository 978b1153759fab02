"""The packet transport: every packet is a SimPy event at every server that it crosses.

The servers are those of `hwsim.chip.fabric`, the executable specification; `hwsim.chip.burst` must
give the same picoseconds.
"""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
from simpy import Event

from hwsim.actions import Action
from hwsim.chip.chip import HOST, TRAFFIC, Chip
from hwsim.chip.fabric import Fabric, Watcher
from hwsim.chip.load import StepLoad
from hwsim.chip.server import Server
from hwsim.chip.timing import CORE_SERVERS, TILE_SERVERS, ServerLoad
from hwsim.chip.transport import StepResult
from hwsim.mapping.mapping import Mapping


def transport(load: StepLoad, chip: Chip) -> StepResult:
    """Run one step from its start until the last packet is absorbed."""
    return Step(load, chip).run()


class Step(Fabric):
    """One step: one process per scan."""

    def __init__(self, load: StepLoad, chip: Chip, watcher: Watcher | None = None) -> None:
        super().__init__(chip, watcher)
        self.load = load
        self.add(load.packets)
        self.delivered_ps = np.full(len(load.packets.destination), -1, np.int64)
        self.traffic = {action: np.zeros(self.slices + 1, np.int64) for action in TRAFFIC}
        self.scan_ps = 0

    def absorbed(self, packet: int, delivery: int) -> None:
        """Note when."""
        self.delivered_ps[delivery] = self.env.now

    def moved(self, packet: int, action: Action) -> None:
        """Count it under its sender."""
        self.traffic[action][self.source[packet]] += 1

    def run(self) -> StepResult:
        """Simulate until nothing is left to do."""
        packets, scans = self.load.packets, self.load.scans
        hosted = int(np.searchsorted(packets.source, HOST, side="right"))
        if hosted:
            self.emit(range(hosted))
        for index, work, first, last in zip(
            scans.slices.tolist(),
            scans.work_ps.tolist(),
            scans.pointer[:-1].tolist(),
            scans.pointer[1:].tolist(),
            strict=True,
        ):
            self.env.process(self._scanned(index, work, range(first, last)))
        self.env.run()
        assert (self.delivered_ps >= 0).all(), "a packet was lost"
        loads = server_loads(self.servers, self.chip.mapping)
        loads["neurons"].busy_ps[scans.slices] = scans.work_ps
        loads["neurons"].served[scans.slices] = self.chip.neurons_of_slices[scans.slices]
        return StepResult(
            scan_ps=self.scan_ps,
            absorb_ps=int(self.delivered_ps.max(initial=0)),
            delivered_ps=self.delivered_ps,
            traffic=self.traffic,
            loads=loads,
        )

    def _scanned(self, index: int, work: int, packets: range) -> Generator[Event, None, None]:
        yield from self.scan(index, work, packets)
        self.scan_ps = max(self.scan_ps, self.env.now)


def server_loads(servers: dict[tuple[str, int], Server], mapping: Mapping) -> dict[str, ServerLoad]:
    """The loads of servers by kind; neurons are none of them, and zero."""
    tiles, slices = mapping.tiles_x * mapping.tiles_y, len(mapping.slices)
    sizes: dict[str, int] = dict.fromkeys(CORE_SERVERS, slices)
    sizes |= dict.fromkeys(TILE_SERVERS, tiles)
    sizes |= {kind: tiles for kind, _ in servers if kind.startswith("link_")}
    columns = {kind: np.zeros((3, size), np.int64) for kind, size in sizes.items()}
    for (kind, place), server in servers.items():
        if place != HOST and server.busy_ps:
            columns[kind][:, place] = server.busy_ps, server.served, server.max_queue
    return {kind: ServerLoad(*column) for kind, column in columns.items()}
