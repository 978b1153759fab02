"""What each layer does in a step, turned into the step's scans and packets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from hwsim.chip import scan
from hwsim.chip.chip import HOST, Chip
from hwsim.chip.fans import Fans, fans
from hwsim.chip.frames import Frames
from hwsim.chip.load import Packets, Scans, StepLoad
from hwsim.mapping.fanout import Ints

Mask = npt.NDArray[np.bool_]
Task = tuple[int, int]
"""(image, timestep)."""


@dataclass(frozen=True)
class Assignment:
    """The task of every layer in a step (None: idle), and the host's."""

    layers: tuple[Task | None, ...]
    host: Task | None


@dataclass(frozen=True)
class Scanned:
    """Counts of a step's scans, (slices,) each: active and fired neurons; and (layers,) each:
    membrane reads and writes of one neuron. Slices that were not scanned are not `present`."""

    present: Mask
    active: Ints
    fired: Ints
    reads: Ints
    writes: Ints


@dataclass(frozen=True)
class Work:
    """Makes the load of a step from the trace; fixed for a replay."""

    frames: Frames
    chip: Chip

    @cached_property
    def fans(self) -> Fans:
        """Where spikes go and what they cost there."""
        return fans(self.chip)

    @property
    def hosted(self) -> bool:
        """Whether a host sends the image as graded packets."""
        return self.chip.arch.first_layer == "on_core_graded"

    @cached_property
    def _order(self) -> Ints:
        """Slices by core index: the order of scans and packet ids."""
        return np.argsort(self.chip.mapping.cores)

    @cached_property
    def _blocks(self) -> Ints:
        parts = self.chip.mapping.slices
        return np.array([(part.layer, *part.y, *part.x, *part.c) for part in parts], np.int64)

    @property
    def layer_of_slices(self) -> Ints:
        """(slices,) layer of each."""
        return self._blocks[:, 0]

    @cached_property
    def _shapes(self) -> Ints:
        rows = [
            (*x.out_shape[1:], x.out_shape[0], x.pool, x.spiking, self.chip.sent(number))
            for number, x in enumerate(self.chip.layers)
        ]
        return np.array(rows, np.int64)

    @cached_property
    def _tree(self) -> bool:
        return self.chip.arch.router.multicast == "tree"

    @cached_property
    def front_end_macs(self) -> Ints:
        """MACs of each slice of layer 0 over taps inside the image."""
        layer = self.chip.layers[0]
        rows, columns = (np.array(layer.taps_inside(axis)) for axis in (0, 1))
        macs = []
        for index in self.chip.mapping.of_layer(0):
            part = self.chip.mapping.slices[index]
            taps = int(rows[slice(*part.y)].sum()) * int(columns[slice(*part.x)].sum())
            macs.append(taps * part.shape[2] * layer.in_shape[0])
        return np.array(macs, np.int64)

    @cached_property
    def in_work_is_active(self) -> bool:
        """Whether every neuron of a layer with a timestep in work is active."""
        rule = self.chip.arch.neuron.active_rule
        if rule == "by_timesteps":
            return self.frames.network.timesteps > 1
        return rule == "layer_in_work"

    def load(self, now: Assignment, delivered: Ints) -> tuple[StepLoad, Scanned]:
        """Scans and packets of a step. `delivered` (E,) is how often the previous step
        delivered each entry of the fan-out table."""
        in_work = np.array([task is not None for task in now.layers])
        layer_of = self.layer_of_slices
        present = np.ones(len(layer_of), np.bool_)
        if self.chip.arch.neuron.scan == "layers_in_work":
            present = in_work[layer_of]
        order = self._order[present[self._order]]
        accesses = np.array([self._membrane_accesses(task) for task in now.layers])
        times = [self.chip.neuron_times(int(total)) for total in accesses.sum(axis=1)]
        fired, fired_at = _joined([self._fired(n, task) for n, task in enumerate(now.layers)])
        reached, reached_at = _joined(
            [self._reached(n, task, delivered) for n, task in enumerate(now.layers)]
        )
        host = self._host_entries(now.host)
        tallies = np.zeros((5, len(layer_of)), np.int64)
        none = np.zeros(1, np.int64)
        common = (
            order, self._blocks, self._shapes, in_work, self.in_work_is_active, fired, fired_at,
            reached, reached_at, np.array([(t.inactive, t.active, t.fired) for t in times]),
            self.fans.pointer, self.fans.rows, self._tree, tallies,
        )  # fmt: skip
        scan.scan_cores(*common, False, none, none, none, none, none, 0, 0)
        hosted = len(host.source)
        sent = tallies[scan.PACKETS, order]
        pointer = np.cumsum([hosted, *sent.tolist()])
        entries = len(host.entry) + int(tallies[scan.DELIVERIES].sum())
        packets = _room(int(pointer[-1]), entries, host)
        scan.scan_cores(
            *common, True, packets.source, packets.ready_ps, packets.neuron, packets.pointer,
            packets.entry, hosted, len(host.entry),
        )  # fmt: skip
        np.take(self.fans.slices, packets.entry, out=packets.destination)
        np.take(self.fans.service_ps, packets.entry, out=packets.service_ps)
        return (
            StepLoad(Scans(order, tallies[scan.WORK_PS, order], pointer), packets),
            Scanned(present, tallies[scan.ACTIVE], tallies[scan.FIRED], *accesses.T),
        )

    def _fired(self, number: int, task: Task | None) -> Mask:
        if task is None or not self.chip.layers[number].spiking:
            return np.zeros(0, np.bool_)
        return self.frames.fired(*task, number).ravel()

    def _reached(self, number: int, task: Task | None, delivered: Ints) -> Mask:
        """Where a layer has input: what the step before delivered; for layer 0 everywhere with
        injected current, and what timestep 0 delivered where that is cached."""
        layer = self.chip.layers[number]
        if task is None or self.in_work_is_active:
            return np.zeros(0, np.bool_)
        if number == 0 and not self.hosted:
            return np.ones(layer.out_shape[1] * layer.out_shape[2], np.bool_)
        if number == 0 and task[1] and self.chip.arch.first_layer_cached:
            entry = self._host_entries((task[0], 0)).entry
            delivered = np.bincount(entry, minlength=len(self.fans.slices))
        return self.fans.reached(number, layer, delivered).ravel()

    def _membrane_accesses(self, task: Task | None) -> tuple[int, int]:
        """(reads, writes) of one scanned neuron under the membrane policy."""
        if self.chip.arch.membrane.policy == "every_step":
            return 1, 1
        if task is None:
            return 0, 0
        last = self.frames.network.timesteps - 1
        return int(task[1] > 0), int(task[1] < last)

    def _host_entries(self, task: Task | None) -> Packets:
        """The host's packets: one per non-zero input value and destination, ready at once."""
        none = np.zeros(0, np.int64)
        cached = task is not None and task[1] and self.chip.arch.first_layer_cached
        if not self.hosted or task is None or cached:
            return Packets(none, none, none, np.zeros(1, np.int64), none, none, none)
        levels = self.frames.input_levels(*task)
        row = np.flatnonzero(levels) // levels.shape[2]
        first, fan = self.fans.pointer[row], np.diff(self.fans.pointer)[row]
        value = np.repeat(np.arange(len(row)), fan)
        within = np.arange(len(value)) - np.repeat(fan.cumsum() - fan, fan)
        entry = first[value] + within
        sent = np.flatnonzero(fan) if self._tree else value
        pointer = np.cumsum([0, *fan[sent]]) if self._tree else np.arange(len(value) + 1)
        source, ready = np.full(len(sent), HOST), np.zeros(len(sent), np.int64)
        return Packets(source, ready, -1 - sent, pointer, entry, none, none)


def _joined(parts: list[Mask]) -> tuple[Mask, Ints]:
    """Arrays one behind the other, and where each begins."""
    starts = np.cumsum([0] + [len(part) for part in parts])
    return np.concatenate(parts), starts


def _room(packets: int, deliveries: int, host: Packets) -> Packets:
    """Arrays for a step's packets with the host's in front."""

    def array(size: int, head: Ints) -> Ints:
        room = np.empty(size, np.int64)
        room[: len(head)] = head
        return room

    return Packets(
        source=array(packets, host.source),
        ready_ps=array(packets, host.ready_ps),
        neuron=array(packets, host.neuron),
        pointer=array(packets + 1, host.pointer),
        entry=array(deliveries, host.entry),
        destination=array(deliveries, host.destination),
        service_ps=array(deliveries, host.service_ps),
    )
