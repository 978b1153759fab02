"""The compiled core of a flow: one event at a time, in order of (time, packet id).

Slices run at their own pace, so the servers of the network cannot be visited one after another as
in `hwsim.chip.kernel`. With unbounded depths a packet's way through a server is known when it
arrives: start = max(arrival, free). A server is then a queue of departures, and of a whole
chip only the next departure of each server, and the next packet of each scan, is an event. They are
the leaves of a tournament; the winner is the next event.

Within an instant ends of scans and absorptions of tokens come first (`EARLY`), since they start
scans that may send in that instant, then packets in order of their ids. All of it is in one file
because numba's cache of a function watches that function's file only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from hwsim.mapping.fanout import Ints

INJECT, EAST, WEST, NORTH, SOUTH, EJECT = range(6)
SERVERS = 6
"""Servers of a tile; server = tile * SERVERS + kind, as in `hwsim.chip.kernel`."""

NEVER = np.int64(2**62)
EARLY, LATE = 0, 1
LEFT, MAKE, ROOM = range(3)
"""Why the kernel returns: a task is done, the next task is wanted, or nodes ran out."""
TOTAL, MADE, DONE, FREE, SPARE, LEAVES = range(6)
"""Cells: tasks in all, made and done; the first free node and how many there are; leaves of the
tournament."""
BUSY, SERVED, QUEUE, OVER, FULLEST = range(5)
"""Rows of the tallies of servers. OVER counts packets that found more than the depth waiting,
FULLEST is how many waited then."""
BEGUN, READOUT, SCANNED, ABSORBED = range(4)
"""Columns of the times of a task."""


class Net(NamedTuple):
    """What does not change. Servers: `units` streams, then axon-outs of slices, then `SERVERS` a
    tile, as many links, then synapses of slices. `service` 0: no server."""

    width: int
    tiles: int
    slices: int
    service: Ints
    delay: Ints
    depth: Ints
    link: Ints  # (tiles * SERVERS,) whether the wire behind a port leaves a chip
    after: Ints  # (tiles * SERVERS,) the tile at which a packet is routed behind a server
    port: Ints  # (tiles, tiles) the kind of server at one tile on the way to another
    tile_of: Ints
    targets_at: Ints
    targets: Ints
    sources_at: Ints
    sources: Ints
    entrance: Ints  # (units,) whether an image enters here
    readout: Ints  # (units,)
    works: Ints  # (units,) whether there is such a unit


class State(NamedTuple):
    """What does: servers, nodes of queues, units, and the tournament."""

    cells: Ints
    free: Ints
    head: Ints
    tail: Ints
    waiting: Ints  # first of the starts that synapses still have before them
    waiting_end: Ints
    length: Ints  # how many those are
    tallies: Ints  # (5, servers)
    node_time: Ints
    node_id: Ints
    node_next: Ints
    next_task: Ints
    running: Ints
    begun: Ints
    cursor: Ints
    burst_ps: Ints  # (units,) the last instant of sending, for axon-outs without time
    burst_size: Ints
    key_time: Ints
    key_id: Ints
    tree: Ints


class Tasks(NamedTuple):
    """Tasks on the chip, by slot = task % slots."""

    ready: Ints  # (slots, packets)
    unit: Ints
    pointer: Ints
    to_slice: Ints  # (slots, deliveries)
    service: Ints
    first: Ints  # (slots, units) where the packets of each begin
    last: Ints
    token: Ints  # where its tokens begin
    work: Ints
    missing: Ints
    ended: Ints  # (slots,)
    times: Ints  # (slots, 4)
    traffic: Ints  # (slots, SERVERS + 1, units)


@njit(cache=True)
def play(state, leaf):  # type: ignore[no-untyped-def]
    """A leaf's key has changed: its matches up to the root are played again."""
    tree, times, ids = state.tree, state.key_time, state.key_id
    place = (leaf + state.cells[LEAVES]) >> 1
    while place:
        one, two = tree[2 * place], tree[2 * place + 1]
        if times[one] < times[two] or (times[one] == times[two] and ids[one] <= ids[two]):
            tree[place] = one
        else:
            tree[place] = two
        place >>= 1


@njit(cache=True)
def set_key(state, leaf, time, phase, identity):  # type: ignore[no-untyped-def]
    """The next event of a leaf."""
    state.key_time[leaf] = 2 * time + phase
    state.key_id[leaf] = identity
    play(state, leaf)


@njit(cache=True)
def clear_key(state, leaf):  # type: ignore[no-untyped-def]
    """A leaf without an event."""
    state.key_time[leaf] = NEVER
    play(state, leaf)


@njit(cache=True)
def new_node(state, time, identity):  # type: ignore[no-untyped-def]
    """A node off the free list; the caller has made sure that there is one."""
    node = state.cells[FREE]
    state.cells[FREE] = state.node_next[node]
    state.cells[SPARE] -= 1
    state.node_time[node], state.node_id[node], state.node_next[node] = time, identity, -1
    return node


@njit(cache=True)
def release(state, node):  # type: ignore[no-untyped-def]
    """Put a node back."""
    state.node_next[node] = state.cells[FREE]
    state.cells[FREE] = node
    state.cells[SPARE] += 1


@njit(cache=True)
def append(state, server, time, identity, phase):  # type: ignore[no-untyped-def]
    """Add a departure to a server's queue."""
    node = new_node(state, time, identity)
    if state.head[server] < 0:
        state.head[server] = node
        set_key(state, server, time, phase, identity)
    else:
        state.node_next[state.tail[server]] = node
    state.tail[server] = node


@njit(cache=True)
def pop(state, server, phase):  # type: ignore[no-untyped-def]
    """Take the first departure off a server's queue."""
    node = state.head[server]
    follower = state.node_next[node]
    state.head[server] = follower
    if follower < 0:
        clear_key(state, server)
    else:
        set_key(state, server, state.node_time[follower], phase, state.node_id[follower])
    release(state, node)


@njit(cache=True)
def served(state, server, service, queue, depth):  # type: ignore[no-untyped-def]
    """Tally a service, and the queue that the packet found, itself included."""
    tallies = state.tallies
    tallies[BUSY, server] += service
    tallies[SERVED, server] += 1
    tallies[QUEUE, server] = max(tallies[QUEUE, server], queue)
    if queue > depth:
        tallies[OVER, server] += 1
        tallies[FULLEST, server] = max(tallies[FULLEST, server], queue)


@njit(cache=True)
def enter(net, state, server, now, identity):  # type: ignore[no-untyped-def]
    """A packet arrives at a server of constant service."""
    service, free = net.service[server], state.free[server]
    # Whoever has not started yet starts back to back, `service` apart.
    queue = 1 + max(free - now, 0) // service
    state.free[server] = max(now, free) + service
    served(state, server, service, queue, net.depth[server])
    append(state, server, state.free[server] + net.delay[server], identity, LATE)


@njit(cache=True)
def absorb(net, state, tasks, slot, identity, delivery, token, now):  # type: ignore[no-untyped-def]
    """A delivery arrives at the synapses of its slice; only the end of a token is an event."""
    target, service = tasks.to_slice[slot, delivery], tasks.service[slot, delivery]
    times = tasks.times
    if service == 0:
        times[slot, ABSORBED] = max(times[slot, ABSORBED], now)
        return
    server = len(net.service) - net.slices + target
    start = max(now, state.free[server])
    state.free[server] = start + service
    times[slot, ABSORBED] = max(times[slot, ABSORBED], start + service)
    while state.waiting[server] >= 0 and state.node_time[state.waiting[server]] < now:
        gone = state.waiting[server]
        state.waiting[server] = state.node_next[gone]
        release(state, gone)
        state.length[server] -= 1
    node = new_node(state, start, identity)
    if state.waiting[server] < 0:
        state.waiting[server] = node
    else:
        state.node_next[state.waiting_end[server]] = node
    state.waiting_end[server] = node
    state.length[server] += 1
    served(state, server, service, state.length[server], net.depth[server])
    if token:
        append(state, server, start + service, identity, EARLY)


@njit(cache=True)
def go_on(net, state, tasks, identity, kind, tile, crossed, now, stack):  # type: ignore[no-untyped-def]
    """A packet has passed a server (`crossed`: and the link behind it): on to the next ones,
    through all that take no time. `kind` -1 is behind the axon-out."""
    slot = (identity >> 32) % len(tasks.first)
    packet = identity & 0xFFFFFFFF
    unit = tasks.unit[slot, packet]
    begin, end = tasks.pointer[slot, packet], tasks.pointer[slot, packet + 1]
    token = packet >= tasks.token[slot, unit]
    axon_outs = net.slices + 1
    routers = axon_outs + net.slices
    links = routers + net.tiles * SERVERS
    traffic = tasks.traffic[slot]
    stack[0], depth = (2 * tile + crossed) * (SERVERS + 1) + kind + 1, 1
    while depth:
        depth -= 1
        rest, kind = stack[depth] // (SERVERS + 1), stack[depth] % (SERVERS + 1) - 1
        tile, crossed = rest // 2, rest % 2
        if kind == EJECT:
            for delivery in range(begin, end):
                if net.tile_of[tasks.to_slice[slot, delivery]] == tile:
                    absorb(net, state, tasks, slot, identity, delivery, token, now)
            continue
        if kind > INJECT and not crossed and net.link[tile * SERVERS + kind]:
            traffic[SERVERS, unit] += 1
            if net.service[links + tile * SERVERS + kind]:
                enter(net, state, links + tile * SERVERS + kind, now, identity)
            else:
                stack[depth] = (2 * tile + 1) * (SERVERS + 1) + kind + 1
                depth += 1
            continue
        ways = 0
        if kind < 0:
            ways, at = 1 << INJECT, tile
        else:
            at = net.after[tile * SERVERS + kind]
            x, y = at % net.width, at // net.width
            for delivery in range(begin, end):
                goal = net.tile_of[tasks.to_slice[slot, delivery]]
                to_x, to_y = goal % net.width, goal // net.width
                # Along a row a copy carries what lies ahead, along a column what is ahead in it.
                if (
                    (kind == EAST and to_x < x)
                    or (kind == WEST and to_x > x)
                    or (kind == SOUTH and (to_x != x or to_y < y))
                    or (kind == NORTH and (to_x != x or to_y > y))
                ):
                    continue
                ways |= 1 << net.port[at, goal]
        for follow in range(SERVERS):
            if ways >> follow & 1:
                traffic[follow, unit] += 1
                if net.service[routers + at * SERVERS + follow]:
                    enter(net, state, routers + at * SERVERS + follow, now, identity)
                else:
                    stack[depth] = 2 * at * (SERVERS + 1) + follow + 1
                    depth += 1


@njit(cache=True)
def next_of_scan(state, tasks, unit, slot, task):  # type: ignore[no-untyped-def]
    """The next event of a unit that scans: a packet, or its end."""
    cursor = state.cursor[unit]
    if cursor < tasks.last[slot, unit]:
        time = state.begun[unit] + tasks.ready[slot, cursor]
        set_key(state, unit, time, LATE, task << 32 | cursor)
    else:
        set_key(state, unit, state.begun[unit] + tasks.work[slot, unit], EARLY, task << 32)


@njit(cache=True)
def begin(net, state, tasks, unit, now):  # type: ignore[no-untyped-def]
    """Start a unit's next task if it can; whether it would, were that task made."""
    task = state.next_task[unit]
    if state.running[unit] or not net.works[unit] or task == state.cells[TOTAL]:
        return False
    for i in range(net.targets_at[unit], net.targets_at[unit + 1]):
        if state.next_task[net.targets[i]] < task - 1:
            return False
    if task >= state.cells[MADE]:
        return True
    slot = task % len(tasks.first)
    if tasks.missing[slot, unit]:
        return False
    state.running[unit] = 1
    state.begun[unit] = now
    state.cursor[unit] = tasks.first[slot, unit]
    if net.entrance[unit] and tasks.times[slot, BEGUN] < 0:
        tasks.times[slot, BEGUN] = now
    next_of_scan(state, tasks, unit, slot, task)
    return False


@njit(cache=True)
def finish(net, state, tasks, unit, now):  # type: ignore[no-untyped-def]
    """A scan ends: the unit, and those that write what it has read, may go on."""
    task = state.next_task[unit]
    slot = task % len(tasks.first)
    clear_key(state, unit)
    state.running[unit] = 0
    state.next_task[unit] += 1
    tasks.ended[slot] += 1
    tasks.times[slot, SCANNED] = now
    if net.readout[unit]:
        tasks.times[slot, READOUT] = now
    wanted = begin(net, state, tasks, unit, now)
    for i in range(net.sources_at[unit], net.sources_at[unit + 1]):
        if begin(net, state, tasks, net.sources[i], now):
            wanted = True
    return wanted


@njit(cache=True)
def send(net, state, tasks, unit, now, stack):  # type: ignore[no-untyped-def]
    """A packet leaves a scan."""
    task = state.next_task[unit]
    slot = task % len(tasks.first)
    identity = state.key_id[unit]
    state.cursor[unit] += 1
    next_of_scan(state, tasks, unit, slot, task)
    axon_out = net.slices + 1 + unit
    if unit == net.slices:
        go_on(net, state, tasks, identity, -1, 0, 0, now, stack)
    elif net.service[axon_out]:
        enter(net, state, axon_out, now, identity)
    else:
        if state.burst_ps[unit] != now:
            state.burst_ps[unit], state.burst_size[unit] = now, 0
        state.burst_size[unit] += 1
        if state.burst_size[unit] > net.depth[axon_out]:
            tallies = state.tallies
            tallies[OVER, axon_out] += 1
            tallies[FULLEST, axon_out] = max(tallies[FULLEST, axon_out], state.burst_size[unit])
        go_on(net, state, tasks, identity, -1, net.tile_of[unit], 0, now, stack)


@njit(cache=True)
def run(net, state, tasks, units, wanted, now):  # type: ignore[no-untyped-def]
    """Play events until there is something for the caller to do: why, and when."""
    stack = np.empty(4 * net.tiles * SERVERS + 16, np.int64)
    axon_outs = net.slices + 1
    routers = axon_outs + net.slices
    links = routers + net.tiles * SERVERS
    synapses = links + net.tiles * SERVERS
    most = 2 * net.slices + net.tiles * SERVERS + 2
    if wanted:
        wanted = False
        for unit in range(net.slices + 1):
            if begin(net, state, tasks, unit, now):
                wanted = True
    while True:
        if wanted:
            return MAKE, now
        done = state.cells[DONE]
        if done < state.cells[MADE] and tasks.ended[done % len(tasks.ended)] == units:
            return LEFT, now
        if state.cells[SPARE] < most:
            return ROOM, now
        server = state.tree[1]
        if state.key_time[server] == NEVER:
            raise RuntimeError("a flow came to a halt")
        now, identity = state.key_time[server] >> 1, state.key_id[server]
        if server < axon_outs:
            if state.key_time[server] & 1:
                send(net, state, tasks, server, now, stack)
            else:
                wanted = finish(net, state, tasks, server, now)
        elif server >= synapses:
            pop(state, server, EARLY)
            unit = server - synapses
            slot = (identity >> 32) % len(tasks.first)
            tasks.missing[slot, unit] -= 1
            if tasks.missing[slot, unit] == 0:
                begin(net, state, tasks, unit, now)
        else:
            pop(state, server, LATE)
            if server < routers:
                place = net.tile_of[server - axon_outs]
                go_on(net, state, tasks, identity, -1, place, 0, now, stack)
            else:
                crossed = int(server >= links)
                place = server - (links if crossed else routers)
                tile, kind = place // SERVERS, place % SERVERS
                go_on(net, state, tasks, identity, kind, tile, crossed, now, stack)
