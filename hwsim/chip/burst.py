"""The burst transport: the packet transport's picoseconds, from whole bursts served at once.

Exact with unbounded depths. With finite ones it measures the occupancy of every FIFO, and where
one needs more places than it has it says which, how many and for how many packets: then the
packet transport, with its backpressure, is the authority. A FIFO whose queue never exceeds its
depth cannot overflow, since what is under way on the feeding wires has places of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hwsim.actions import Action
from hwsim.chip import kernel
from hwsim.chip.chip import ACTION_OF, HOST, OPPOSITE, TRAFFIC, TURNS, Chip
from hwsim.chip.load import StepLoad
from hwsim.chip.timing import PORTS, TILE_SERVERS, Overflow, Ps, ServerLoad, TileServer
from hwsim.chip.transport import StepResult

ACTIONS = (
    Action.ROUTER_INJECT,
    Action.ROUTER_HOP_X,
    Action.ROUTER_HOP_X,
    Action.ROUTER_HOP_Y,
    Action.ROUTER_HOP_Y,
    Action.ROUTER_EJECT,
    Action.CHIP_LINK_SEND,
)
"""What each row of the kernel's traffic counts."""


def transport(load: StepLoad, chip: Chip) -> StepResult:
    """Serve one step; see `hwsim.chip.transport`."""
    return _Step(load, chip).result


class _Step:
    """One step's streams, server by server."""

    def __init__(self, load: StepLoad, chip: Chip) -> None:
        self.chip, self.load = chip, load
        self.mapping = mapping = chip.mapping
        self.slices, self.tiles = len(mapping.slices), mapping.tiles_x * mapping.tiles_y
        packets = load.packets
        # The host's packets lie in front of the first scan's.
        bounds = np.concatenate([[0], load.scans.pointer])
        starts = bounds[:-1][np.diff(bounds) > 0]
        self.stream = np.append(starts, len(packets.source))
        self.senders = packets.source[starts]
        entry = np.where(self.senders == HOST, 0, mapping.tiles[self.senders])
        self.entering = np.searchsorted(entry, np.arange(self.tiles + 1))
        self.loads = {"axon_out": np.zeros((3, self.slices), np.int64)}
        self.delivered = np.zeros(len(packets.destination), np.int64)
        self.stages = [chip.stages[action] for action in ACTIONS]
        self.sent = self._axon_out()
        self.overflowed: list[Overflow] = []
        self._network()
        self._synapses()
        self.result = self._result()

    def _axon_out(self) -> Ps:
        """When each packet reaches inject."""
        stage, ready = self.chip.stages[Action.AXON_OUT_SEND], self.load.packets.ready_ps
        self.sending = np.zeros_like(ready)
        if stage is None:
            return ready
        leave, loads = np.empty_like(ready), np.zeros((3, len(self.senders)), np.int64)
        kernel.serve_senders(ready, self.stream, stage.service_ps, leave, loads)
        hosted = self.senders == HOST
        # The host is no core: its packets enter at once.
        of_host = np.repeat(hosted, np.diff(self.stream))
        self.sending = np.where(of_host, 0, stage.service_ps)
        leave = np.where(of_host, ready, leave)
        self.loads["axon_out"][:, self.senders[~hosted]] = loads[:, ~hosted]
        return leave

    def _network(self) -> None:
        packets, mapping, link = self.load.packets, self.mapping, self.stages[-1]
        stages = self.stages[:-1]
        self.traffic = np.zeros((len(ACTIONS), self.slices + 1), np.int64)
        self.tile_loads = np.zeros((3, self.tiles * kernel.SERVERS), np.int64)
        self.link_loads = np.zeros((3, self.tiles * kernel.SERVERS), np.int64)
        finite = (self.chip.fifo_depth, self.chip.axon_in_depth) != (None, None)
        self.carry = finite and None in stages
        mesh, to_tile = (mapping.tiles_x, mapping.tiles_y), mapping.tiles[packets.destination]
        self.begin = kernel.wires(
            mesh, self.entering, self.stream, packets.pointer, to_tile, packets.destination,
            self.slices,
        )  # fmt: skip
        entries = int(self.begin[-1])
        # From numpy, which asks the system for large pages.
        self.time = np.empty(entries, np.int64)
        self.packet = np.empty(entries, np.int32)
        self.reserved = np.empty(entries if self.carry else 1, np.int64)
        kernel.serve_network(
            mesh,
            self.sent,
            self.sent - self.sending,
            packets.source % (self.slices + 1),
            self.entering,
            self.stream,
            packets.pointer,
            to_tile,
            packets.destination,
            np.array([stage.service_ps if stage else 0 for stage in stages]),
            np.array([stage.delay_ps if stage else 0 for stage in stages]),
            self.chip.crossing_ports.ravel(),
            np.array([link.service_ps, link.delay_ps] if link else [0, 0]),
            self.begin,
            self.carry,
            self.time,
            self.packet,
            self.reserved,
            self.traffic,
            self.tile_loads,
            self.link_loads,
        )

    def _synapses(self) -> None:
        self.loads["synapses"] = np.zeros((3, self.slices), np.int64)
        kernel.serve_synapses(
            self.time,
            self.packet,
            self.begin[self.tiles * kernel.SERVERS**2 :],
            self.load.packets.service_ps,
            self.delivered,
            self.loads["synapses"],
        )

    def _result(self) -> StepResult:
        scans = self.load.scans
        neurons = np.zeros((3, self.slices), np.int64)
        neurons[0, scans.slices] = scans.work_ps
        neurons[1, scans.slices] = self.chip.neurons_of_slices[scans.slices]
        by_kind = self.tile_loads.reshape(3, self.tiles, kernel.SERVERS)
        loads = {"neurons": neurons, **self.loads}
        loads |= {kind: by_kind[:, :, i] for i, kind in enumerate(TILE_SERVERS)}
        if self.stages[-1] is not None:
            links = self.link_loads.reshape(3, self.tiles, kernel.SERVERS)
            loads |= {f"link_{kind}": links[:, :, i] for i, kind in enumerate(PORTS, start=1)}
        traffic = {action: np.zeros(self.slices + 1, np.int64) for action in TRAFFIC}
        for action, row in zip(ACTIONS, self.traffic, strict=True):
            traffic[action] = traffic[action] + row
        return StepResult(
            scan_ps=int(scans.work_ps.max(initial=0)),
            absorb_ps=int(self.delivered.max(initial=0)),
            delivered_ps=self.delivered,
            traffic=traffic,
            loads={kind: ServerLoad(*rows) for kind, rows in loads.items()},
            overflows=tuple(self._overflows(loads)),
        )

    def _overflows(self, loads: dict[str, Ps]) -> Iterator[Overflow]:
        """FIFOs that needed more places than they have.

        Only one whose queue grew longer than its depth can, so only those are looked into.
        """
        chip = self.chip
        if chip.axon_out_depth is not None:
            for stream, place in enumerate(self.senders.tolist()):
                if place != HOST:
                    held = slice(self.stream[stream], self.stream[stream + 1])
                    ready = self.load.packets.ready_ps[held]
                    starts = (self.sent - self.sending)[held]
                    yield from _overflow("axon_out", place, chip.axon_out_depth, 0, ready, starts)
        if chip.fifo_depth is not None:
            for column, kind in enumerate(TILE_SERVERS):
                for tile in np.flatnonzero(loads[kind][2] > chip.fifo_depth).tolist():
                    reserved, starts = self._fifo(kind, tile)
                    wires = chip.wire_places(kind, tile)
                    yield from _overflow(kind, tile, chip.fifo_depth, wires, reserved, starts)
                links = self.link_loads[2, column :: kernel.SERVERS]
                for tile in np.flatnonzero(links > chip.fifo_depth).tolist():
                    yield from self._link_overflow(kind, tile, chip.fifo_depth)
        if chip.axon_in_depth is not None:
            for place in np.flatnonzero(loads["synapses"][2] > chip.axon_in_depth).tolist():
                wires = chip.places_behind("eject", int(self.mapping.tiles[place]))
                reserved, starts = self._axon_in(place)
                yield from _overflow("synapses", place, chip.axon_in_depth, wires, reserved, starts)

    def _entries(self, kind: TileServer, tile: int) -> Iterator[tuple[slice, Ps]]:
        """The streams into a server: their stretch of the buffers, and when the place of each
        entry was reserved."""
        if kind == "inject":
            held = slice(self.stream[self.entering[tile]], self.stream[self.entering[tile + 1]])
            yield held, (self.sent - self.sending)[held]
            return
        feeders: list[tuple[TileServer, int]] = [("inject", tile)]
        feeders += [
            (OPPOSITE[side], self.chip.neighbour(tile, side))
            for side in TURNS[kind]
            if self.chip.has_neighbour(tile, side)
        ]
        for feeder, at in feeders:
            server = at * kernel.SERVERS + TILE_SERVERS.index(feeder)
            wire = server * kernel.SERVERS + TILE_SERVERS.index(kind)
            held = slice(self.begin[wire], self.begin[wire + 1])
            yield held, self._reserved(feeder, at, held)

    def _reserved(self, feeder: TileServer, tile: int, held: slice) -> Ps:
        if self.carry:
            carried: Ps = self.reserved[held]
            return carried
        stage = self.chip.stages[ACTION_OF[feeder]]
        if self.chip.crossing_ports[tile, TILE_SERVERS.index(feeder)]:
            stage = self.chip.stages[Action.CHIP_LINK_SEND] or stage
        assert stage is not None
        lag = stage.service_ps + stage.delay_ps
        reserved: Ps = self.time[held] - lag
        return reserved

    def _fifo(self, kind: TileServer, tile: int) -> tuple[Ps, Ps]:
        """(reservations in any order, starts in theirs) of a router's FIFO; its service is
        constant, so which packet of an instant comes first does not matter here."""
        streams = list(self._entries(kind, tile))
        arrival = np.concatenate([self.time[held] for held, _ in streams])
        arrival.sort(kind="stable")  # a handful of sorted runs
        reserved = np.concatenate([reserved for _, reserved in streams])
        stage = self.chip.stages[ACTION_OF[kind]]
        return reserved, _starts(arrival, stage.service_ps if stage else 0)

    def _axon_in(self, place: int) -> tuple[Ps, Ps]:
        """(reservations, starts) of the queue in front of a core's synapses."""
        wire = self.tiles * kernel.SERVERS**2 + place
        held = slice(self.begin[wire], self.begin[wire + 1])
        service = self.load.packets.service_ps[self.packet[held]]
        starts = self.delivered[self.packet[held]] - service
        return self._reserved("eject", int(self.mapping.tiles[place]), held), starts

    def _link_overflow(self, kind: TileServer, tile: int, depth: int) -> Iterator[Overflow]:
        port, link = self.chip.stages[ACTION_OF[kind]], self.chip.stages[Action.CHIP_LINK_SEND]
        assert link is not None
        reserved, starts = self._fifo(kind, tile)
        arrival = starts
        if port is not None:
            reserved, arrival = starts, starts + port.service_ps + port.delay_ps
        link_starts = _starts(arrival, link.service_ps)
        wires = self.chip.link_places(kind, tile)
        yield from _overflow(f"link_{kind}", tile, depth, wires, reserved, link_starts)


def _starts(arrival: Ps, service: int) -> Ps:
    """start_i = max(arrival_i, start_{i-1} + service)."""
    before = np.arange(len(arrival)) * service
    return before + np.maximum.accumulate(arrival - before)


def _overflow(
    server: str, place: int, depth: int, wires: int, reserved: Ps, starts: Ps
) -> Iterator[Overflow]:
    taken = kernel.occupancy(np.sort(reserved, kind="stable"), starts)
    over = int((taken > depth + wires).sum())
    if over:
        yield Overflow(server, place, depth, int(taken.max()) - wires, over)
