"""Counts straight from the trace: which windows hold a spike, times tables of costs.

Images and timesteps are one array axis, no spike or packet is followed. Written apart from
`hwsim.chip.binary_crossbar.course`, which must give the same integers.
"""

from __future__ import annotations

import numpy as np

from hwsim.actions import Action
from hwsim.activity import Activity, Experiment
from hwsim.activity.firing import Bools, pooled, reached, unpack
from hwsim.activity.source import check_source
from hwsim.arch.binary_crossbar import BinaryCrossbarArch
from hwsim.chip.binary_crossbar.costs import Costs, costs, travels
from hwsim.chip.binary_crossbar.floor import Floor, floor
from hwsim.mapping.mapping import Mapping, Range
from hwsim.mapping.reach import Ints, counts, ranges
from hwsim.network.graph import Layer
from hwsim.trace.store import SpikeTrace

TRAVEL = (Action.ROUTER_HOP_X, Action.ROUTER_HOP_Y, Action.CHIP_LINK_SEND)
CHIP = -1
"""The index of the chip itself on the slice axis."""


def count(
    trace: SpikeTrace, mapping: Mapping, arch: BinaryCrossbarArch, experiment: Experiment
) -> Activity:
    """Every action of docs/cores/binary_crossbar.md, by image, timestep and slice.

    Raises InvalidInput for a cached first layer whose input changes.
    """
    check_source(trace, arch)
    counter = _Counter(trace, mapping, arch, experiment, floor(trace.network, arch, mapping))
    counter.ticks()
    counter.front_end()
    arriving = counter.host()
    for number in range(1, len(trace.network.layers)):
        arriving = counter.layer(number, arriving)
    return counter.activity


class _Counter:
    """`activity` fills up, layer by layer."""

    def __init__(
        self,
        trace: SpikeTrace,
        mapping: Mapping,
        arch: BinaryCrossbarArch,
        experiment: Experiment,
        floor: Floor,
    ) -> None:
        self.trace, self.mapping, self.arch = trace, mapping, arch
        self.experiment, self.floor = experiment, floor
        self.activity = Activity.zeros(
            experiment, trace.images, trace.network.timesteps, mapping, arch.ACTIONS
        )

    def add(self, action: Action, index: int, amount: Ints | int) -> None:
        """At a slice; `amount` (images * timesteps,), or the same in all of them."""
        rows = self.activity.counts[action][:, :-1, index]
        rows += np.broadcast_to(amount, rows.size).reshape(rows.shape)

    def ticks(self) -> None:
        """What happens in every tick, or in every tick of work, whatever spikes there are."""
        timesteps, counted = self.trace.network.timesteps, self.activity.counts
        idle = self.floor.stages - 1 if self.experiment == "single" else 0
        for index, cluster in enumerate(self.floor.clusters):
            rows = cluster.size * self.arch.core.neurons_max
            for action in (Action.NEURON_ACCESS, Action.MEMBRANE_READ, Action.MEMBRANE_WRITE):
                self.add(action, index, rows)
                counted[action][:, -1, index] = rows * idle
            self.add(Action.NEURON_UPDATE_ACTIVE, index, cluster.neurons_used)
            number = cluster.slice.layer
            if timesteps > 1 and number and self.trace.network.layers[number].spiking:
                self.add(Action.BNTT_PARAM_READ, index, 2 * int(cluster.copies.sum()))

    def front_end(self) -> None:
        """MACs of layer 0, which it does for every timestep, or once."""
        layer, cached = self.trace.network.layers[0], self.arch.first_layer_cached
        taps = [np.array(layer.taps_inside(axis), np.int64) for axis in (0, 1)]
        for index in self.mapping.of_layer(0):
            s = self.mapping.slices[index]
            reads = taps[0][slice(*s.y)].sum() * taps[1][slice(*s.x)].sum()
            macs = int(reads) * layer.in_shape[0] * s.shape[2]
            busy = slice(0, 1 if cached else self.trace.network.timesteps)
            self.activity.counts[Action.SYNAPSE_MAC][:, busy, index] = macs

    def host(self) -> Bools:
        """The front end's spikes to the relays of layer 0 and on; (B, h, w, c) of them."""
        layer = self.trace.network.layers[0]
        if not layer.spiking:
            return np.zeros((0, *layer.pooled_shape[1:], layer.pooled_shape[0]), np.bool_)
        sent = self._pooled(0)
        table = costs(0, self.trace.network, self.mapping, self.floor)
        sent = sent & (table.packets > 0)
        self.add(Action.INPUT_WRITE, CHIP, sent.sum(axis=(1, 2, 3)))
        way = travels(self.mapping, np.zeros_like(table.tile), table.tile)
        for action, cost in zip(TRAVEL, np.moveaxis(way, -1, 0), strict=True):
            self.add(action, CHIP, _weighed(sent, cost))
        for index in self.mapping.of_layer(0):
            block = self._block(index, layer.pool)
            spikes = sent[:, *block]
            self.add(Action.AXON_IN_LOOKUP, index, spikes.sum(axis=(1, 2, 3)))
            self.add(Action.SYNAPSE_OP, index, _weighed(spikes, table.copies[block]))
            self._fire(index, spikes, table, block)
        self._arrive(0, sent)
        return sent

    def layer(self, number: int, arriving: Bools) -> Bools:
        """A layer's sums and spikes; the pooled spikes that leave it."""
        layer = self.trace.network.layers[number]
        table = costs(number, self.trace.network, self.mapping, self.floor)
        fired = unpack(self.trace.spikes[number], layer) if layer.spiking else None
        held = self.mapping.of_layer(number)
        hits: dict[tuple[Range, ...], Bools] = {}
        for index in held:
            pieces = self.floor.clusters[index].pieces
            if pieces not in hits:
                hits[pieces] = _hits(arriving, pieces, layer)
        self._sum(number, arriving)
        for index in held:
            cluster, block = self.floor.clusters[index], self._block(index, 1)
            spikes = None if fired is None else fired[:, *block]
            if not cluster.fused:
                self._partials(index, hits[cluster.pieces][:, *block[:2]], spikes, table, block)
            if spikes is not None:
                self._fire(index, spikes, table, block)
        if fired is None:
            return arriving
        self._arrive(number, fired)
        return self._pooled(number)

    def _pooled(self, number: int) -> Bools:
        layer = self.trace.network.layers[number]
        return pooled(unpack(self.trace.spikes[number], layer), layer)

    def _block(self, index: int, each: int) -> tuple[slice, slice, slice]:
        s = self.mapping.slices[index]
        y, x = (slice(start // each, stop // each) for start, stop in (s.y, s.x))
        return y, x, slice(*s.c)

    def _sum(self, number: int, arriving: Bools) -> None:
        """Synaptic operations of the partial cores: the spikes that every neuron there gets."""
        met = _sums(arriving.sum(axis=3, dtype=np.int64), self.trace.network.layers[number])
        for index in self.mapping.of_layer(number):
            cluster = self.floor.clusters[index]
            shape = cluster.slice.shape
            copies = cluster.copies if cluster.fused else np.ones_like(cluster.copies)
            neurons = copies.reshape(shape).sum(axis=2)
            y, x, _ = self._block(index, 1)
            self.add(Action.SYNAPSE_OP, index, _weighed(met[:, y, x], neurons))

    def _partials(
        self,
        index: int,
        hit: Bools,
        spikes: Bools | None,
        table: Costs,
        block: tuple[slice, slice, slice],
    ) -> None:
        """Partial neurons that fire; `hit` (B, rows, columns, pieces): those with an input."""
        pieces = len(self.floor.clusters[index].pieces)
        tiles = self.floor.cores[index][:pieces] // self.mapping.cores_per_tile
        way = travels(self.mapping, tiles, table.tile[block][..., None])
        ones = np.ones(way.shape[:-1], np.int64)
        copies = ones * table.copies[block][..., None]
        cost = np.concatenate([ones[..., None], copies[..., None], way], axis=-1)
        if pieces == 1 and spikes is not None:
            done = spikes.reshape(len(hit), -1).astype(np.int64) @ cost.reshape(-1, cost.shape[-1])
        elif self.arch.core.partial_fires == "any_input":
            each = cost.sum(axis=2)
            done = hit.reshape(len(hit), -1).astype(np.int64) @ each.reshape(-1, cost.shape[-1])
        elif spikes is None:
            return
        else:
            both = spikes[..., None] & hit[:, :, :, None]
            done = both.reshape(len(hit), -1).astype(np.int64) @ cost.reshape(-1, cost.shape[-1])
        for action in (Action.NEURON_FIRE, Action.AXON_OUT_SEND, Action.AXON_IN_LOOKUP):
            self.add(action, index, done[:, 0])
        self.add(Action.SYNAPSE_OP, index, done[:, 1])
        for action, hops in zip(TRAVEL, done[:, 2:].T, strict=True):
            self.add(action, index, hops)

    def _fire(
        self, index: int, spikes: Bools, table: Costs, block: tuple[slice, slice, slice]
    ) -> None:
        """Outputs that fire, and the packets of their copies."""
        self.add(Action.NEURON_FIRE, index, _weighed(spikes, table.copies[block]))
        self.add(Action.AXON_OUT_SEND, index, _weighed(spikes, table.packets[block]))
        for action, hops in zip(TRAVEL, np.moveaxis(table.travel[block], -1, 0), strict=True):
            self.add(action, index, _weighed(spikes, hops))

    def _arrive(self, number: int, fired: Bools) -> None:
        """Packets at the partial cores of the next layer; `fired` are the neurons that send."""
        layer, following = self.trace.network.layers[number : number + 2]
        each = layer.pool if number else 1
        batch, height, width, _ = fired.shape
        spikes = fired.sum(axis=3, dtype=np.int64)
        windows = spikes.reshape(batch, height // each, each, width // each, each).sum(axis=(2, 4))
        held = self.mapping.of_layer(number + 1)
        blocks = [self.mapping.slices[index] for index in held]
        rows, columns = (
            (counts(following, axis, ranges(blocks, axis)) > 0).astype(np.int64) for axis in (0, 1)
        )
        found = ((windows @ columns.T) * rows.T).sum(axis=1)
        for place, index in enumerate(held):
            self.add(Action.AXON_IN_LOOKUP, index, found[:, place])


def _weighed(spikes: Bools | Ints, cost: Ints) -> Ints:
    """(B,) the cost of the spikes of each frame."""
    found: Ints = spikes.reshape(len(spikes), -1).astype(np.int64) @ cost.ravel()
    return found


def _sums(spikes: Ints, layer: Layer) -> Ints:
    """(B, out height, out width): spikes under the kernel of each output."""
    pad, stride = layer.padding, layer.stride
    height, width = layer.out_shape[1:]
    padded = np.pad(spikes, ((0, 0), (pad, pad), (pad, pad)))
    total = np.zeros((len(spikes), height, width), np.int64)
    for y in range(layer.kernel[0]):
        for x in range(layer.kernel[1]):
            down = slice(y, y + (height - 1) * stride + 1, stride)
            right = slice(x, x + (width - 1) * stride + 1, stride)
            total += padded[:, down, right]
    return total


def _hits(arriving: Bools, pieces: tuple[Range, ...], layer: Layer) -> Bools:
    """(B, out height, out width, pieces): sums that at least one spike reaches."""
    starts = [start for start, _ in pieces]
    active = np.logical_or.reduceat(arriving, starts, axis=3)
    batch, height, width, count = active.shape
    flat = np.moveaxis(active, 3, 1).reshape(batch * count, height, width)
    hit = reached(flat, layer)
    return np.moveaxis(hit.reshape(batch, count, *hit.shape[1:]), 1, 3)
