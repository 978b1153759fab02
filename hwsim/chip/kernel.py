"""The compiled core of the burst transport: servers served whole bursts, in dependency order.

XY routing on output-queued routers has no cyclic dependency: inject first, then east ports by
rising and west ports by falling column, south and north likewise by row, then eject, then the
cores' synapses. Each server merges at most five streams that are already in order of
(arrival, packet id) and serves them by the recurrence of docs/design.md, section 3.1,

    start_i = max(arrival_i, start_{i-1} + service_{i-1})        leave_i = start_i + service_i + d

so nothing is sorted and the cost is linear in packet-services. A stage that takes no time is the
same recurrence with service 0. A wire is the stream from one server to the next: its entries
lie in one stretch of the buffers, as long as the packets that will cross it, counted beforehand.

All of it is in one file because numba's cache of a function watches that function's file only.
"""

from __future__ import annotations

import numpy as np
from numba import njit

INJECT, EAST, WEST, NORTH, SOUTH, EJECT = range(6)
SERVERS = 6
"""Servers of a tile; server = tile * SERVERS + kind."""

BUSY, SERVED, QUEUE = range(3)
"""Rows of the loads."""


@njit(cache=True)
def next_kind(x, y, to_x, to_y):  # type: ignore[no-untyped-def]
    """Where a packet at (x, y) goes next: X first, then Y, then eject."""
    if to_x > x:
        return EAST
    if to_x < x:
        return WEST
    if to_y > y:
        return SOUTH
    if to_y < y:
        return NORTH
    return EJECT


@njit(cache=True)
def arrives_at(tile, kind, width):  # type: ignore[no-untyped-def]
    """The tile at which a packet is routed after a server."""
    if kind == EAST:
        return tile + 1
    if kind == WEST:
        return tile - 1
    if kind == SOUTH:
        return tile + width
    if kind == NORTH:
        return tile - width
    return tile


@njit(cache=True)
def onward(kind, tile, packet, pointer, to_tile, width, ways):  # type: ignore[no-untyped-def]
    """Mark in `ways` (6,) the kinds of server to which a copy goes that left a server.

    A copy that travels along a row carries the deliveries ahead of it and in its column, one
    that travels along a column those ahead of it in that column.
    """
    ways[:] = False
    at = arrives_at(tile, kind, width)
    x, y = at % width, at // width
    for delivery in range(pointer[packet], pointer[packet + 1]):
        to_x, to_y = to_tile[delivery] % width, to_tile[delivery] // width
        if (
            (kind == EAST and to_x < x)
            or (kind == WEST and to_x > x)
            or (kind == SOUTH and (to_x != x or to_y < y))
            or (kind == NORTH and (to_x != x or to_y > y))
        ):
            continue
        ways[next_kind(x, y, to_x, to_y)] = True


@njit(cache=True)
def count_wires(from_tile, pointer, to_tile, to_slice, width, tiles, slices):  # type: ignore[no-untyped-def]
    """How many copies cross each wire: server * SERVERS + next kind, then one per slice."""
    crossing = np.zeros(tiles * SERVERS * SERVERS + slices, np.int64)
    unicast = len(pointer) == len(to_tile) + 1
    if unicast:
        pairs = np.zeros((tiles, tiles), np.int64)
        for packet in range(len(from_tile)):
            pairs[from_tile[packet], to_tile[packet]] += 1
        for start in range(tiles):
            for stop in range(tiles):
                if pairs[start, stop]:
                    kind, tile = INJECT, start
                    while kind != EJECT:
                        at = arrives_at(tile, kind, width)
                        follow = next_kind(at % width, at // width, stop % width, stop // width)
                        wire = (tile * SERVERS + kind) * SERVERS + follow
                        crossing[wire] += pairs[start, stop]
                        kind, tile = follow, at
    else:
        ways = np.zeros(SERVERS, np.bool_)
        stack = np.zeros(2 * tiles + 8, np.int64)
        for packet in range(len(from_tile)):
            stack[0], depth = from_tile[packet] * SERVERS + INJECT, 1
            while depth:
                depth -= 1
                server = stack[depth]
                tile, kind = server // SERVERS, server % SERVERS
                onward(kind, tile, packet, pointer, to_tile, width, ways)
                at = arrives_at(tile, kind, width)
                for follow in range(EAST, SERVERS):
                    if ways[follow]:
                        crossing[server * SERVERS + follow] += 1
                        if follow != EJECT:
                            stack[depth] = at * SERVERS + follow
                            depth += 1
    for delivery in range(len(to_slice)):
        crossing[tiles * SERVERS * SERVERS + to_slice[delivery]] += 1
    return crossing


@njit(cache=True)
def visit_order(width, height):  # type: ignore[no-untyped-def]
    """Servers in an order in which everything that feeds one comes before it."""
    tiles = width * height
    order = np.empty(tiles * SERVERS, np.int64)
    n = 0
    for tile in range(tiles):
        order[n] = tile * SERVERS + INJECT
        n += 1
    for x in range(width):
        for y in range(height):
            order[n] = (y * width + x) * SERVERS + EAST
            order[n + 1] = (y * width + width - 1 - x) * SERVERS + WEST
            n += 2
    for y in range(height):
        for x in range(width):
            order[n] = (y * width + x) * SERVERS + SOUTH
            order[n + 1] = ((height - 1 - y) * width + x) * SERVERS + NORTH
            n += 2
    for tile in range(tiles):
        order[n] = tile * SERVERS + EJECT
        n += 1
    return order


@njit(cache=True)
def ports_of(width, tiles):  # type: ignore[no-untyped-def]
    """(tiles, tiles): the kind of server to which a packet at one tile goes on its way to
    another."""
    ports = np.empty((tiles, tiles), np.int8)
    for tile in range(tiles):
        for to in range(tiles):
            ports[tile, to] = next_kind(tile % width, tile // width, to % width, to // width)
    return ports


@njit(cache=True)
def count_traffic(source, from_tile, to_tile, width, ports, link, traffic):  # type: ignore[no-untyped-def]
    """Add to `traffic` what packets of one destination each do on their ways."""
    tiles = len(ports)
    crossings = np.full((tiles, tiles), -1, np.int64)
    for packet in range(len(source)):
        start, stop, sender = from_tile[packet], to_tile[packet], source[packet]
        if crossings[start, stop] < 0:
            kind, tile, crossed = INJECT, start, 0
            while kind != EJECT:
                crossed += link[tile * SERVERS + kind]
                tile = arrives_at(tile, kind, width)
                kind = ports[tile, stop]
            crossings[start, stop] = crossed + link[stop * SERVERS + EJECT]
        across, along = stop % width - start % width, stop // width - start // width
        traffic[INJECT, sender] += 1
        traffic[EJECT, sender] += 1
        traffic[SERVERS, sender] += crossings[start, stop]
        if across:
            traffic[EAST if across > 0 else WEST, sender] += abs(across)
        if along:
            traffic[SOUTH if along > 0 else NORTH, sender] += abs(along)


@njit(cache=True)
def feeders(tile, kind, width, height, found):  # type: ignore[no-untyped-def]
    """Write the servers of other tiles that feed one into `found`; returns how many, with the
    tile's own inject as the first."""
    x, y = tile % width, tile // width
    found[0] = tile * SERVERS + INJECT
    n = 1
    if x > 0 and kind != WEST:
        found[n] = (tile - 1) * SERVERS + EAST
        n += 1
    if x < width - 1 and kind != EAST:
        found[n] = (tile + 1) * SERVERS + WEST
        n += 1
    if y > 0 and kind in (SOUTH, EJECT):
        found[n] = (tile - width) * SERVERS + SOUTH
        n += 1
    if y < height - 1 and kind in (NORTH, EJECT):
        found[n] = (tile + width) * SERVERS + NORTH
        n += 1
    return n


@njit(cache=True)
def serve_senders(ready, stream, service, leave, loads):  # type: ignore[no-untyped-def]
    """Axon-out: the packets stream[i] : stream[i + 1] of a core, one after the other.

    Fills `leave` (P,) and `loads` (3, streams).
    """
    for i in range(len(stream) - 1):
        free, waiting, longest = 0, stream[i], 0
        for packet in range(stream[i], stream[i + 1]):
            free = max(ready[packet], free) + service
            leave[packet] = free
            while leave[waiting] - service < ready[packet]:
                waiting += 1
            longest = max(longest, packet + 1 - waiting)
        loads[BUSY, i] = (stream[i + 1] - stream[i]) * service
        loads[SERVED, i] = stream[i + 1] - stream[i]
        loads[QUEUE, i] = longest


@njit(cache=True)
def streams_into(server, mesh, entering, stream, begin, heads, stops):  # type: ignore[no-untyped-def]
    """Write where the streams into a server begin and end; returns how many there are."""
    width, height = mesh
    tile, kind = server // SERVERS, server % SERVERS
    if kind == INJECT:
        first, last = entering[tile], entering[tile + 1]
        for i in range(first, last):
            heads[i - first], stops[i - first] = stream[i], stream[i + 1]
        return last - first
    found = np.empty(5, np.int64)
    n = feeders(tile, kind, width, height, found)
    for i in range(n):
        wire = found[i] * SERVERS + kind
        heads[i], stops[i] = begin[wire], begin[wire + 1]
    return n


@njit(cache=True)
def wires(mesh, entering, stream, pointer, to_tile, to_slice, slices):  # type: ignore[no-untyped-def]
    """Where each stream begins in the buffers: the wire from server s to a server of kind k is
    stream w = s * 6 + k, the one to slice i is tiles * 36 + i, and stream w lies at begin[w] :
    begin[w + 1], behind the packets that enter."""
    width, height = mesh
    packets = stream[-1]
    senders = entering_tiles(entering, stream, packets)
    crossing = count_wires(senders, pointer, to_tile, to_slice, width, width * height, slices)
    begin = np.empty(len(crossing) + 1, np.int64)
    begin[0] = packets
    for wire in range(len(crossing)):
        begin[wire + 1] = begin[wire] + crossing[wire]
    return begin


@njit(cache=True)
def serve_network(  # type: ignore[no-untyped-def]
    mesh, ready, reserved_at, source, entering, stream, pointer, to_tile, to_slice, service, delay,
    link, link_stage, begin, carry, time, packet, reserved, traffic, loads, link_loads,
):  # fmt: skip
    """Serve all routers of a mesh of (width, height) tiles.

    Packets (P,) are ready at inject at `ready`, their place reserved at `reserved_at`; those of
    stream i lie in stream[i] : stream[i + 1] and streams entering[tile] : entering[tile + 1]
    enter at a tile. Delivery d of packet p, pointer[p] <= d < pointer[p + 1], goes to to_tile[d],
    to_slice[d]. `service`, `delay` (6,) by kind of server; `link` (tiles * 6,) says behind which
    ports lies a chip link, `link_stage` its service and delay. Adds to `traffic` (7, senders), by
    kind of server and then chip links, and fills `loads`, `link_loads` (3, tiles * 6).

    Fills the buffers `time` and `packet`, whose streams begin where `wires` says; streams to
    slices hold deliveries instead of packets. `reserved`, when the service that sent an entry
    started, is filled where `carry` asks for it.
    """
    width, height = mesh
    tiles, packets = width * height, len(ready)
    write = begin.copy()
    for i in range(packets):
        time[i], packet[i] = ready[i], i
        if carry:
            reserved[i] = reserved_at[i]
    widest = 5
    for tile in range(tiles):
        widest = max(widest, entering[tile + 1] - entering[tile])
    heads, stops = np.empty(widest, np.int64), np.empty(widest, np.int64)
    ways = np.zeros(SERVERS, np.bool_)
    starts = np.empty(packets, np.int64)
    link_starts = np.empty(packets, np.int64)
    head_time, head_packet = np.empty(widest, np.int64), np.empty(widest, np.int64)
    unicast = len(pointer) == len(to_tile) + 1
    ports = ports_of(width, tiles)
    if unicast:
        senders = entering_tiles(entering, stream, packets)
        count_traffic(source, senders, to_tile, width, ports, link, traffic)
    goal = to_tile.astype(np.int32)  # small enough for a cache
    to_slices = tiles * SERVERS * SERVERS
    for server in visit_order(width, height):
        streams = streams_into(server, mesh, entering, stream, begin, heads, stops)
        tile, kind = server // SERVERS, server % SERVERS
        at = arrives_at(tile, kind, width)
        way = ports[at]
        busy, wait = service[kind], delay[kind]
        crosses = link[server]
        free, n, waiting, longest = 0, 0, 0, 0
        link_free, link_waiting, link_longest = 0, 0, 0
        first_wire = server * SERVERS
        left = 0
        for i in range(streams):
            if heads[i] < stops[i]:
                heads[left], stops[left] = heads[i], stops[i]
                head_time[left], head_packet[left] = time[heads[i]], packet[heads[i]]
                left += 1
        while left:
            best, arrival, now = 0, head_time[0], head_packet[0]
            for i in range(1, left):
                if head_time[i] < arrival or (head_time[i] == arrival and head_packet[i] < now):
                    best, arrival, now = i, head_time[i], head_packet[i]
            entry = heads[best]
            follower = entry + 1
            if follower < stops[best]:
                heads[best] = follower
                head_time[best], head_packet[best] = time[follower], packet[follower]
            else:
                left -= 1
                heads[best], stops[best] = heads[left], stops[left]
                head_time[best], head_packet[best] = head_time[left], head_packet[left]
            start = max(arrival, free)
            free = start + busy
            leave = free + wait
            starts[n] = start
            while starts[waiting] < arrival:
                waiting += 1
            n += 1
            longest = max(longest, n - waiting)
            if not unicast:
                traffic[kind, source[now]] += 1
                traffic[SERVERS, source[now]] += crosses
            if crosses:
                link_start = max(leave, link_free)
                link_free = link_start + link_stage[0]
                link_starts[n - 1] = link_start
                while link_starts[link_waiting] < leave:
                    link_waiting += 1
                link_longest = max(link_longest, n - link_waiting)
                if link_stage[0] > 0:
                    start = link_start
                leave = link_free + link_stage[1]
            if carry and busy == 0 and not (crosses and link_stage[0] > 0):
                start = reserved[entry]
            if kind == EJECT and unicast:
                put(to_slices + to_slice[now], leave, now, start, carry,
                    write, time, packet, reserved)  # fmt: skip
            elif kind == EJECT:
                for delivery in range(pointer[now], pointer[now + 1]):
                    if to_tile[delivery] == tile:
                        put(to_slices + to_slice[delivery], leave, delivery, start, carry,
                            write, time, packet, reserved)  # fmt: skip
            elif unicast:
                put(first_wire + way[goal[now]], leave, now, start, carry,
                    write, time, packet, reserved)  # fmt: skip
            else:
                onward(kind, tile, now, pointer, to_tile, width, ways)
                for follow in range(EAST, SERVERS):
                    if ways[follow]:
                        put(server * SERVERS + follow, leave, now, start, carry,
                            write, time, packet, reserved)  # fmt: skip
        if busy > 0:
            loads[BUSY, server], loads[SERVED, server] = n * busy, n
            loads[QUEUE, server] = longest
        if crosses and link_stage[0] > 0:
            link_loads[BUSY, server], link_loads[SERVED, server] = n * link_stage[0], n
            link_loads[QUEUE, server] = link_longest


@njit(cache=True)
def put(wire, leave, packet_id, start, carry, write, time, packet, reserved):  # type: ignore[no-untyped-def]
    """Append an entry to a wire."""
    entry = write[wire]
    write[wire] += 1
    time[entry], packet[entry] = leave, packet_id
    if carry:
        reserved[entry] = start


@njit(cache=True)
def entering_tiles(entering, stream, packets):  # type: ignore[no-untyped-def]
    """(P,) the tile at which each packet enters."""
    tile_of = np.empty(packets, np.int64)
    for tile in range(len(entering) - 1):
        for i in range(stream[entering[tile]], stream[entering[tile + 1]]):
            tile_of[i] = tile
    return tile_of


@njit(cache=True)
def serve_synapses(time, delivery, begin, service, delivered, loads):  # type: ignore[no-untyped-def]
    """Each slice i serves the entries begin[i] : begin[i + 1]; fills `delivered` (D,) and
    `loads` (3, slices)."""
    starts = np.empty(len(delivered), np.int64)
    for i in range(len(begin) - 1):
        free, waiting, longest, busy, n = 0, 0, 0, 0, 0
        for entry in range(begin[i], begin[i + 1]):
            arrival, work = time[entry], service[delivery[entry]]
            starts[n] = max(arrival, free)
            free = starts[n] + work
            delivered[delivery[entry]] = free
            while starts[waiting] < arrival:
                waiting += 1
            n += 1
            longest = max(longest, n - waiting)
            busy += work
        if busy > 0:
            loads[BUSY, i], loads[SERVED, i], loads[QUEUE, i] = busy, n, longest


@njit(cache=True)
def occupancy(reserved, starts):  # type: ignore[no-untyped-def]
    """(n,) places taken when each reservation is made, itself included, for reservations and
    starts each in order of time. A place freed at t can be taken again from t + 1 ps."""
    taken = np.empty(len(reserved), np.int64)
    freed = 0
    for i in range(len(reserved)):
        while starts[freed] < reserved[i]:
            freed += 1
        taken[i] = i + 1 - freed
    return taken
