"""The pipelined barrier: hardware steps, and the two experiments made of them (design 3.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hwsim.actions import Action
from hwsim.activity import Activity, Experiment
from hwsim.arch.schema import Arch
from hwsim.chip.chip import Chip
from hwsim.chip.ledger import Ledger
from hwsim.chip.load import StepLoad
from hwsim.chip.timing import Overflow, Replay, ServerLoad, Timing
from hwsim.chip.transport import StepResult, Transport
from hwsim.chip.work import Assignment, Frames, Scanned, Task, Work
from hwsim.mapping.fanout import Ints
from hwsim.mapping.mapping import Mapping

Progress = Callable[[int, int], None]
"""Called with (steps done, steps in all)."""


@dataclass(frozen=True)
class Plan:
    """The steps of an experiment over N images of T timesteps on L layers."""

    experiment: Experiment
    images: int
    timesteps: int
    layers: int
    hosted: bool

    @property
    def latency_steps(self) -> int:
        """Steps from an image's first to its readout: T + L - 1, one more with a host."""
        return self.timesteps + self.layers - 1 + self.hosted

    @property
    def steps(self) -> int:
        """Steps of the whole experiment."""
        per_image = self.latency_steps if self.experiment == "single" else self.timesteps
        return self.images * per_image

    def assignment(self, step: int) -> Assignment:
        """What every layer and the host work on in a step."""
        stages = range(self.layers + self.hosted)
        tasks = tuple(self._task(step, stage) for stage in stages)
        return Assignment(tasks[self.hosted :], tasks[0] if self.hosted else None)

    def _task(self, step: int, stage: int) -> Task | None:
        if self.experiment == "stream":
            total = self.images * self.timesteps
            return divmod((step - stage) % total, self.timesteps)
        image, within = divmod(step, self.latency_steps)
        timestep = within - stage
        return (image, timestep) if 0 <= timestep < self.timesteps else None

    def last_step(self, image: int) -> int:
        """The step behind which nothing of an image is left to do."""
        if self.experiment == "single":
            return (image + 1) * self.latency_steps - 1
        # The stream is cyclic: the last images end at its start.
        end = image * self.timesteps + self.latency_steps - 1
        return end if end < self.steps else self.steps - 1

    def owner(self, step: int) -> int:
        """The image whose interval holds a step: in `stream` the one layer 0 works on."""
        if self.experiment == "single":
            return step // self.latency_steps
        task = self.assignment(step).layers[0]
        assert task is not None
        return task[0]


def run_steps(
    frames: Frames,
    mapping: Mapping,
    arch: Arch,
    experiment: Experiment,
    transport: Transport,
    done: Callable[[int, Activity], None],
    progress: Progress = lambda done, total: None,
) -> Timing:
    """Replay images on a chip: every step's scans and packets, timed by a transport.

    `done(image, activity)` is called for each image, in order, when its last layer has worked;
    the activity is of that image alone (N = 1) and comes from what was scanned and delivered.
    """
    network = frames.network
    work = Work(frames, Chip(arch, mapping, network))
    plan = Plan(experiment, frames.images, network.timesteps, len(network.layers), work.hosted)
    ledger = Ledger(experiment, network.timesteps, mapping)
    course = Course()
    delivered = _before_the_first(plan, work)
    closed = 0
    for step in range(plan.steps):
        now = plan.assignment(step)
        load, scanned = work.load(now, delivered)
        result = transport(load, work.chip)
        assert (result.delivered_ps >= 0).all()
        delivered = np.bincount(load.packets.entry, minlength=len(work.fans.slices))
        _enter_scans(ledger, work, now, scanned, plan.owner(step))
        _enter_packets(ledger, work, now, load, result, delivered)
        _enter_front_end(ledger, work, now)
        ledger.enter(Action.BARRIER_SYNC, plan.owner(step), None, -1, 1)
        course.add(result)
        while closed < plan.images and plan.last_step(closed) <= step:
            done(closed, ledger.close(closed))
            closed += 1
        progress(step + 1, plan.steps)
    return _timing(plan, work.chip, course)


def replay(
    frames: Frames,
    mapping: Mapping,
    arch: Arch,
    experiment: Experiment,
    transport: Transport,
    progress: Progress = lambda done, total: None,
) -> Replay:
    """`run_steps` with the activity of all images in one value."""
    parts: list[Activity] = []
    timing = run_steps(
        frames,
        mapping,
        arch,
        experiment,
        transport,
        lambda image, activity: parts.append(activity),
        progress,
    )
    return Replay(timing, Activity.concatenate(parts))


def _before_the_first(plan: Plan, work: Work) -> Ints:
    """What the step before the first delivered: nothing, or in a stream the last step's."""
    nothing = np.zeros(len(work.fans.slices), np.int64)
    if plan.experiment == "single":
        return nothing
    # Which neurons fire, hence the packets, does not depend on what had arrived.
    load, _ = work.load(plan.assignment(plan.steps - 1), nothing)
    return np.bincount(load.packets.entry, minlength=len(nothing))


def _enter_scans(ledger: Ledger, work: Work, now: Assignment, scanned: Scanned, owner: int) -> None:
    chip, later = work.chip, work.frames.network.timesteps > 1
    for number, (layer, task) in enumerate(zip(chip.layers, now.layers, strict=True)):
        here = np.array(chip.mapping.of_layer(number))
        here = here[scanned.present[here]]
        neurons = chip.neurons_of_slices[here]
        active, fired = scanned.active[here], scanned.fired[here]
        counts = {
            Action.NEURON_ACCESS: neurons,
            Action.NEURON_UPDATE_ACTIVE: active,
            Action.NEURON_UPDATE_INACTIVE: neurons - active,
            Action.NEURON_FIRE: fired,
            Action.POOL_OP: fired if layer.pool > 1 else 0 * fired,
            Action.THRESHOLD_READ: active if layer.spiking else 0 * active,
            Action.BNTT_PARAM_READ: 2 * active if layer.spiking and later else 0 * active,
            Action.MEMBRANE_READ: neurons * scanned.reads[number],
            Action.MEMBRANE_WRITE: neurons * scanned.writes[number],
        }
        image, timestep = task if task is not None else (owner, None)
        for action, amount in counts.items():
            ledger.enter(action, image, timestep, here, amount)


def _enter_packets(
    ledger: Ledger,
    work: Work,
    now: Assignment,
    load: StepLoad,
    result: StepResult,
    delivered: Ints,
) -> None:
    mapping, fans = work.chip.mapping, work.fans
    slices = len(mapping.slices)
    sent = np.bincount(load.packets.source % (slices + 1), minlength=slices + 1)
    if now.host is not None:
        ledger.enter(Action.INPUT_WRITE, *now.host, slices, int(sent[slices]))
        for action, counts in result.traffic.items():
            ledger.enter(action, *now.host, slices, int(counts[slices]))
    for number, task in enumerate(now.layers):
        if task is not None:
            here = np.array(mapping.of_layer(number))
            ledger.enter(Action.AXON_OUT_SEND, *task, here, sent[here])
            for action, counts in result.traffic.items():
                ledger.enter(action, *task, here, counts[here])
    lookups, synops, words = (
        _at(fans.slices, delivered * each, slices) for each in (1, fans.synops, fans.words)
    )
    # The spikes that a layer's synapses served belong to the task of the layer before.
    for number, task in enumerate((now.host, *now.layers[:-1])):
        if task is not None:
            here = np.array(mapping.of_layer(number))
            operation = Action.SYNAPSE_OP if number else Action.SYNAPSE_MAC
            ledger.enter(Action.AXON_IN_LOOKUP, *task, here, lookups[here])
            ledger.enter(Action.SYNAPSE_WEIGHT_READ, *task, here, words[here])
            for action in (operation, Action.ACCUMULATOR_READ, Action.ACCUMULATOR_WRITE):
                ledger.enter(action, *task, here, synops[here])


def _at(index: Ints, amount: Ints, size: int) -> Ints:
    """Exact integer sums of `amount` by `index`."""
    sums = np.zeros(size, np.int64)
    np.add.at(sums, index, amount)
    return sums


def _enter_front_end(ledger: Ledger, work: Work, now: Assignment) -> None:
    """What feeds layer 0 without packets: injected currents, and the cached sums."""
    if now.layers[0] is None:
        return
    image, timestep = now.layers[0]
    cached = bool(timestep) and work.chip.arch.first_layer_cached
    here = np.array(work.chip.mapping.of_layer(0))
    if cached:
        neurons = work.chip.neurons_of_slices[here]
        ledger.enter(Action.ACCUMULATOR_READ, image, timestep, here, neurons)
    elif not work.hosted:
        ledger.enter(Action.INPUT_WRITE, image, timestep, -1, work.chip.layers[0].neurons)
        ledger.enter(Action.SYNAPSE_MAC, image, timestep, here, work.front_end_macs)


class Course:
    """The steps that were run: their times, and the loads of the servers so far."""

    def __init__(self) -> None:
        self.scan_ps: list[int] = []
        self.absorb_ps: list[int] = []
        self.loads: dict[str, ServerLoad] = {}
        self.overflows: dict[tuple[str, int], Overflow] = {}

    def add(self, result: StepResult) -> None:
        """One more step."""
        self.scan_ps.append(result.scan_ps)
        self.absorb_ps.append(result.absorb_ps)
        for kind, load in result.loads.items():
            before = self.loads.get(kind)
            self.loads[kind] = load if before is None else before.then(load)
        for overflow in result.overflows:
            key = overflow.server, overflow.place
            before_it = self.overflows.get(key)
            self.overflows[key] = overflow if before_it is None else before_it.then(overflow)


def _timing(plan: Plan, chip: Chip, course: Course) -> Timing:
    """The steps as one timing: times by image."""
    scan = np.array(course.scan_ps, np.int64)
    absorb = np.array(course.absorb_ps, np.int64)
    step = np.maximum(scan, absorb) + chip.barrier_ps
    if plan.experiment == "single":
        shape = (plan.images, plan.latency_steps)
        latency = step.reshape(shape).sum(axis=1)
        interval = latency
    else:
        # An image's interval starts when layer 0 takes it, a step after the host.
        shape = (plan.images, plan.timesteps)
        first = np.arange(plan.images)[:, None] * plan.timesteps
        latency = step[(first + np.arange(plan.latency_steps)) % plan.steps].sum(axis=1)
        scan, absorb, step = (np.roll(a, -int(plan.hosted)) for a in (scan, absorb, step))
        interval = step.reshape(shape).sum(axis=1)
    return Timing(
        experiment=plan.experiment,
        scan_ps=scan.reshape(shape),
        absorb_ps=absorb.reshape(shape),
        barrier_ps=chip.barrier_ps,
        latency_ps=latency,
        interval_ps=interval,
        loads=course.loads,
        overflows=tuple(course.overflows[key] for key in sorted(course.overflows)),
    )
