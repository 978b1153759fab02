"""Ticks, one after another: axons are read, neurons fire, packets set axons for the next tick."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import simpy

from hwsim import units
from hwsim.activity import Activity, Experiment
from hwsim.arch.binary_crossbar import BinaryCrossbarArch
from hwsim.arch.quantity import ps
from hwsim.chip.binary_crossbar.floor import floor
from hwsim.chip.binary_crossbar.load import Tick
from hwsim.chip.binary_crossbar.stage import Stage
from hwsim.chip.frames import Frames
from hwsim.chip.ledger import Ledger
from hwsim.chip.plan import Plan
from hwsim.chip.timing import PORTS, ServerLoad, Timing
from hwsim.chip.transport import Transport
from hwsim.errors import DoesNotFit
from hwsim.mapping.mapping import Mapping
from hwsim.mapping.reach import Ints
from hwsim.network.graph import Network
from hwsim.saved import Arrays, Saved, prefixed

SERVER = "rows"
"""The server of a core: its neurons, row by row."""


class TickCourse:
    """An experiment on binary crossbar cores: `step` of its ticks are done.

    With the `arrays` of another course of the same experiment it goes on where that one was.
    Raises ValueError where they are of another.
    """

    def __init__(
        self,
        frames: Frames,
        network: Network,
        mapping: Mapping,
        arch: BinaryCrossbarArch,
        experiment: Experiment,
        saved: Saved | None = None,
    ) -> None:
        self._arch, self._mapping, self._network = arch, mapping, network
        self._floor = floor(network, arch, mapping)
        self._stage = Stage(frames, network, mapping, arch, self._floor)
        self.plan = Plan(
            experiment, frames.images, network.timesteps, self._floor.stages, hosted=False
        )
        self.ledger = Ledger(experiment, network.timesteps, mapping, arch.ACTIONS)
        self.step = self.closed = 0
        self.whole = True
        self._rows_ps = np.zeros(len(mapping.slices), np.int64)
        self._links = np.zeros((len(PORTS), mapping.tiles_x * mapping.tiles_y), np.int64)
        self._worst_ps = np.zeros((2, self.plan.steps), np.int64)
        self._ended_ps = np.zeros(self.plan.steps + 1, np.int64)
        if saved is not None:
            self._restore(saved)
        elif experiment == "stream":
            self._stage.fill(self.plan.assignment(self.plan.steps - 1).layers)
        self._clock = simpy.Environment(initial_time=int(self._ended_ps[self.step]))

    @property
    def steps(self) -> int:
        """Ticks of the experiment."""
        return self.plan.steps

    def advance(self, transport: Transport) -> Iterator[tuple[int, Activity]]:
        """One tick, and the images that leave with it; the tick hides the network, so no packet
        needs a transport.

        Raises DoesNotFit where a core or a link is not done within the tick.
        """
        self.whole = False
        self._clock.run(until=self._clock.process(self._tick()))
        self.step += 1
        self._ended_ps[self.step] = self._clock.now
        while self.closed < self.plan.images and self.plan.last_step(self.closed) < self.step:
            self.closed += 1
            yield self.closed - 1, self.ledger.close(self.closed - 1)
        self.whole = True

    def _tick(self) -> Generator[simpy.Event, Any, None]:
        """All stages, the last one first: each reads its axons before they are set again."""
        tasks, owner = self.plan.assignment(self.step).layers, self.plan.owner(self.step)
        tick = Tick.empty(self._mapping)
        for stage in reversed(range(self.plan.layers)):
            task = tasks[stage]
            counts = (
                self._stage.rows(stage) if task is None else self._stage.work(stage, task, tick)
            )
            image, timestep = (owner, None) if task is None else task
            places = np.arange(len(self._mapping.slices) + 1)
            for action, amount in counts.items():
                self.ledger.enter(action, image, timestep, places, amount)
        self._check(tick, owner)
        yield self._clock.timeout(self._arch.timestep.tick_ps)

    def _check(self, tick: Tick, image: int) -> None:
        """Add the loads of a tick, which must fit it."""
        arch, step = self._arch, self.step
        rows_ps = np.array([arch.core_ps(synops) for synops in tick.synops.tolist()], np.int64)
        links = tick.links(self._mapping)
        worst = int(rows_ps.argmax())
        port, tile = (int(at) for at in np.unravel_index(int(links.argmax()), links.shape))
        core_ps, packets = int(rows_ps[worst]), int(links[port, tile])
        link_ps = packets * ps(arch.router.service_ns)
        y, x = divmod(tile, self._mapping.tiles_x)
        layer = self._network.layers[self._mapping.slices[worst].layer].name
        for took, what in (
            (core_ps, f"a core of {layer}, {tick.synops[worst]} synaptic operations"),
            (link_ps, f"{PORTS[port]} of tile ({x}, {y}), {packets} packets"),
        ):
            if took > arch.timestep.tick_ps:
                raise DoesNotFit(_late(step, image, took, arch.timestep.tick_ps, what))
        self._rows_ps += rows_ps
        self._links += links
        self._worst_ps[:, step] = core_ps, link_ps

    def timing(self) -> Timing:
        """When the ticks ended, by image; in each the work of the busiest core and link."""
        plan = self.plan
        per_image = plan.latency_steps if plan.experiment == "single" else plan.timesteps
        tick = np.diff(self._ended_ps)
        first = np.arange(plan.images)[:, None] * per_image
        steps = (first + np.arange(plan.latency_steps)) % plan.steps
        scan, absorb = self._worst_ps.reshape(2, plan.images, per_image)
        return Timing(
            experiment=plan.experiment,
            scan_ps=scan,
            absorb_ps=absorb,
            barrier_ps=0,
            latency_ps=tick[steps].sum(axis=1),
            interval_ps=tick.reshape(plan.images, per_image).sum(axis=1),
            loads=self._loads(),
            tick_ps=self._arch.timestep.tick_ps,
        )

    def _loads(self) -> dict[str, ServerLoad]:
        """Of the busiest core of each slice (rows read), and of the links (packets)."""
        rows = np.full_like(self._rows_ps, self.step * self._arch.core.neurons_max)
        loads = {SERVER: ServerLoad(self._rows_ps, rows, np.zeros_like(rows))}
        service = ps(self._arch.router.service_ns)
        for port, packets in zip(PORTS, self._links, strict=True):
            loads[port] = ServerLoad(packets * service, packets, np.zeros_like(packets))
        return loads

    def arrays(self) -> Arrays:
        """All that a course needs to go on from here."""
        return {
            "ended_ps": self._ended_ps[: self.step + 1],
            "worst_ps": self._worst_ps[:, : self.step],
            "rows_ps": self._rows_ps,
            "links": self._links,
            "axons": np.flatnonzero(self._stage.axons),
            "sums": np.flatnonzero(self._stage.sums),
            **prefixed("ledger.", self.ledger.arrays()),
        }

    def _restore(self, saved: Saved) -> None:
        ended = saved.integers("ended_ps", (None,))
        if not 1 <= len(ended) <= len(self._ended_ps):
            raise ValueError(f"{len(ended) - 1} of {self.plan.steps} ticks")
        self.step = len(ended) - 1
        self._ended_ps[: len(ended)] = ended
        self._worst_ps[:, : self.step] = saved.integers("worst_ps", (2, self.step))
        self._rows_ps = saved.integers("rows_ps", self._rows_ps.shape).copy()
        self._links = saved.integers("links", self._links.shape).copy()
        for name, lines in (("axons", self._stage.axons), ("sums", self._stage.sums)):
            lines[_inside(saved.integers(name, (None,)), len(lines))] = True
        self.ledger.restore(saved.part("ledger."))
        while self.closed < self.plan.images and self.plan.last_step(self.closed) < self.step:
            self.closed += 1


def _late(step: int, image: int, took: int, tick: int, what: str) -> str:
    needed = (Decimal(took) / 10**6).normalize()
    return (
        f"timestep.tick_us: step {step} (image {image}) takes {_time(took)}, {_time(took - tick)} "
        f"more than its tick of {_time(tick)}; longest at work: {what}: needs >= {needed:f} for "
        "this step"
    )


def _time(took: int) -> str:
    return units.time(Decimal(took) / 1000)


def _inside(lines: Ints, size: int) -> Ints:
    if len(lines) and not 0 <= lines.min() <= lines.max() < size:
        raise ValueError(f"line {lines.max()} of {size}")
    return lines
