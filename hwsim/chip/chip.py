"""The chip's constants: an architecture and a mapping, as integers that a replay uses."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from hwsim.actions import Action
from hwsim.arch.digital import DigitalArch
from hwsim.arch.quantity import ByFormat, Quantity, ps
from hwsim.chip import scan
from hwsim.chip.timing import PORTS, TILE_SERVERS, TileServer
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Layer, Network

TRAFFIC = (
    Action.ROUTER_INJECT,
    Action.ROUTER_HOP_X,
    Action.ROUTER_HOP_Y,
    Action.ROUTER_EJECT,
    Action.CHIP_LINK_SEND,
)
"""What a packet does between two cores."""

HOST = -1
"""The source of host packets; they enter at the inject of tile 0."""

STEP: dict[TileServer, tuple[int, int]] = {
    "east": (1, 0),
    "west": (-1, 0),
    "south": (0, 1),
    "north": (0, -1),
}
"""Port -> change of (x, y); y grows to the south."""


OPPOSITE: dict[TileServer, TileServer] = {
    "east": "west",
    "west": "east",
    "north": "south",
    "south": "north",
}

TURNS: dict[TileServer, tuple[TileServer, ...]] = {
    "east": ("west",),
    "west": ("east",),
    "north": ("south", "east", "west"),
    "south": ("north", "east", "west"),
    "eject": PORTS,
}
"""Server -> the sides from which a packet can come to it under XY routing, beside inject."""

ACTION_OF: dict[TileServer, Action] = {
    "inject": Action.ROUTER_INJECT,
    "east": Action.ROUTER_HOP_X,
    "west": Action.ROUTER_HOP_X,
    "north": Action.ROUTER_HOP_Y,
    "south": Action.ROUTER_HOP_Y,
    "eject": Action.ROUTER_EJECT,
}
"""What a server of a tile does to a packet."""


@dataclass(frozen=True)
class Stage:
    """A server's times: a packet keeps it busy `service_ps` and leaves `delay_ps` later."""

    service_ps: int
    delay_ps: int = 0

    @property
    def wire_places(self) -> int:
        """Packets that can be under way on the wire behind it: ceil((s + d) / s)."""
        return -(-(self.service_ps + self.delay_ps) // self.service_ps)


@dataclass(frozen=True)
class NeuronTimes:
    """Service of one neuron of a scan by its class, in ps."""

    inactive: int
    active: int
    fired: int


@dataclass(frozen=True)
class Chip:
    """Times in picoseconds (None: the stage takes no time and is no server), depths (None:
    unbounded) and the way through the mesh."""

    arch: DigitalArch
    mapping: Mapping
    network: Network

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The network's layers."""
        return self.network.layers

    @property
    def weight_bits(self) -> int:
        """Bits of a weight."""
        return self.network.weight_bits

    @cached_property
    def stages(self) -> dict[Action, Stage | None]:
        """The actions that every packet takes alike, as servers."""
        return {action: self._stage(action) for action in (Action.AXON_OUT_SEND, *TRAFFIC)}

    def _stage(self, action: Action) -> Stage | None:
        entry = self.arch.time_ns.time(action)
        if entry is None:
            return None
        assert isinstance(entry, Quantity)
        latency = _ps(entry)
        service = self.arch.router.service_ns
        if action in (Action.ROUTER_HOP_X, Action.ROUTER_HOP_Y) and service is not None:
            return Stage(_ps(service), latency - _ps(service))
        return Stage(latency)

    @property
    def fifo_depth(self) -> int | None:
        """Depth of every FIFO of a router."""
        return _depth(self.arch.router.fifo_depth)

    @property
    def axon_in_depth(self) -> int | None:
        """Depth of the queue in front of a core's synapses."""
        return _depth(self.arch.axon_in.depth)

    @property
    def axon_out_depth(self) -> int | None:
        """Depth of the queue behind a core's neurons."""
        return _depth(self.arch.axon_out.depth)

    def sent(self, layer: int) -> int:
        """What a pooling window of a layer sends: `scan.OR`, `COUNT` or `EACH`."""
        if not self.layers[layer].graded:
            return scan.OR
        return scan.COUNT if self.arch.takes_counts else scan.EACH

    def operation(self, layer: int) -> Action:
        """What the synapses of a layer do with what arrives: graded packets are multiplied."""
        graded = layer == 0 or self.sent(layer - 1) == scan.COUNT
        return Action.SYNAPSE_MAC if graded else Action.SYNAPSE_OP

    def synapse_ps(self, layer: int, action: Action) -> tuple[int, int]:
        """(time of a lookup, time of `synapse.parallel` operations) on a core of a layer;
        `action` is synapse.op, or synapse.mac for graded input."""
        lookup = self.arch.time_ns.time(Action.AXON_IN_LOOKUP)
        operation = self.arch.time_ns.time(action)
        if isinstance(operation, ByFormat):
            operation = operation.of(self.layers[layer].kind)
        return _ps(lookup), _ps(operation)

    def neuron_times(self, membrane_accesses: int) -> NeuronTimes:
        """Service of a neuron that makes so many membrane accesses in this step."""
        times = self.arch.time_ns
        update = _ps(times.time(Action.NEURON_UPDATE_ACTIVE))
        if self.arch.neuron.accounting == "additive":
            access, fire = (_ps(times.time(a)) for a in (Action.NEURON_ACCESS, Action.NEURON_FIRE))
            services = (access, access + update, access + update + fire)
        else:
            fired = times.time(Action.NEURON_FIRE)
            inactive = _ps(times.time(Action.NEURON_UPDATE_INACTIVE))
            services = (inactive, update, update if fired is None else _ps(fired))
        membrane = self.arch.membrane
        floor = 0
        if membrane.ports is not None and membrane.access_ns is not None:
            floor = -(-membrane_accesses // membrane.ports) * _ps(membrane.access_ns)
        return NeuronTimes(*(max(service, floor) for service in services))

    @property
    def barrier_ps(self) -> int:
        """The barrier's time for the tiles in use."""
        return self.arch.timestep.barrier_ps(self.mapping.tiles_used)

    @cached_property
    def crossing_ports(self) -> npt.NDArray[np.bool_]:
        """(tiles, 6): whether a server's wire leaves a real chip, in the order of
        `TILE_SERVERS`."""
        tiles = self.mapping.tiles_x * self.mapping.tiles_y
        crossing = np.zeros((tiles, len(TILE_SERVERS)), np.bool_)
        for tile in range(tiles):
            for column, kind in enumerate(TILE_SERVERS):
                if kind in STEP and self.has_neighbour(tile, kind):
                    crossing[tile, column] = self.crosses_chips(tile, self.neighbour(tile, kind))
        return crossing

    @cached_property
    def neurons_of_slices(self) -> npt.NDArray[np.int64]:
        """(slices,) neurons of each."""
        return np.array([part.neurons for part in self.mapping.slices], np.int64)

    def has_neighbour(self, tile: int, direction: TileServer) -> bool:
        """Whether a port leads anywhere."""
        dx, dy = STEP[direction]
        x, y = tile % self.mapping.tiles_x + dx, tile // self.mapping.tiles_x + dy
        return 0 <= x < self.mapping.tiles_x and 0 <= y < self.mapping.tiles_y

    def wire_places(self, kind: TileServer, tile: int) -> int:
        """Packets that may be under way on the wires into a FIFO of a tile.

        A feeding stage that takes no time passes the wires behind it through.
        """
        if kind == "inject":
            sender = self.stages[Action.AXON_OUT_SEND]
            cores = int((self.mapping.tiles == tile).sum())
            return sender.wire_places * cores if sender else 0
        places = self.places_behind("inject", tile)
        for side in TURNS[kind]:
            if self.has_neighbour(tile, side):
                places += self.places_behind(OPPOSITE[side], self.neighbour(tile, side))
        return places

    def places_behind(self, kind: TileServer, tile: int) -> int:
        """Packets that may be under way on the wire behind a server of a tile."""
        link = self.stages[Action.CHIP_LINK_SEND]
        if link is not None and self.crossing_ports[tile, TILE_SERVERS.index(kind)]:
            return link.wire_places
        stage = self.stages[ACTION_OF[kind]]
        return stage.wire_places if stage else self.wire_places(kind, tile)

    def link_places(self, port: TileServer, tile: int) -> int:
        """Packets that may be under way between a port and the chip link behind it."""
        stage = self.stages[ACTION_OF[port]]
        return stage.wire_places if stage else self.wire_places(port, tile)

    def next_port(self, tile: int, destination: int) -> TileServer:
        """Where a packet at a tile goes next: X first, then Y, then eject."""
        width = self.mapping.tiles_x
        x, y, to_x, to_y = tile % width, tile // width, destination % width, destination // width
        if x != to_x:
            return "east" if to_x > x else "west"
        if y != to_y:
            return "south" if to_y > y else "north"
        return "eject"

    def neighbour(self, tile: int, direction: TileServer) -> int:
        """The tile behind a port."""
        dx, dy = STEP[direction]
        return tile + dx + dy * self.mapping.tiles_x

    def crosses_chips(self, tile: int, neighbour: int) -> bool:
        """Whether a hop leaves a real chip."""
        m = self.mapping
        chips = [
            (t % m.tiles_x // m.chip_tiles_x, t // m.tiles_x // m.chip_tiles_y)
            for t in (tile, neighbour)
        ]
        return chips[0] != chips[1]


def _ps(quantity: Quantity | ByFormat | None) -> int:
    assert not isinstance(quantity, ByFormat)
    return 0 if quantity is None else ps(quantity)


def _depth(depth: int | str) -> int | None:
    return depth if isinstance(depth, int) else None
