"""The flow of the burst transport: the packet transport's picoseconds, compiled.

Exact with unbounded depths. With finite ones it reports every FIFO in which more packets waited
than it has places, and then the packet transport, with its backpressure, is the authority. That is
on the safe side: places on the wires in front of a FIFO are not counted.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from hwsim.actions import Action
from hwsim.chip import flow_kernel as kernel
from hwsim.chip.chip import ACTION_OF, Chip
from hwsim.chip.flow import FlowLoad, Left, neuron_load
from hwsim.chip.flow_kernel import SERVERS
from hwsim.chip.kernel import arrives_at, ports_of
from hwsim.chip.timing import PORTS, TILE_SERVERS, Overflow, ServerLoad
from hwsim.chip.tokens import NEURON
from hwsim.mapping.fanout import Ints

UNBOUNDED = 2**62
SLOTS, NODES = 2, 1 << 14
"""Tasks and queued packets for which there is room at first."""


def flow(load: FlowLoad, chip: Chip) -> BurstFlow:
    """A flow at its start."""
    return BurstFlow(load, chip)


class BurstFlow:
    """The arrays of the kernel, and what makes and grows them."""

    def __init__(self, load: FlowLoad, chip: Chip) -> None:
        self._load, self._chip = load, chip
        self._slices = len(chip.mapping.slices)
        self._tiles = chip.mapping.tiles_x * chip.mapping.tiles_y
        self._net = _net(load, chip)
        self._state = _state(load, len(self._net.service), self._slices + 1)
        self._tasks = _tasks(SLOTS, 1, 1, self._slices + 1)
        self._work_ps = np.zeros(self._slices, np.int64)
        self._wanted, self._now = True, 0

    def leave(self) -> Left:
        """Play until the next task is done."""
        while True:
            why, self._now = kernel.run(
                self._net,
                self._state,
                self._tasks,
                len(self._load.wiring.units),
                self._wanted,
                self._now,
            )
            self._wanted = why == kernel.MAKE
            if why == kernel.MAKE:
                self._make()
            elif why == kernel.ROOM:
                self._state = _roomier(self._state)
            else:
                return self._left()

    def loads(self) -> dict[str, ServerLoad]:
        """Of every task."""
        net, tallies = self._net, self._state.tallies[:3]
        kinds = {kind: tallies[:, places] for kind, places in _servers(net).items()}
        links = [f"link_{port}" for port in PORTS]
        if self._chip.stages[Action.CHIP_LINK_SEND] is None:
            kinds = {kind: rows for kind, rows in kinds.items() if kind not in links}
        neurons = neuron_load(self._work_ps, int(self._state.cells[kernel.DONE]), self._chip)
        return {"neurons": neurons} | {k: ServerLoad(*rows) for k, rows in kinds.items()}

    def overflows(self) -> tuple[Overflow, ...]:
        """Every FIFO that may have held a packet back."""
        net, found = self._net, []
        over, fullest = self._state.tallies[[kernel.OVER, kernel.FULLEST]]
        for kind, places in _servers(net).items():
            numbers = np.arange(len(net.service))[places]
            for place in np.flatnonzero(over[numbers]).tolist():
                at = numbers[place]
                depth, needed = int(net.depth[at]), int(fullest[at])
                found.append(Overflow(kind, place, depth, needed, int(over[at])))
        return tuple(found)

    def _left(self) -> Left:
        cells, tasks = self._state.cells, self._tasks
        slot = int(cells[kernel.DONE]) % len(tasks.first)
        cells[kernel.DONE] += 1
        rows = tasks.traffic[slot]
        actions = [*(ACTION_OF[kind] for kind in TILE_SERVERS), Action.CHIP_LINK_SEND]
        traffic = {action: np.zeros(self._slices + 1, np.int64) for action in actions}
        for action, row in zip(actions, rows, strict=True):
            traffic[action] = traffic[action] + row
        begun, readout, scanned, absorbed = tasks.times[slot].tolist()
        return Left(begun, readout, scanned, absorbed, traffic)

    def _make(self) -> None:
        """Bring the next task onto the chip."""
        cells = self._state.cells
        number = int(cells[kernel.MADE])
        made = self._load.make(number)
        packets, scans = made.load.packets, made.load.scans
        sizes = len(packets.source), len(packets.destination)
        self._ensure(number + 1 - int(cells[kernel.DONE]), *sizes)
        tasks = self._tasks
        slot = number % len(tasks.first)
        tasks.ready[slot, : sizes[0]] = packets.ready_ps
        tasks.unit[slot, : sizes[0]] = packets.source % (self._slices + 1)
        tasks.pointer[slot, : sizes[0] + 1] = packets.pointer
        tasks.to_slice[slot, : sizes[1]] = packets.destination
        tasks.service[slot, : sizes[1]] = packets.service_ps
        units = np.append(scans.slices, self._slices)
        tasks.first[slot, units] = np.append(scans.pointer[:-1], 0)
        tasks.last[slot, units] = np.append(scans.pointer[1:], scans.pointer[0])
        tokens = np.concatenate([[0], (packets.neuron == NEURON).cumsum()])
        first, last = tasks.first[slot], tasks.last[slot]
        tasks.token[slot] = last - (tokens[last] - tokens[first])
        tasks.work[slot] = 0
        tasks.work[slot, scans.slices] = scans.work_ps
        tasks.missing[slot] = made.awaited
        tasks.ended[slot] = 0
        tasks.times[slot] = -1
        tasks.traffic[slot] = 0
        self._work_ps[scans.slices] += scans.work_ps
        cells[kernel.MADE] += 1

    def _ensure(self, live: int, packets: int, deliveries: int) -> None:
        """Room for so many tasks, and for one of that size."""
        old = self._tasks
        slots, wide, long = len(old.first), old.ready.shape[1], old.service.shape[1]
        if live <= slots and packets <= wide and deliveries <= long:
            return
        larger = _tasks(
            slots if live <= slots else 2 * slots,
            wide if packets <= wide else packets + packets // 8,
            long if deliveries <= long else deliveries + deliveries // 8,
            self._slices + 1,
        )
        done, made = self._state.cells[[kernel.DONE, kernel.MADE]].tolist()
        for number in range(done, made):
            for before, after in zip(old, larger, strict=True):
                row, slot = before[number % slots], number % len(larger.first)
                # A row of packets is longer than before, other rows are not.
                place: tuple[int | slice, ...] = (slot, *map(slice, np.shape(row)))
                after[place] = row
        self._tasks = larger


def _servers(net: kernel.Net) -> dict[str, slice]:
    """Where the servers of each kind stand, behind the units."""
    axon_outs = net.slices + 1
    routers = axon_outs + net.slices
    links = routers + net.tiles * SERVERS
    synapses = links + net.tiles * SERVERS
    found = {"axon_out": slice(axon_outs, routers), "synapses": slice(synapses, None)}
    found |= {k: slice(routers + i, links, SERVERS) for i, k in enumerate(TILE_SERVERS)}
    ports = enumerate(PORTS, start=1)
    return found | {f"link_{k}": slice(links + i, synapses, SERVERS) for i, k in ports}


def _net(load: FlowLoad, chip: Chip) -> kernel.Net:
    slices, wiring = len(chip.mapping.slices), load.wiring
    tiles = chip.mapping.tiles_x * chip.mapping.tiles_y
    servers = slices + 1 + slices + 2 * tiles * SERVERS + slices
    targets_at, targets = _rows(wiring.targets)
    sources_at, sources = _rows(wiring.sources)
    service, delay = np.zeros((2, servers), np.int64)
    depth = np.full(servers, UNBOUNDED, np.int64)
    entrance, readout, works = np.zeros((3, slices + 1), np.int64)
    entrance[list(load.first)] = readout[list(load.last)] = works[list(wiring.units)] = 1
    width = chip.mapping.tiles_x
    after = [arrives_at(tile, kind, width) for tile in range(tiles) for kind in range(SERVERS)]
    net = kernel.Net(
        width, tiles, slices, service, delay, depth,
        chip.crossing_ports.ravel().astype(np.int64), np.array(after, np.int64),
        ports_of(width, tiles).astype(np.int64), chip.mapping.tiles.astype(np.int64),
        targets_at, targets, sources_at, sources, entrance, readout, works,
    )  # fmt: skip
    actions: dict[str, Action] = dict(ACTION_OF.items())
    actions["axon_out"] = Action.AXON_OUT_SEND
    actions |= {f"link_{port}": Action.CHIP_LINK_SEND for port in PORTS}
    for kind, places in _servers(net).items():
        bound = {"axon_out": chip.axon_out_depth, "synapses": chip.axon_in_depth}
        limit = bound.get(kind, chip.fifo_depth)
        depth[places] = UNBOUNDED if limit is None else limit
        stage = None if kind == "synapses" else chip.stages[actions[kind]]
        if stage is not None:
            service[places], delay[places] = stage.service_ps, stage.delay_ps
    return net


def _state(load: FlowLoad, servers: int, units: int) -> kernel.State:
    leaves = 1 << (servers - 1).bit_length()
    cells = np.zeros(6, np.int64)
    cells[kernel.TOTAL], cells[kernel.LEAVES] = load.tasks, leaves
    cells[kernel.FREE], cells[kernel.SPARE] = 0, NODES
    node_next = np.append(np.arange(1, NODES), -1)
    head, tail, waiting, waiting_end = np.full((4, servers), -1, np.int64)
    free, length = np.zeros((2, servers), np.int64)
    next_task, running, begun, cursor, burst_size = np.zeros((5, units), np.int64)
    tree = np.zeros(2 * leaves, np.int64)
    tree[leaves:] = np.arange(leaves)
    for place in range(leaves - 1, 0, -1):
        tree[place] = tree[2 * place]
    return kernel.State(
        cells, free, head, tail, waiting, waiting_end, length, np.zeros((5, servers), np.int64),
        np.zeros(NODES, np.int64), np.zeros(NODES, np.int64), node_next,
        next_task, running, begun, cursor, np.full(units, -1, np.int64), burst_size,
        np.full(leaves, kernel.NEVER, np.int64), np.zeros(leaves, np.int64), tree,
    )  # fmt: skip


def _roomier(state: kernel.State) -> kernel.State:
    """Twice the nodes."""
    nodes = len(state.node_next)
    more = np.arange(nodes + 1, 2 * nodes + 1)
    more[-1] = state.cells[kernel.FREE]
    state.cells[kernel.FREE] = nodes
    state.cells[kernel.SPARE] += nodes
    return state._replace(
        node_time=np.append(state.node_time, np.zeros(nodes, np.int64)),
        node_id=np.append(state.node_id, np.zeros(nodes, np.int64)),
        node_next=np.append(state.node_next, more),
    )


def _tasks(slots: int, packets: int, deliveries: int, units: int) -> kernel.Tasks:
    def rows(*shape: int) -> Ints:
        return np.zeros((slots, *shape), np.int64)

    return kernel.Tasks(
        ready=rows(packets), unit=rows(packets), pointer=rows(packets + 1),
        to_slice=rows(deliveries), service=rows(deliveries),
        first=rows(units), last=rows(units), token=rows(units), work=rows(units),
        missing=rows(units), ended=rows(), times=rows(4), traffic=rows(SERVERS + 1, units),
    )  # fmt: skip


def _rows(lists: Iterable[tuple[int, ...]]) -> tuple[Ints, Ints]:
    """Lists one behind the other, and where each begins."""
    kept = list(lists)
    flat = np.array([one for part in kept for one in part], np.int64)
    return np.cumsum([0, *(len(part) for part in kept)]), flat
