"""What each layer does in a step, turned into the step's scans and packets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hwsim.actions import Action
from hwsim.chip.chip import Chip
from hwsim.chip.load import (
    Mask,
    Packets,
    Scans,
    StepLoad,
    host_packets,
    join,
    no_packets,
    packets_of,
    received,
    senders,
    spikes_of,
)
from hwsim.mapping.fanout import FanOut, Ints, fan_out
from hwsim.trace.store import SpikeTrace

Task = tuple[int, int]
"""(image, timestep)."""


@dataclass(frozen=True)
class Assignment:
    """The task of every layer in a step (None: idle), and the host's."""

    layers: tuple[Task | None, ...]
    host: Task | None


@dataclass(frozen=True)
class Scan:
    """One slice's scan: neurons served by class, and its membrane accesses per neuron."""

    index: int
    task: Task | None
    neurons: int
    active: int
    fired: int
    membrane_reads: int
    membrane_writes: int


@dataclass(frozen=True)
class Work:
    """Makes the load of a step from the trace; fixed for a replay."""

    trace: SpikeTrace
    chip: Chip

    @property
    def hosted(self) -> bool:
        """Whether a host sends the image as graded packets."""
        return self.chip.arch.first_layer == "on_core_graded"

    @cached_property
    def fan_outs(self) -> tuple[FanOut, ...]:
        """Of what arrives at each layer."""
        layers, mapping = self.chip.layers, self.chip.mapping
        return tuple(fan_out(number, layer, mapping) for number, layer in enumerate(layers))

    @cached_property
    def delivery_ps(self) -> tuple[Ints, ...]:
        """Service of the synapses for each row of each layer's fan-out."""
        parallel = self.chip.arch.synapse.parallel
        services = []
        for number, fan in enumerate(self.fan_outs):
            action = Action.SYNAPSE_OP if number else Action.SYNAPSE_MAC
            lookup, operation = self.chip.synapse_ps(number, action)
            services.append(lookup + -(-fan.synops // parallel) * operation)
        return tuple(services)

    @cached_property
    def weight_words(self) -> tuple[Ints, ...]:
        """Words of synapse memory that each row of each layer's fan-out reads."""
        arch = self.chip.arch
        return tuple(
            fan.taps * -(-fan.channels * self.trace.network.weight_bits // arch.synapse.word_bits)
            for fan in self.fan_outs
        )

    @cached_property
    def order(self) -> Ints:
        """Slice indices by core index: the order of scans and packet ids."""
        return np.argsort(self.chip.mapping.cores)

    @cached_property
    def tree(self) -> bool:
        """Whether one packet serves all destinations of a spike."""
        return self.chip.arch.router.multicast == "tree"

    @cached_property
    def in_work_is_active(self) -> bool:
        """Whether every neuron of a layer with a timestep in work is active."""
        rule = self.chip.arch.neuron.active_rule
        if rule == "by_timesteps":
            return self.trace.network.timesteps > 1
        return rule == "layer_in_work"

    def load(self, now: Assignment, reached: dict[int, Mask]) -> tuple[StepLoad, list[Scan]]:
        """Scans and packets of a step. `reached[layer]` is (height, width), where the previous
        step's deliveries put work."""
        host = self.host_load(now)
        scans, packets, work_ps = [], [host], []
        for index in self.order.tolist():
            task = now.layers[self.chip.mapping.slices[index].layer]
            if task is None and self.chip.arch.neuron.scan == "layers_in_work":
                continue
            scan, sent, work = self._scan(index, task, reached)
            scans.append(scan)
            packets.append(sent)
            work_ps.append(work)
        return StepLoad(
            Scans(
                np.array([scan.index for scan in scans], np.int64),
                np.array(work_ps, np.int64),
                np.cumsum([len(sent.source) for sent in packets]),
            ),
            join(packets),
        ), scans

    def host_load(self, now: Assignment) -> Packets:
        """The host's packets of a step."""
        if not self.hosted or now.host is None:
            return no_packets()
        image, timestep = now.host
        if timestep and self.chip.arch.first_layer_cached:
            return no_packets()
        levels = self.trace.input_levels(image, timestep)
        return host_packets(levels, self.fan_outs[0], self.delivery_ps[0], self.tree)

    def _scan(
        self, index: int, task: Task | None, reached: dict[int, Mask]
    ) -> tuple[Scan, Packets, int]:
        part = self.chip.mapping.slices[index]
        reads, writes = self._membrane_accesses(task)
        times = self.chip.neuron_times(reads + writes)
        if task is None:
            scan = Scan(index, None, part.neurons, 0, 0, reads, writes)
            return scan, no_packets(), part.neurons * times.inactive
        block = (slice(*part.y), slice(*part.x), slice(*part.c))
        fired = np.zeros(part.shape, np.bool_)
        layer = self.chip.layers[part.layer]
        if layer.spiking:
            fired = self.trace.fired(*task, part.layer)[block]
        if self.in_work_is_active:
            active = np.ones(part.shape, np.bool_)
        else:
            active = self._reached(part.layer, task, reached)[block[:2]][..., None] | fired
        service_ps = np.where(fired, times.fired, np.where(active, times.active, times.inactive))
        counts = int(active.sum()), int(fired.sum())
        scan = Scan(index, task, part.neurons, *counts, reads, writes)
        work = int(service_ps.sum())
        if not layer.spiking:
            return scan, no_packets(), work
        sent = senders(fired, layer.pool)
        spikes = spikes_of(
            sent, service_ps, (part.y[0], part.x[0]), layer.pool, layer.pooled_shape[2]
        )
        follow = part.layer + 1
        packets = packets_of(
            index, spikes, self.fan_outs[follow], self.delivery_ps[follow], self.tree
        )
        return scan, packets, work

    def _membrane_accesses(self, task: Task | None) -> tuple[int, int]:
        """(reads, writes) of one scanned neuron under the membrane policy."""
        if self.chip.arch.membrane.policy == "every_step":
            return 1, 1
        if task is None:
            return 0, 0
        last = self.trace.network.timesteps - 1
        return int(task[1] > 0), int(task[1] < last)

    def _reached(self, layer: int, task: Task, reached: dict[int, Mask]) -> Mask:
        """Where a layer has input: what the step before delivered; for layer 0 everywhere with
        injected current, and what timestep 0 delivered where that is cached."""
        if layer == 0 and not self.hosted:
            return np.ones(self.chip.layers[0].out_shape[1:], np.bool_)
        if layer == 0 and task[1] and self.chip.arch.first_layer_cached:
            first = self.host_load(Assignment((), (task[0], 0)))
            return received(first.entry, self.fan_outs[0], self.chip.layers[0])
        return reached[layer]
