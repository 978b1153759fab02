"""End-of-step tokens: the last packets of a scan, one to each slice that it can send to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hwsim.actions import Action
from hwsim.chip.chip import HOST
from hwsim.chip.flow import Wiring
from hwsim.chip.load import Packets, Scans, StepLoad
from hwsim.chip.work import Work
from hwsim.mapping.fanout import Ints

NEURON = 0
"""The `neuron` of tokens: those of a scan count from 1, those of a host from -1 down."""


@dataclass(frozen=True)
class Tokens:
    """Tokens of all units. A token is looked up at its destination like any packet, behind what
    came before it, and does no synaptic operation; it takes the time of a lookup, at least 1 ps.
    Its `entry` lies behind those of the fan-outs."""

    work: Work

    @cached_property
    def wiring(self) -> Wiring:
        """Read off the fan-outs of the (pooled) pixels of each slice."""
        chip, hosted = self.work.chip, self.work.hosted
        fans, cores = self.work.fans, chip.mapping.cores

        def reached(layer: int, pixels: Ints) -> tuple[int, ...]:
            rows = fans.rows[layer] + pixels
            start, many = fans.pointer[rows], fans.pointer[rows + 1] - fans.pointer[rows]
            entry = np.arange(many.sum()) + (start - many.cumsum() + many).repeat(many)
            found = np.unique(fans.slices[entry])
            return tuple(found[np.argsort(cores[found])].tolist())

        targets: list[tuple[int, ...]] = []
        for part in chip.mapping.slices:
            layer = chip.layers[part.layer]
            if not layer.spiking:
                targets.append(())
                continue
            rows, columns = (
                np.arange(a // layer.pool, b // layer.pool) for a, b in (part.y, part.x)
            )
            width = layer.out_shape[2] // layer.pool
            targets.append(reached(part.layer + 1, (rows[:, None] * width + columns).ravel()))
        pixels = chip.layers[0].in_shape[1] * chip.layers[0].in_shape[2]
        targets.append(reached(0, np.arange(pixels)) if hosted else ())
        return Wiring(tuple(targets), hosted)

    def awaited(self, from_host: bool) -> Ints:
        """(units,) tokens that each gets in a task in which the host sends, or does not."""
        return np.array(
            [
                sum(from_host or unit != len(self.wiring.targets) - 1 for unit in sources)
                for sources in self.wiring.sources
            ],
            np.int64,
        )

    def behind(self, load: StepLoad, from_host: bool) -> StepLoad:
        """A step's load with the tokens of all scans, and of the host where it sends."""
        packets, scans = load.packets, load.scans
        units, places = [HOST, *scans.slices.tolist()], scans.pointer
        ready = np.concatenate([[0], scans.work_ps])
        targets = [self.wiring.targets[unit] for unit in units]
        if not from_host:
            targets[0] = ()
        tree = self.work.chip.arch.router.multicast == "tree"
        deliveries = np.array([len(to) for to in targets], np.int64)
        sent = (deliveries > 0).astype(np.int64) if tree else deliveries
        at = places.repeat(sent)
        sizes = deliveries[sent > 0] if tree else np.ones(len(at), np.int64)
        to = np.array([index for part in targets for index in part], np.int64)
        first = [self._first[unit % len(self.wiring.targets)] for unit in units]
        entry = [a + k for a, part in zip(first, targets, strict=True) for k in range(len(part))]
        behind = packets.pointer[places].repeat(deliveries)
        lengths = np.insert(np.diff(packets.pointer), at, sizes)
        made = Packets(
            source=np.insert(packets.source, at, np.array(units).repeat(sent)),
            ready_ps=np.insert(packets.ready_ps, at, ready.repeat(sent)),
            neuron=np.insert(packets.neuron, at, NEURON),
            pointer=np.concatenate([[0], lengths.cumsum()]),
            entry=np.insert(packets.entry, behind, np.array(entry, np.int64)),
            destination=np.insert(packets.destination, behind, to),
            service_ps=np.insert(packets.service_ps, behind, self._service_ps(to)),
        )
        return StepLoad(Scans(scans.slices, scans.work_ps, places + sent.cumsum()), made)

    @cached_property
    def _first(self) -> Ints:
        sizes = [len(targets) for targets in self.wiring.targets]
        return len(self.work.fans.slices) + np.cumsum([0, *sizes])

    def _service_ps(self, destinations: Ints) -> Ints:
        chip = self.work.chip
        lookups = [
            max(chip.synapse_ps(number, Action.SYNAPSE_OP)[0], 1)
            for number in range(len(chip.layers))
        ]
        layers = self.work.layer_of_slices[destinations]
        services: Ints = np.array(lookups, np.int64)[layers]
        return services
