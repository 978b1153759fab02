"""The flow of the packet transport: the servers of `hwsim.chip.fabric`, one process per unit."""

from __future__ import annotations

from collections.abc import Generator

import numpy as np
from simpy import Event

from hwsim.actions import Action
from hwsim.activity import Counts
from hwsim.chip.chip import TRAFFIC, Chip
from hwsim.chip.fabric import Fabric
from hwsim.chip.flow import FlowLoad, Left, neuron_load
from hwsim.chip.packet import server_loads
from hwsim.chip.timing import Overflow, ServerLoad
from hwsim.chip.tokens import NEURON


def flow(load: FlowLoad, chip: Chip) -> PacketFlow:
    """A flow at its start."""
    return PacketFlow(load, chip)


class _Task:
    """A task on the chip."""

    def __init__(self, units: int) -> None:
        self.packets = [range(0)] * units
        self.work_ps = [0] * units
        self.missing = [0] * units
        self.begun_ps = self.readout_ps = self.scan_ps = self.absorb_ps = -1
        self.traffic: dict[Action, Counts] = {a: np.zeros(units, np.int64) for a in TRAFFIC}


class PacketFlow(Fabric):
    """One process per unit, which waits, scans and goes on."""

    def __init__(self, load: FlowLoad, chip: Chip) -> None:
        super().__init__(chip)
        self._load = load
        self._targets, self._sources = load.wiring.targets, load.wiring.sources
        self._tasks: list[_Task] = []
        self._task_of: list[_Task] = []
        self._done = [0] * len(self._targets)
        self._wake = [Event(self.env) for _ in self._targets]
        self._leaving = Event(self.env)
        self._left = 0
        self._work_ps = np.zeros(self.slices, np.int64)
        for unit in load.wiring.units:
            self.env.process(self._unit(unit))

    def leave(self) -> Left:
        """Run until every unit has done the next task."""
        number = self._left
        while min(self._done[unit] for unit in self._load.wiring.units) <= number:
            self.env.run(until=self._leaving)
            self._leaving = Event(self.env)
        self._left += 1
        task = self._tasks[number]
        return Left(task.begun_ps, task.readout_ps, task.scan_ps, task.absorb_ps, task.traffic)

    def loads(self) -> dict[str, ServerLoad]:
        """Of every task."""
        loads = server_loads(self.servers, self.chip.mapping)
        return {**loads, "neurons": neuron_load(self._work_ps, self._left, self.chip)}

    def overflows(self) -> tuple[Overflow, ...]:
        """None: a full FIFO holds its packets back."""
        return ()

    def moved(self, packet: int, action: Action) -> None:
        """Count it under its task and sender."""
        self._task_of[packet].traffic[action][self.source[packet]] += 1

    def absorbed(self, packet: int, delivery: int) -> None:
        """A token may be the last that its destination waits for."""
        task = self._task_of[packet]
        task.absorb_ps = self.env.now
        if self.neuron[packet] == NEURON:
            unit = self.destination[delivery]
            task.missing[unit] -= 1
            if not task.missing[unit]:
                self._rouse(unit)

    def _unit(self, unit: int) -> Generator[Event, None, None]:
        """Do every task, each as soon as it can be done."""
        for number in range(self._load.tasks):
            task = self._task(number)
            while task.missing[unit] or any(
                self._done[t] < number - 1 for t in self._targets[unit]
            ):
                self._wake[unit] = Event(self.env)
                yield self._wake[unit]
            if unit in self._load.first and task.begun_ps < 0:
                task.begun_ps = self.env.now
            if unit == self.slices:
                self.emit(task.packets[unit])
            else:
                yield from self.scan(unit, task.work_ps[unit], task.packets[unit])
            task.scan_ps = self.env.now
            if unit in self._load.last:
                task.readout_ps = self.env.now
            self._done[unit] += 1
            for source in self._sources[unit]:
                self._rouse(source)
            if not self._leaving.triggered:
                self._leaving.succeed()

    def _rouse(self, unit: int) -> None:
        if not self._wake[unit].triggered:
            self._wake[unit].succeed()

    def _task(self, number: int) -> _Task:
        if number == len(self._tasks):
            made = self._load.make(number)
            task = _Task(len(self._targets))
            self._tasks.append(task)
            packets, scans = made.load.packets, made.load.scans
            ids = self.add(packets)
            self._task_of += [task] * len(ids)
            task.missing = made.awaited.tolist()
            bounds = (scans.pointer + ids.start).tolist()
            task.packets[self.slices] = range(ids.start, bounds[0])
            for index, work, first, last in zip(
                scans.slices.tolist(), scans.work_ps.tolist(), bounds[:-1], bounds[1:], strict=True
            ):
                task.packets[index], task.work_ps[index] = range(first, last), work
            self._work_ps[scans.slices] += scans.work_ps
        return self._tasks[number]
