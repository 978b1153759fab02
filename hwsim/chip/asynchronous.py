"""Digital cores without a barrier: each slice goes on when its inputs are there (design 3.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hwsim.actions import Action
from hwsim.activity import Activity, Experiment
from hwsim.arch.digital import DigitalArch
from hwsim.chip.chip import Chip
from hwsim.chip.entries import enter_front_end, enter_packets, enter_scans
from hwsim.chip.flow import Flow, FlowLoad, FlowTask, Left
from hwsim.chip.frames import Frames
from hwsim.chip.ledger import Ledger
from hwsim.chip.meter import Meter
from hwsim.chip.timing import ServerLoad, Timing
from hwsim.chip.tokens import Tokens
from hwsim.chip.transport import Transport
from hwsim.chip.work import Assignment, Scanned, Task, Work
from hwsim.mapping.fanout import Ints
from hwsim.mapping.mapping import Mapping
from hwsim.saved import Arrays, Saved

BEGUN, READOUT, SCANNED, ABSORBED = range(4)
"""Columns of the times that are kept of a task."""


@dataclass(frozen=True)
class _Made:
    """What is counted of a task when it leaves."""

    now: Assignment
    scanned: Scanned
    sent: Ints
    delivered: Ints


class AsynchronousCourse:
    """An experiment on digital cores in `asynchronous`: a step brings one image off the chip.

    `single`: each image alone. `stream`: the images twice, one behind the other, and the second
    cycle is measured; loads of servers are half of those of both, which do the same work.
    With the `arrays` of another course of the same experiment it goes on where that one was; a
    stream is run again up to there. Raises ValueError where they are of another.
    """

    def __init__(
        self,
        frames: Frames,
        mapping: Mapping,
        arch: DigitalArch,
        experiment: Experiment,
        saved: Saved | None = None,
    ) -> None:
        self._experiment, self._images = experiment, frames.images
        self._timesteps = frames.network.timesteps
        self._chip = Chip(arch, mapping, frames.network)
        self._work = Work(frames, self._chip)
        self._tokens = Tokens(self._work)
        self._ledger = Ledger(experiment, self._timesteps, mapping, arch.ACTIONS)
        self._meter = Meter()
        self._flow: Flow | None = None
        self._made: dict[int, _Made] = {}
        self.step, self.whole = 0, True
        self._times = np.zeros((self.steps, self._timesteps, 4), np.int64)
        if saved is not None:
            times = saved.integers("times", (None, *self._times.shape[1:]))
            if len(times) > self.steps:
                raise ValueError(f"{len(times)} of {self.steps} images")
            self.step = len(times)
            self._times[: self.step] = times
            self._meter.restore(saved, mapping)

    @property
    def steps(self) -> int:
        """Images that cross the chip."""
        return self._images * (2 if self._stream else 1)

    @property
    def closed(self) -> int:
        """Images that have left it, in the cycle that is measured."""
        return max(self.step - self._warm_up, 0)

    @property
    def _stream(self) -> bool:
        return self._experiment == "stream"

    @property
    def _warm_up(self) -> int:
        return self._images if self._stream else 0

    def advance(self, transport: Transport) -> Iterator[tuple[int, Activity]]:
        """Until the next image has left."""
        measured = self.step >= self._warm_up
        flow = self._flow or self._begin(transport)
        self.whole = False
        for timestep in range(self._timesteps):
            left = flow.leave()
            number = (self.step if self._stream else 0) * self._timesteps + timestep
            made = self._made.pop(number)
            times = left.begun_ps, left.readout_ps, left.scan_ps, left.absorb_ps
            self._times[self.step, timestep] = times
            if measured:
                self._enter(made, left)
        self.step += 1
        if not self._stream or self.step == self.steps:
            self._meter.add(flow.loads(), flow.overflows())
            self._flow = None
        if measured:
            image = self.closed - 1
            yield image, self._ledger.close(image)
        self.whole = True

    def timing(self) -> Timing:
        """Of a stream, the time between two readouts is the interval."""
        times = self._times[self._warm_up :]
        begun, ended = times[:, 0, BEGUN], times[:, -1, READOUT]
        latency = ended - begun
        interval = latency
        loads = self._meter.loads
        if self._stream:
            interval = np.diff(self._times[self._warm_up - 1 :, -1, READOUT])
            loads = {
                k: ServerLoad(v.busy_ps // 2, v.served // 2, v.max_queue) for k, v in loads.items()
            }
        return Timing(
            experiment=self._experiment,
            scan_ps=times[:, :, SCANNED] - begun[:, None],
            absorb_ps=np.maximum(times[:, :, ABSORBED] - begun[:, None], 0),
            barrier_ps=0,
            latency_ps=latency,
            interval_ps=interval,
            loads=loads,
            overflows=self._meter.overflows,
        )

    def arrays(self) -> Arrays:
        """All that a course needs to go on from here."""
        return {"times": self._times[: self.step], **self._meter.arrays()}

    def _begin(self, transport: Transport) -> Flow:
        """The flow of the next image, or of the stream, up to where it is."""
        mapping, network = self._chip.mapping, self._work.frames.network
        layers = len(network.layers)
        host = (len(mapping.slices),)
        cycle = self._images * self._timesteps
        offset = 0 if self._stream else self.step * self._timesteps

        def make(number: int) -> FlowTask:
            task = divmod((offset + number) % cycle, self._timesteps)
            self._made[number], made = self._task(task)
            return made

        load = FlowLoad(
            wiring=self._tokens.wiring,
            tasks=2 * cycle if self._stream else self._timesteps,
            first=host if self._work.hosted else tuple(mapping.of_layer(0)),
            last=tuple(mapping.of_layer(layers - 1)),
            make=make,
        )
        self._made = {}
        flow = transport.flow(load, self._chip)
        if self._stream:
            self._flow = flow
            for number in range(self.step * self._timesteps):
                flow.leave()
                del self._made[number]
        return flow

    def _task(self, task: Task) -> tuple[_Made, FlowTask]:
        """The work of all layers, and the host's, on a timestep of an image."""
        work = self._work
        hosted = work.hosted and not (task[1] and self._chip.arch.first_layer_cached)
        now = Assignment((task,) * len(self._chip.layers), task if work.hosted else None)
        entries = len(work.fans.slices)
        delivered = np.zeros(entries, np.int64)
        load, scanned = work.load(now, delivered)
        delivered = np.bincount(load.packets.entry, minlength=entries)
        if not work.in_work_is_active:
            # Which neurons fire, hence the packets, does not depend on what had arrived.
            load, scanned = work.load(now, delivered)
        load = self._tokens.behind(load, hosted)
        units = len(self._chip.mapping.slices) + 1
        sent = np.bincount(load.packets.source % units, minlength=units)
        made = _Made(now, scanned, sent, delivered)
        return made, FlowTask(load, self._tokens.awaited(hosted))

    def _enter(self, made: _Made, left: Left) -> None:
        ledger, work, now = self._ledger, self._work, made.now
        task = now.layers[0]
        assert task is not None
        enter_scans(ledger, work, now, made.scanned, task[0])
        enter_packets(ledger, work, now, made.sent, left.traffic, made.delivered)
        enter_front_end(ledger, work, now)
        hosted = work.hosted and not (task[1] and self._chip.arch.first_layer_cached)
        lookups = self._tokens.awaited(hosted)[:-1]
        ledger.enter(Action.AXON_IN_LOOKUP, *task, np.arange(len(lookups)), lookups)
