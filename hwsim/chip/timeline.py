"""What every server did, packet by packet, in a few steps of the packet transport."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from hwsim.activity import Experiment
from hwsim.arch.schema import Arch
from hwsim.chip.chip import HOST
from hwsim.chip.course import StepCourse
from hwsim.chip.frames import Frames
from hwsim.chip.kinds import kind_of
from hwsim.chip.load import StepLoad
from hwsim.chip.packet import Step
from hwsim.chip.timing import CORE_SERVERS, step_ps
from hwsim.chip.work import Assignment
from hwsim.errors import UsageError
from hwsim.mapping.mapping import Mapping

EVENTS_MAX = 1_000_000
"""Services and queue lengths that a timeline may hold: about 100 MB of JSON, which Perfetto's page
still opens; a whole VGG16 image alone on its chip has some ten times as many."""


@dataclass(frozen=True)
class Window:
    """Steps `first` .. `last` - 1 of an experiment, on `cores` and their tiles (None: all)."""

    experiment: Experiment = "single"
    first: int = 0
    last: int = 1
    cores: frozenset[int] | None = None


@dataclass(frozen=True)
class Service:
    """A server was busy for `duration_ps` from `start_ps`, with a packet or with a scan."""

    start_ps: int
    duration_ps: int
    label: str
    packet: int | None = None

    @property
    def end_ps(self) -> int:
        """When the server was free again."""
        return self.start_ps + self.duration_ps


@dataclass
class Track:
    """One server: what it served, and (time, packets that wait) whenever that changed. `place` is
    a slice for a server of a core, HOST, or a tile."""

    kind: str
    place: int
    services: list[Service] = field(default_factory=list)
    waiting: list[tuple[int, int]] = field(default_factory=list)

    @property
    def of_core(self) -> bool:
        """Whether it is a core's, not a tile's."""
        return self.kind in CORE_SERVERS


@dataclass(frozen=True)
class StepSpan:
    """A step: `work_ps` until the last scan and absorption ended, then a barrier or the rest of
    the tick until `duration_ps`."""

    number: int
    start_ps: int
    work_ps: int
    duration_ps: int
    tasks: Assignment


@dataclass(frozen=True)
class Timeline:
    """Times are from the start of the window; every step ends with a `rest`."""

    window: Window
    rest: Literal["barrier", "tick"]
    steps: tuple[StepSpan, ...]
    tracks: tuple[Track, ...]


class _Recorder:
    """Fills the tracks; `hwsim.chip.packet.Watcher`."""

    def __init__(self, mapping: Mapping, window: Window) -> None:
        self.tracks: dict[tuple[str, int], Track] = {}
        self.origin_ps = self.events = 0
        self._window, self._mapping = window, mapping
        self._cores = mapping.cores.tolist()
        shown = window.cores
        slices = [i for i, core in enumerate(self._cores) if shown is None or core in shown]
        self._slices = {*slices, HOST}
        self._tiles = None if shown is None else {int(mapping.tiles[i]) for i in slices}

    def begin(self, load: StepLoad, step: int) -> None:
        """The next step's packets."""
        self._step = step
        self._source = load.packets.source.tolist()
        self._pointer = load.packets.pointer.tolist()
        self._destination = load.packets.destination.tolist()

    def watch(self, kind: str, place: int) -> _ServerWatch | None:
        wanted = place in self._slices if kind in CORE_SERVERS else self._shows(place)
        return _ServerWatch(self, self._track(kind, place)) if wanted else None

    def scanned(self, index: int, start_ps: int, end_ps: int) -> None:
        if index not in self._slices:
            return
        services, start = self._track("neurons", index).services, start_ps + self.origin_ps
        # Parts between two spikes are one service; a step's first is never the last step's rest.
        goes_on = start_ps and services and services[-1].end_ps == start
        begun = services.pop().start_ps if goes_on else start
        services.append(Service(begun, end_ps + self.origin_ps - begun, "scan"))
        if not goes_on:
            self.count()

    def count(self) -> None:
        """One event more. Raises UsageError where a timeline cannot hold it."""
        self.events += 1
        if self.events > EVENTS_MAX:
            done = self._step - self._window.first
            raise UsageError(
                f"--timeline: more than {EVENTS_MAX:,} events in step {self._step}, after {done} "
                f"whole {'step' if done == 1 else 'steps'}; choose fewer steps (--timeline-steps) "
                f"or some cores (--timeline-cores)"
            )

    def label(self, packet: int) -> str:
        """`3 > 17`, the cores between which a packet travels."""
        source, first = self._source[packet], self._pointer[packet]
        cores = self._pointer[packet + 1] - first
        sender = "host" if source == HOST else str(self._cores[source])
        if cores > 1:
            return f"{sender} > {cores} cores"
        return f"{sender} > {self._cores[self._destination[first]]}"

    def _shows(self, tile: int) -> bool:
        return self._tiles is None or tile in self._tiles

    def _track(self, kind: str, place: int) -> Track:
        return self.tracks.setdefault((kind, place), Track(kind, place))


class _ServerWatch:
    """Fills one track; `hwsim.chip.server.Watch`."""

    def __init__(self, recorder: _Recorder, track: Track) -> None:
        self._recorder, self._track = recorder, track

    def queued(self, now_ps: int, waiting: int) -> None:
        self._enter(now_ps + self._recorder.origin_ps, waiting)

    def served(self, now_ps: int, service_ps: int, waiting: int, packet: int) -> None:
        start_ps = now_ps + self._recorder.origin_ps
        self._enter(start_ps, waiting)
        if service_ps:
            label = self._recorder.label(packet)
            self._track.services.append(Service(start_ps, service_ps, label, packet))
            self._recorder.count()

    def _enter(self, time_ps: int, waiting: int) -> None:
        """What arrives in one instant is one change; a pick in it is another, or the longest
        queue would not show."""
        lengths = self._track.waiting
        if lengths and lengths[-1][0] == time_ps and lengths[-1][1] < waiting:
            lengths[-1] = (time_ps, waiting)
            return
        lengths.append((time_ps, waiting))
        self._recorder.count()


def record(
    frames: Frames,
    mapping: Mapping,
    arch: Arch,
    window: Window,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Timeline:
    """Run the window's steps by the packet transport, whatever the others are run by.

    Raises UsageError where the window is not in the experiment, the chip sends no packets, or
    there are more than `EVENTS_MAX` events.
    """
    course = kind_of(arch).course(frames, mapping, arch, window.experiment)
    if not isinstance(course, StepCourse):
        raise UsageError(
            f"--timeline: {arch.name} works layer by layer and sends no packets; there is nothing "
            f"to show"
        )
    _check(window, course, mapping)
    work, delivered = course.work, course.delivered
    if window.first:
        # Which neurons fire, hence the packets, does not depend on what had arrived.
        load, _ = work.load(course.plan.assignment(window.first - 1), np.zeros_like(delivered))
        delivered = np.bincount(load.packets.entry, minlength=len(delivered))
    recorder, steps = _Recorder(mapping, window), list[StepSpan]()
    tick_ps = arch.timestep.tick_ps if arch.timestep.tick_us else None
    for number in range(window.first, window.last):
        tasks = course.plan.assignment(number)
        load, _ = work.load(tasks, delivered)
        recorder.begin(load, number)
        result = Step(load, work.chip, recorder).run()
        delivered = np.bincount(load.packets.entry, minlength=len(delivered))
        scan, absorb = np.array([result.scan_ps]), np.array([result.absorb_ps])
        length = int(step_ps(scan, absorb, work.chip.barrier_ps, tick_ps)[0])
        busy = max(result.scan_ps, result.absorb_ps)
        steps.append(StepSpan(number, recorder.origin_ps, busy, length, tasks))
        recorder.origin_ps += length
        progress(number + 1 - window.first, window.last - window.first)
    tracks = recorder.tracks
    ordered = tuple(tracks[key] for key in sorted(tracks))
    return Timeline(window, "barrier" if tick_ps is None else "tick", tuple(steps), ordered)


def _check(window: Window, course: StepCourse, mapping: Mapping) -> None:
    if not 0 <= window.first < window.last <= course.steps:
        raise UsageError(
            f"--timeline-steps: {window.first}:{window.last} of {window.experiment}, which has "
            f"steps 0:{course.steps} here"
        )
    unused = sorted((window.cores or set()) - set(mapping.cores.tolist()))
    if unused:
        raise UsageError(
            f"--timeline-cores: core {unused[0]} holds no neurons; mapping.json says which do"
        )
