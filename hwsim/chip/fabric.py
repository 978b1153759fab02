"""What packets cross, as SimPy servers: axon-outs, routers, links between chips, synapses.

This is the executable specification of the network (docs/design.md, section 3.1), with finite
depths and backpressure, written to be read. Servers are made as packets first need them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator
from itertools import groupby, pairwise
from typing import Protocol

from simpy import Event

from hwsim.actions import Action
from hwsim.chip.chip import ACTION_OF, HOST, Chip, Stage
from hwsim.chip.load import Packets
from hwsim.chip.server import ROOM, Clock, Deliveries, Fifo, Outputs, Server, Target, Watch
from hwsim.chip.timing import TileServer


class Watcher(Protocol):
    """Sees what happens (`hwsim.chip.timeline`)."""

    def watch(self, kind: str, place: int) -> Watch | None:
        """What is to see a server, by its kind and slice or tile; None where nobody looks."""

    def scanned(self, index: int, start_ps: int, end_ps: int) -> None:
        """A slice was scanned without a pause."""


class _Absorber:
    """Takes a delivery when its synapses have served it."""

    def __init__(self, fabric: Fabric) -> None:
        self.fifo: Fifo | None = None
        self._fabric = fabric

    def arrive(self, packet: int, deliveries: Deliveries) -> None:
        for delivery in deliveries:
            self._fabric.absorbed(packet, delivery)


class Fabric(ABC):
    """Moves packets that were added to it. `absorbed` and `moved` say what becomes of them."""

    def __init__(self, chip: Chip, watcher: Watcher | None = None) -> None:
        self.env = Clock()
        self.chip = chip
        self.watcher = watcher
        self.slices = len(chip.mapping.slices)
        self.tile_of_slice = chip.mapping.tiles.tolist()
        self.source: list[int] = []
        self.neuron: list[int] = []
        self.ready_ps: list[int] = []
        self.deliveries: list[Deliveries] = []
        self.destination: list[int] = []
        self.service_ps: list[int] = []
        self.absorber = _Absorber(self)
        self.servers: dict[tuple[str, int], Server] = {}

    @abstractmethod
    def absorbed(self, packet: int, delivery: int) -> None:
        """A delivery is done, now."""

    @abstractmethod
    def moved(self, packet: int, action: Action) -> None:
        """A packet does one of `TRAFFIC`, now."""

    def add(self, packets: Packets) -> range:
        """Take packets in, behind those that came before; gives their ids."""
        first, base = len(self.source), len(self.destination)
        self.source += packets.source.tolist()
        self.neuron += packets.neuron.tolist()
        self.ready_ps += packets.ready_ps.tolist()
        bounds = (packets.pointer + base).tolist()
        spans = pairwise(bounds)
        self.deliveries += [tuple(range(begin, end)) for begin, end in spans]
        self.destination += packets.destination.tolist()
        self.service_ps += packets.service_ps.tolist()
        return range(first, len(self.source))

    def scan(self, index: int, work: int, packets: range) -> Generator[Event, None, None]:
        """Serve the neurons of a slice; a sender waits for room in a finite axon-out."""
        served = 0
        for _, group in groupby(packets, key=lambda packet: self.neuron[packet]):
            spike = list(group)
            ready = self.ready_ps[spike[0]]
            yield from self._scan_on(index, ready - served)
            served = ready
            queue = self._axon_out(index)
            if queue is not None:
                room = queue.fifo.request(spike[0], len(spike), ROOM)
                if room is not None:
                    yield room
            self.emit(spike)
        yield from self._scan_on(index, work - served)

    def _scan_on(self, index: int, work: int) -> Generator[Event, None, None]:
        start = self.env.now
        yield self.env.timeout(work)
        if self.watcher is not None and work:
            self.watcher.scanned(index, start, self.env.now)

    def emit(self, packets: range | list[int]) -> None:
        """Send packets, now."""
        for packet in packets:
            deliveries = self.deliveries[packet]
            source = self.source[packet]
            queue = self._axon_out(source)
            if queue is not None:
                if source == HOST:
                    queue.fifo.request(packet)
                queue.arrive(packet, deliveries)
                continue
            for target, copies in self._inject(packet, deliveries):
                if target.fifo is not None:
                    target.fifo.request(packet)
                target.arrive(packet, copies)

    def _axon_out(self, source: int) -> Server | None:
        """The queue behind a core's neurons (or the host's): a server where sending takes time,
        without time where a finite FIFO behind it can hold packets back, else nothing."""
        stage = None if source == HOST else self.chip.stages[Action.AXON_OUT_SEND]
        depth = None if source == HOST else self.chip.axon_out_depth
        if stage is None and depth is None and self.chip.fifo_depth is None:
            return None
        return self._server("axon_out", source, stage or Stage(0), depth, 0, self._inject)

    def _inject(self, packet: int, deliveries: Deliveries) -> Outputs:
        source = self.source[packet]
        tile = 0 if source == HOST else self.tile_of_slice[source]
        self.moved(packet, Action.ROUTER_INJECT)
        stage = self.chip.stages[Action.ROUTER_INJECT]
        if stage is None:
            return self._route(tile, packet, deliveries)
        return [(self._tile_server("inject", tile, stage), deliveries)]

    def _route(self, tile: int, packet: int, deliveries: Deliveries) -> Outputs:
        """Where a packet at a tile goes: one output, or several where a tree forks."""
        ways: dict[TileServer, list[int]] = {}
        for delivery in deliveries:
            to = self.tile_of_slice[self.destination[delivery]]
            ways.setdefault(self.chip.next_port(tile, to), []).append(delivery)
        outputs: Outputs = []
        for way, copies in ways.items():
            follow = self._eject if way == "eject" else self._hop
            outputs += follow(way, tile, packet, tuple(copies))
        return outputs

    def _hop(self, way: TileServer, tile: int, packet: int, deliveries: Deliveries) -> Outputs:
        action = ACTION_OF[way]
        self.moved(packet, action)
        stage = self.chip.stages[action]
        if stage is None:
            return self._leave_tile(way, tile, packet, deliveries)
        return [(self._tile_server(way, tile, stage), deliveries)]

    def _leave_tile(
        self, way: TileServer, tile: int, packet: int, deliveries: Deliveries
    ) -> Outputs:
        neighbour = self.chip.neighbour(tile, way)
        if self.chip.crosses_chips(tile, neighbour):
            self.moved(packet, Action.CHIP_LINK_SEND)
            stage = self.chip.stages[Action.CHIP_LINK_SEND]
            if stage is not None:
                return [(self._link(way, tile, stage), deliveries)]
        return self._route(neighbour, packet, deliveries)

    def _eject(self, way: TileServer, tile: int, packet: int, deliveries: Deliveries) -> Outputs:
        self.moved(packet, Action.ROUTER_EJECT)
        stage = self.chip.stages[Action.ROUTER_EJECT]
        if stage is None:
            return self._deliver(packet, deliveries)
        return [(self._tile_server("eject", tile, stage), deliveries)]

    def _deliver(self, packet: int, deliveries: Deliveries) -> Outputs:
        """A copy, without time, to each destination core of the tile."""
        return [(self._synapses(delivery), (delivery,)) for delivery in deliveries]

    def _synapses(self, delivery: int) -> Target:
        if self.service_ps[delivery] == 0:
            return self.absorber
        key = ("synapses", self.destination[delivery])
        if key not in self.servers:
            tile = self.tile_of_slice[self.destination[delivery]]
            wires = self.chip.places_behind("eject", tile)
            self.servers[key] = Server(
                self.env,
                Fifo(self.env, self.chip.axon_in_depth, wires),
                lambda deliveries: self.service_ps[deliveries[0]],
                0,
                lambda packet, deliveries: [(self.absorber, deliveries)],
                watch=self._watch(*key),
            )
        return self.servers[key]

    def _tile_server(self, kind: TileServer, tile: int, stage: Stage) -> Server:
        onward: Callable[[int, Deliveries], Outputs]
        if kind == "inject":
            onward = lambda packet, deliveries: self._route(tile, packet, deliveries)  # noqa: E731
        elif kind == "eject":
            onward = self._deliver
        else:
            onward = lambda packet, deliveries: self._leave_tile(  # noqa: E731
                kind, tile, packet, deliveries
            )
        wires = self.chip.wire_places(kind, tile)
        return self._server(kind, tile, stage, self.chip.fifo_depth, wires, onward)

    def _link(self, way: TileServer, tile: int, stage: Stage) -> Server:
        neighbour = self.chip.neighbour(tile, way)
        return self._server(
            f"link_{way}",
            tile,
            stage,
            self.chip.fifo_depth,
            self.chip.link_places(way, tile),
            lambda packet, deliveries: self._route(neighbour, packet, deliveries),
        )

    def _server(
        self,
        kind: str,
        place: int,
        stage: Stage,
        depth: int | None,
        wires: int,
        onward: Callable[[int, Deliveries], Outputs],
    ) -> Server:
        if (kind, place) not in self.servers:
            fifo = Fifo(self.env, depth, wires)
            self.servers[kind, place] = Server(
                self.env,
                fifo,
                lambda deliveries: stage.service_ps,
                stage.delay_ps,
                onward,
                timeless=not stage.service_ps,
                watch=self._watch(kind, place),
            )
        return self.servers[kind, place]

    def _watch(self, kind: str, place: int) -> Watch | None:
        return None if self.watcher is None else self.watcher.watch(kind, place)
