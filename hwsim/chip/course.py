"""Hardware steps, one after another, ended by a barrier or a tick (docs/design.md, 3.3)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from hwsim.actions import Action
from hwsim.activity import Activity, Experiment
from hwsim.arch.digital import DigitalArch
from hwsim.chip.chip import Chip
from hwsim.chip.entries import enter_front_end, enter_packets, enter_scans
from hwsim.chip.frames import Frames
from hwsim.chip.ledger import Ledger
from hwsim.chip.plan import Plan
from hwsim.chip.tick import check_tick
from hwsim.chip.timing import CORE_SERVERS, Overflow, ServerLoad, Timing, step_ps
from hwsim.chip.transport import StepResult, Transport
from hwsim.chip.work import Work
from hwsim.mapping.fanout import Ints
from hwsim.mapping.mapping import Mapping
from hwsim.saved import Arrays, Saved, prefixed

_LOAD = "load."


class StepCourse:
    """An experiment on digital cores: `step` of its steps are done and the first `closed` images
    have left the chip; `delivered` (E,) is how often the last step delivered each entry of the
    fan-out table.

    With the `arrays` of another course of the same experiment it goes on where that one was.
    Raises ValueError where they are of another.
    """

    def __init__(
        self,
        frames: Frames,
        mapping: Mapping,
        arch: DigitalArch,
        experiment: Experiment,
        saved: Saved | None = None,
    ) -> None:
        network = frames.network
        timesteps, layers = network.timesteps, len(network.layers)
        self.work = Work(frames, Chip(arch, mapping, network))
        self._schedule = arch.timestep
        sequential = arch.timestep.semantics == "layer_sequential"
        hosted = self.work.hosted
        self.plan = Plan(experiment, frames.images, timesteps, layers, hosted, sequential)
        self.ledger = Ledger(experiment, timesteps, mapping, arch.ACTIONS)
        self.step = self.closed = 0
        self.whole = True
        self._scan_ps, self._absorb_ps = np.zeros((2, self.plan.steps), np.int64)
        self._loads: dict[str, ServerLoad] = {}
        self._overflows: dict[tuple[str, int], Overflow] = {}
        if saved is None:
            self.delivered = self._before_the_first()
        else:
            self._restore(saved)

    @property
    def steps(self) -> int:
        """Steps of the experiment."""
        return self.plan.steps

    def advance(self, transport: Transport) -> Iterator[tuple[int, Activity]]:
        """One hardware step, timed by a transport, and the images that leave with it."""
        work, ledger = self.work, self.ledger
        now, owner = self.plan.assignment(self.step), self.plan.owner(self.step)
        load, scanned = work.load(now, self.delivered)
        result = transport(load, work.chip)
        assert (result.delivered_ps >= 0).all()
        if self._schedule.tick_us:
            check_tick(result, self.step, owner, work.chip)
        delivered = np.bincount(load.packets.entry, minlength=len(work.fans.slices))
        with self._changing():
            enter_scans(ledger, work, now, scanned, owner)
            enter_packets(ledger, work, now, load, result, delivered)
            enter_front_end(ledger, work, now)
            if self._schedule.barrier_ns:
                ledger.enter(Action.BARRIER_SYNC, owner, None, -1, 1)
            self._add(result, delivered)
            yield from self._leaving()

    @contextmanager
    def _changing(self) -> Iterator[None]:
        self.whole = False
        yield
        self.whole = True

    def _add(self, result: StepResult, delivered: Ints) -> None:
        self._scan_ps[self.step] = result.scan_ps
        self._absorb_ps[self.step] = result.absorb_ps
        for kind, load in result.loads.items():
            before = self._loads.get(kind)
            self._loads[kind] = load if before is None else before.then(load)
        for overflow in result.overflows:
            key = overflow.server, overflow.place
            earlier = self._overflows.get(key)
            self._overflows[key] = overflow if earlier is None else earlier.then(overflow)
        self.delivered = delivered
        self.step += 1

    def _leaving(self) -> Iterator[tuple[int, Activity]]:
        while self.closed < self.plan.images and self.plan.last_step(self.closed) < self.step:
            self.closed += 1
            yield self.closed - 1, self.ledger.close(self.closed - 1)

    def timing(self) -> Timing:
        """All steps as one timing: times by image."""
        plan, barrier_ps = self.plan, self.work.chip.barrier_ps
        scan, absorb = self._scan_ps, self._absorb_ps
        tick_ps = self._schedule.tick_ps if self._schedule.tick_us else None
        step = step_ps(scan, absorb, barrier_ps, tick_ps)
        if not plan.cyclic:
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
            barrier_ps=barrier_ps,
            latency_ps=latency,
            interval_ps=interval,
            loads=self._loads,
            overflows=tuple(self._overflows[key] for key in sorted(self._overflows)),
            tick_ps=tick_ps,
        )

    def arrays(self) -> Arrays:
        """All that a course needs to go on from here."""
        overflows = list(self._overflows.values())
        numbers = [(o.place, o.depth, o.needed, o.packets) for o in overflows]
        loads = {k: np.stack([v.busy_ps, v.served, v.max_queue]) for k, v in self._loads.items()}
        return {
            "delivered": self.delivered,
            "scan_ps": self._scan_ps[: self.step],
            "absorb_ps": self._absorb_ps[: self.step],
            "overflowing": np.array([o.server for o in overflows], np.str_),
            "overflows": np.array(numbers, np.int64).reshape(-1, 4),
            **prefixed(_LOAD, loads),
            **self.ledger.arrays(),
        }

    def _restore(self, saved: Saved) -> None:
        plan, mapping = self.plan, self.work.chip.mapping
        self.delivered = saved.integers("delivered", (len(self.work.fans.slices),))
        scan_ps = saved.integers("scan_ps", (None,))
        self.step = len(scan_ps)
        if self.step > plan.steps:
            raise ValueError(f"{self.step} of {plan.steps} steps")
        self._scan_ps[: self.step] = scan_ps
        self._absorb_ps[: self.step] = saved.integers("absorb_ps", (self.step,))
        self.closed = sum(plan.last_step(image) < self.step for image in range(plan.images))
        servers = saved.words("overflowing")
        rows = saved.integers("overflows", (len(servers), 4)).tolist()
        for server, row in zip(servers, rows, strict=True):
            self._overflows[server, row[0]] = Overflow(server, *row)
        for kind in saved.part(_LOAD).arrays:
            slices, tiles = len(mapping.slices), mapping.tiles_x * mapping.tiles_y
            places = slices if kind in CORE_SERVERS else tiles
            self._loads[kind] = ServerLoad(*saved.part(_LOAD).integers(kind, (3, places)))
        self.ledger.restore(saved)

    def _before_the_first(self) -> Ints:
        """What the step before the first delivered: nothing, or in a stream the last step's."""
        nothing = np.zeros(len(self.work.fans.slices), np.int64)
        if not self.plan.cyclic:
            return nothing
        # Which neurons fire, hence the packets, does not depend on what had arrived.
        load, _ = self.work.load(self.plan.assignment(self.plan.steps - 1), nothing)
        return np.bincount(load.packets.entry, minlength=len(nothing))
