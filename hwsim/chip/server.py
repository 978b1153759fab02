"""FIFOs and servers: the two things that the packet transport is made of (design 3.1).

An instant has phases, in SimPy's order of priorities: everything that arrives or leaves; then
scans find room in axon-out, and queues that take no time hand on what finds a place; then every
idle server picks its head packet; then FIFOs grant places. So all arrivals of an instant are
queued before a server picks, and all requests of a phase are known before a place is granted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from functools import partial
from heapq import heappop, heappush
from typing import Protocol

from simpy import Environment, Event
from simpy.events import EventPriority

ROOM, ADMIT, ADMIT_GRANT, PICK, GRANT = (EventPriority(priority) for priority in range(2, 7))

Deliveries = tuple[int, ...]
"""What a copy of a packet still has to deliver: indices into the step's deliveries."""


class Clock(Environment):
    """A SimPy environment whose time is integer picoseconds."""

    @property
    def now(self) -> int:
        """Picoseconds from the start of the step."""
        return int(self._now)


class Phase(Event):
    """An event `delay` ps from now, behind all events of that instant of smaller priority."""

    def __init__(self, env: Clock, priority: EventPriority, delay: int = 0) -> None:
        super().__init__(env)
        self._ok = True
        self._value = None
        env.schedule(self, priority, delay)


class Fifo:
    """Places in front of a server.

    A place is taken when the service that sends the packet starts, freed when the service here
    starts, and can be taken again 1 ps later, by (request time, packet id). `depth` None is
    unbounded; `wire_places` are the packets that may be under way on the feeding wires.
    """

    def __init__(self, env: Clock, depth: int | None, wire_places: int = 0) -> None:
        self.env = env
        self.capacity = None if depth is None else depth + wire_places
        self.taken = 0
        self.peak = 0
        self._freed: deque[int] = deque()
        self._waiting: list[tuple[int, int, int, EventPriority, Event]] = []
        self._next_grant = (-1, GRANT)

    def request(self, packet: int, places: int = 1, phase: EventPriority = GRANT) -> Event | None:
        """An event that comes when `places` are taken for a packet, in `phase` of an instant;
        None: they are taken now."""
        if self.capacity is None:
            self._reclaim()
            self._take(places)
            return None
        granted = Event(self.env)
        heappush(self._waiting, (self.env.now, packet, places, phase, granted))
        self._grant_at(self.env.now)
        return granted

    def release(self) -> None:
        """Free the place of a packet whose service starts now."""
        self._freed.append(self.env.now)
        if self._waiting:
            self._grant_at(self.env.now + 1)

    def _take(self, places: int) -> None:
        self.taken += places
        self.peak = max(self.peak, self.taken)

    def _reclaim(self) -> None:
        while self._freed and self._freed[0] < self.env.now:
            self._freed.popleft()
            self.taken -= 1

    def _grant_at(self, time: int) -> None:
        phase = min(waiting[3] for waiting in self._waiting)
        if self._next_grant != (time, phase):
            self._next_grant = (time, phase)
            moment = Phase(self.env, phase, time - self.env.now)
            moment.callbacks.append(self._grant)

    def _grant(self, _: Event) -> None:
        self._reclaim()
        self._next_grant = (-1, GRANT)
        assert self.capacity is not None
        while self._waiting and self.taken + self._waiting[0][2] <= self.capacity:
            request = heappop(self._waiting)
            self._take(request[2])
            request[4].succeed()
        if self._waiting and self._freed:
            self._grant_at(self.env.now + 1)


class Target(Protocol):
    """Where a packet can go: a FIFO to reserve (None: always room) and an arrival."""

    @property
    def fifo(self) -> Fifo | None:
        """The FIFO in which a sender reserves a place."""

    def arrive(self, packet: int, deliveries: Deliveries) -> None:
        """Take a copy of a packet, now."""


Outputs = list[tuple[Target, Deliveries]]


class Watch(Protocol):
    """Sees what one server does, at the moment it does it."""

    def queued(self, now_ps: int, waiting: int) -> None:
        """A packet has arrived; so many wait now."""

    def served(self, now_ps: int, service_ps: int, waiting: int, packet: int) -> None:
        """A service starts; so many wait behind it."""


class Server:
    """Single, FIFO and deterministic: start_i = max(arrival_i, start_{i-1} + service_{i-1}),
    leave_i = start_i + service_i + delay, in order of (arrival, packet id).

    `onward` says where a packet's copies go; a service starts when every one has its place. A
    `timeless` server only queues: its service is 0. `watch` sees every arrival and service.
    """

    def __init__(
        self,
        env: Clock,
        fifo: Fifo,
        service: Callable[[Deliveries], int],
        delay: int,
        onward: Callable[[int, Deliveries], Outputs],
        timeless: bool = False,
        watch: Watch | None = None,
    ) -> None:
        self.env = env
        self.fifo = fifo
        self._watch = watch
        self._service = service
        self._delay = delay
        self._onward = onward
        self._pick, self._grant = (ADMIT, ADMIT_GRANT) if timeless else (PICK, GRANT)
        self._queue: list[tuple[int, int, Deliveries]] = []
        self._arrival = Event(env)
        self.busy_ps = 0
        self.served = 0
        self.max_queue = 0
        env.process(self._serve())

    def arrive(self, packet: int, deliveries: Deliveries) -> None:
        """Queue a packet, now."""
        heappush(self._queue, (self.env.now, packet, deliveries))
        self.max_queue = max(self.max_queue, len(self._queue))
        if self._watch is not None:
            self._watch.queued(self.env.now, len(self._queue))
        if not self._arrival.triggered:
            self._arrival.succeed()

    def _serve(self) -> Generator[Event, None, None]:
        while True:
            if not self._queue:
                self._arrival = Event(self.env)
                yield self._arrival
            yield Phase(self.env, self._pick)
            _, packet, deliveries = self._queue[0]
            outputs = self._onward(packet, deliveries)
            places = [t.fifo.request(packet, 1, self._grant) for t, _ in outputs if t.fifo]
            for place in places:
                if place is not None:
                    yield place
            heappop(self._queue)
            self.fifo.release()
            service = self._service(deliveries)
            self.busy_ps += service
            self.served += 1
            if self._watch is not None:
                self._watch.served(self.env.now, service, len(self._queue), packet)
            leave = self.env.timeout(service + self._delay)
            leave.callbacks.append(partial(_arrive_at, outputs, packet))
            yield self.env.timeout(service)


def _arrive_at(outputs: Outputs, packet: int, _: Event) -> None:
    for target, deliveries in outputs:
        target.arrive(packet, deliveries)
