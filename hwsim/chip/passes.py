"""Cores that work layer by layer: what a layer does in a timestep is a pass, a row of units.

A core kind says what its passes are (`PassWork`); `PassCourse` counts them and runs them through
`layer_sequential` or `layer_pipelined` (hwsim.chip.wavefront).
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

import numpy as np

from hwsim.actions import Action, Counted
from hwsim.activity import Activity, Experiment
from hwsim.arch.schema import Arch
from hwsim.chip.frames import Frames
from hwsim.chip.timing import ARRAY, Ps, ServerLoad, Timing
from hwsim.chip.transport import Transport
from hwsim.chip.wavefront import Span, in_sequence, pipelined
from hwsim.mapping.fanout import Ints
from hwsim.mapping.mapping import Mapping
from hwsim.saved import Arrays, Saved

TOTAL, LEAD, LAST, UNITS = range(4)
"""Of a pass: its time, the time until the next layer may start, the time of its last unit (ps),
and how many units it has."""


@dataclass(frozen=True)
class Pass:
    """What a layer does in one timestep: `units_ps` (units,), the service of each unit in order,
    and what it does: `counts[action]` (slices of the layer,), and `chip[action]` for what belongs
    to no slice. A layer with nothing to do has no units."""

    units_ps: Ints
    counts: Dict[Counted, Ints]
    chip: Dict[Counted, int] = field(default_factory=dict)


class PassWork(Protocol):
    """Makes the passes of a replay."""

    def layer_pass(self, image: int, timestep: int, layer: int) -> Pass:
        """The pass of a layer; every one is asked for once."""


class PassCourse:
    """An experiment on cores that work in passes: a step makes all passes of one image.

    With the `arrays` of another course of the same experiment it goes on where that one was.
    Raises ValueError where they are of another.
    """

    def __init__(
        self,
        work: PassWork,
        frames: Frames,
        mapping: Mapping,
        arch: Arch,
        experiment: Experiment,
        saved: Saved | None = None,
    ) -> None:
        self._work, self._mapping, self._arch = work, mapping, arch
        self._experiment, self._network = experiment, frames.network
        self.steps = frames.images
        self.step, self.whole = 0, True
        self._waves = arch.timestep.waves(frames.network.timesteps)
        self._passes = np.zeros((self.steps, self._waves, len(frames.network.layers), 4), np.int64)
        if saved is not None:
            passes = saved.integers("passes", (None, *self._passes.shape[1:]))
            if len(passes) > self.steps:
                raise ValueError(f"{len(passes)} of {self.steps} images")
            self.step = len(passes)
            self._passes[: self.step] = passes

    @property
    def closed(self) -> int:
        """Images that have left the chip: those whose passes are made."""
        return self.step

    def advance(self, transport: Transport) -> Iterator[tuple[int, Activity]]:
        """The passes of the next image; no packet needs a transport."""
        image, timesteps = self.step, self._network.timesteps
        activity = Activity.zeros(self._experiment, 1, timesteps, self._mapping, self._arch.ACTIONS)
        rows = np.zeros(self._passes.shape[1:], np.int64)
        for wave, span in enumerate(np.array_split(np.arange(timesteps), self._waves)):
            for layer in range(len(self._network.layers)):
                parts = [self._one(activity, image, int(t), layer) for t in span]
                rows[wave, layer] = self._row(np.concatenate(parts))
        if self._barrier_ps and Action.BARRIER_SYNC in activity.counts:
            activity.counts[Action.BARRIER_SYNC][0, -1, -1] = rows[..., TOTAL].size
        self.whole = False
        self._passes[image] = rows
        self.step += 1
        yield image, activity
        self.whole = True

    def timing(self) -> Timing:
        """The schedule, over the passes of all images."""
        spans = self._spans()
        schedule = self._arch.timestep
        images = range(self.steps)
        rules = bool(schedule.overlap_timesteps), schedule.ends_in_order is not False
        if schedule.semantics == "layer_sequential":
            latency = np.array([in_sequence(spans[n], self._barrier_ps) for n in images], np.int64)
            interval = latency
        elif self._experiment == "single":
            ends = [pipelined([spans[n]], *rules) for n in images]
            latency = np.array([end[0] - start[0] for start, end in ends], np.int64)
            interval = latency
        else:
            # One cycle to fill the pipeline, one that is measured.
            start, end = pipelined([*spans, *spans], *rules)
            measured = slice(self.steps, None)
            latency = np.array(end[measured], np.int64) - np.array(start[measured], np.int64)
            interval = np.diff(end[self.steps - 1 :])
        scan = self._passes[..., TOTAL].reshape(self.steps, -1)
        return Timing(
            experiment=self._experiment,
            scan_ps=scan,
            absorb_ps=np.zeros_like(scan),
            barrier_ps=self._barrier_ps,
            latency_ps=latency,
            interval_ps=interval,
            loads={ARRAY: self._load()},
        )

    def arrays(self) -> Arrays:
        """All that a course needs to go on from here."""
        return {"passes": self._passes[: self.step]}

    def _one(self, activity: Activity, image: int, timestep: int, layer: int) -> Ints:
        """Count a pass; its units."""
        made = self._work.layer_pass(image, timestep, layer)
        held = self._mapping.of_layer(layer)
        for action, amount in made.counts.items():
            activity.counts[action][0, timestep, held.start : held.stop] += amount
        for action, times in made.chip.items():
            activity.counts[action][0, timestep, -1] += times
        return np.asarray(made.units_ps, np.int64)

    def _row(self, units_ps: Ints) -> Ints:
        if not len(units_ps):
            return np.zeros(4, np.int64)
        share = Fraction(str(self._arch.timestep.overlap_fraction or 1))
        lead = units_ps[: int(share * len(units_ps))].sum()
        return np.array([units_ps.sum(), lead, units_ps[-1], len(units_ps)], np.int64)

    @property
    def _barrier_ps(self) -> int:
        return self._arch.timestep.barrier_ps(self._mapping.tiles_used)

    def _spans(self) -> list[list[list[Span]]]:
        """Per image and wave, the passes of the layers."""
        return [
            [[Span(*row[:UNITS]) for row in wave] for wave in image]
            for image in self._passes.tolist()
        ]

    def _load(self) -> ServerLoad:
        layers = np.array([part.layer for part in self._mapping.slices], np.int64)
        sums: Ps = self._passes.sum(axis=(0, 1))[layers]
        return ServerLoad(sums[:, TOTAL], sums[:, UNITS], np.zeros(len(layers), np.int64))
