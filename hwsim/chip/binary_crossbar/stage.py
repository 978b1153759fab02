"""What the cores of a stage, a layer or a half of one, do in one tick."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hwsim.actions import Action, Counted
from hwsim.arch.binary_crossbar import BinaryCrossbarArch
from hwsim.chip.binary_crossbar.floor import Floor
from hwsim.chip.binary_crossbar.load import Tick
from hwsim.chip.binary_crossbar.wires import Bools, Part, Wires, parts, wires
from hwsim.chip.frames import Frames
from hwsim.chip.work import Task
from hwsim.mapping.mapping import Mapping
from hwsim.mapping.reach import Ints
from hwsim.mapping.route import chip_crossings, hops
from hwsim.network.graph import Network

Counts = dict[Counted, Ints]
"""(slices + 1,) per action, the chip last."""
ROWS = (Action.NEURON_ACCESS, Action.MEMBRANE_READ, Action.MEMBRANE_WRITE)


class Stage:
    """The cores at work, tick by tick. `axons` and `sums` say which lines hold a spike: of
    partial cores, and of adders and relays."""

    def __init__(
        self,
        frames: Frames,
        network: Network,
        mapping: Mapping,
        arch: BinaryCrossbarArch,
        floor: Floor,
    ) -> None:
        self._frames, self._network = frames, network
        self._mapping, self._arch, self._floor = mapping, arch, floor
        self._parts = parts(network, mapping, floor)
        layers = range(len(network.layers))
        self._wires = [wires(n, network, mapping, self._parts) for n in layers[:-1]]
        self.axons = np.zeros(self._parts[-1].axons[1], np.bool_)
        self.sums = np.zeros(self._parts[-1].sums[1], np.bool_)
        self._layers = [n for n in layers for _ in range(floor.ticks[n])]
        self._rows = [self._row_counts(stage) for stage in range(floor.stages)]

    def rows(self, stage: int) -> Counts:
        """What the cores of a stage do in every tick."""
        return dict.fromkeys(ROWS, self._rows[stage])

    def work(self, stage: int, task: Task, tick: Tick) -> Counts:
        """What they do with a timestep of an image."""
        number = self._layers[stage]
        counts: Counts = {
            action: np.zeros(len(self._parts) + 1, np.int64) for action in self._arch.ACTIONS
        }
        counts.update({action: amount.copy() for action, amount in self.rows(stage).items()})
        if number == 0:
            self._front_end(task, counts, tick)
        if stage == self._floor.first_tick(number):
            self._first(number, task, counts, tick)
        if stage == self._floor.last_tick(number):
            self._last(number, task, counts, tick)
        return counts

    def fill(self, tasks: Sequence[Task | None]) -> None:
        """Set the axons as the tick with these tasks leaves them."""
        for number in range(1, len(self._wires) + 1):
            task = tasks[self._floor.first_tick(number)]
            assert task is not None
            self._set(number - 1, task)
            self._first(number, task, None, None)
        for number, _ in enumerate(self._wires):
            task = tasks[self._floor.last_tick(number)]
            assert task is not None
            self._set(number, task)

    def _row_counts(self, stage: int) -> Ints:
        """The rows of the cores that work in a stage: partial ones first."""
        found = np.zeros(len(self._parts) + 1, np.int64)
        number = self._layers[stage]
        first, last = (
            stage == self._floor.first_tick(number),
            stage == self._floor.last_tick(number),
        )
        for index in self._mapping.of_layer(number):
            cluster = self._parts[index].cluster
            late = len(cluster.pieces) if cluster.fused else len(cluster.runs)
            early = cluster.size - late
            found[index] = (early * first + late * last) * self._arch.core.neurons_max
        return found

    def _outputs(self, number: int, task: Task) -> Bools:
        """(height, width, channels) outputs that fire: neurons, in layer 0 windows."""
        fired = self._frames.fired(*task, number)
        pool = self._network.layers[number].pool
        if number or pool == 1:
            return fired
        height, width, channels = fired.shape
        windows = fired.reshape(height // pool, pool, width // pool, pool, channels)
        return np.asarray(windows.any(axis=(1, 3)))

    def _set(self, number: int, task: Task) -> None:
        """The spikes of a layer's outputs on the axons of the next layer."""
        table = self._wires[number]
        for index in self._mapping.of_layer(number + 1):
            self.axons[slice(*self._parts[index].axons)] = False
        self.axons[table.line[self._outputs(number, task).ravel()[table.source]]] = True

    def _front_end(self, task: Task, counts: Counts, tick: Tick) -> None:
        """Layer 0's MACs, and its spikes on the relays."""
        layer, (_, timestep) = self._network.layers[0], task
        if timestep == 0 or not self._arch.first_layer_cached:
            for index in self._mapping.of_layer(0):
                part = self._parts[index]
                taps = int(part.rows.sum()) * int(part.columns.sum())
                channels = part.cluster.slice.shape[2]
                counts[Action.SYNAPSE_MAC][index] = taps * layer.in_shape[0] * channels
        if not layer.spiking:
            return
        sent = self._outputs(0, task)
        needed = np.zeros(sent.size, np.bool_)
        needed[self._wires[0].source] = True
        sent = sent & needed.reshape(sent.shape)
        for index in self._mapping.of_layer(0):
            part = self._parts[index]
            spikes = self._block(sent, index, layer.pool).ravel()
            self.sums[slice(*part.sums)] = spikes
            packets = np.add.reduceat(spikes, part.ends, dtype=np.int64)
            counts[Action.INPUT_WRITE][-1] += packets.sum()
            counts[Action.AXON_IN_LOOKUP][index] += packets.sum()
            host = np.zeros_like(part.run_tiles)
            self._travel(counts, tick, np.full_like(host, -1), host, part.run_tiles, packets)

    def _block(self, values: Bools, index: int, each: int) -> Bools:
        s = self._mapping.slices[index]
        y, x = (slice(start // each, stop // each) for start, stop in (s.y, s.x))
        return values[y, x, slice(*s.c)]

    def _first(self, number: int, task: Task, counts: Counts | None, tick: Tick | None) -> None:
        """Partial cores: what is on their axons becomes sums. Nothing is counted without
        `counts`. A fused cluster in a layer of two ticks keeps its spikes for the second."""
        if number == 0:
            return
        spiking = self._network.layers[number].spiking
        fired = self._frames.fired(*task, number) if spiking else None
        for index in self._mapping.of_layer(number):
            part = self._parts[index]
            lines = self.axons[slice(*part.axons)]
            if part.cluster.fused:
                self.sums[slice(*part.sums)] = lines
            else:
                outputs = None if fired is None else self._block(fired, index, 1)
                fires = self._partials(part, lines, outputs)
                self.sums[slice(*part.sums)] = fires.ravel()
                if counts is not None and tick is not None:
                    self._count_partials(part, lines, fires, counts, tick)
            lines[:] = False

    def _partials(self, part: Part, lines: Bools, fired: Bools | None) -> Bools:
        """(outputs, pieces) partial neurons that fire; one that has the whole sum is the output."""
        if len(part.starts) == 1 and fired is not None:
            return fired.reshape(-1, 1)
        active = np.logical_or.reduceat(lines.reshape(part.field), part.starts, axis=2)
        rows = np.tensordot(part.rows.astype(np.int64), active.astype(np.int64), axes=(1, 0))
        hit = np.tensordot(part.columns.astype(np.int64), rows, axes=(1, 1)) > 0
        of_pixels = hit.transpose(1, 0, 2).reshape(-1, len(part.starts))
        fires: Bools = np.repeat(of_pixels, part.cluster.slice.shape[2], axis=0)
        if self._arch.core.partial_fires == "output_fires":
            also = np.zeros((1, 1), np.bool_) if fired is None else fired.reshape(-1, 1)
            np.logical_and(fires, also, out=fires)
        return fires

    def _count_partials(
        self, part: Part, lines: Bools, fires: Bools, counts: Counts, tick: Tick
    ) -> None:
        index = part.index
        synops = self._synops(part, lines)
        counts[Action.SYNAPSE_OP][index] += synops.sum()
        tick.synops[index] = max(tick.synops[index], synops.max(initial=0))
        counts[Action.NEURON_UPDATE_ACTIVE][index] += fires.size
        packets = np.add.reduceat(fires, part.ends, axis=0, dtype=np.int64)
        for action in (Action.NEURON_FIRE, Action.AXON_OUT_SEND, Action.AXON_IN_LOOKUP):
            counts[action][index] += packets.sum()
        run, piece = np.nonzero(packets)
        here = np.full(len(run), index)
        source, target = part.partial_tiles[piece], part.run_tiles[run]
        self._travel(counts, tick, here, source, target, packets[run, piece])

    def _synops(self, part: Part, lines: Bools) -> Ints:
        """(pieces,) synaptic operations of each partial core."""
        rows, columns, _ = part.cluster.slice.shape
        copies = part.cluster.copies if part.cluster.fused else np.ones_like(part.cluster.copies)
        neurons = copies.reshape(rows, columns, -1).sum(axis=2)
        above = part.rows.T.astype(np.int64) @ neurons @ part.columns.astype(np.int64)
        spikes = np.add.reduceat(lines.reshape(part.field), part.starts, axis=2, dtype=np.int64)
        found: Ints = (spikes * above[:, :, None]).sum(axis=(0, 1))
        return found

    def _last(self, number: int, task: Task, counts: Counts, tick: Tick) -> None:
        """The cores that fire the outputs of a layer, and the packets that these send."""
        network = self._network
        layer, later = network.layers[number], network.timesteps > 1
        for index in self._mapping.of_layer(number):
            part = self._parts[index]
            lines = self.sums[slice(*part.sums)]
            copies = part.cluster.copies
            if part.cluster.fused:
                synops = self._synops(part, lines)
            else:
                met = lines.reshape(len(copies), -1).sum(axis=1) * copies
                synops = np.add.reduceat(met, part.ends)
            counts[Action.SYNAPSE_OP][index] += synops.sum()
            tick.synops[index] = max(tick.synops[index], synops.max(initial=0))
            counts[Action.NEURON_UPDATE_ACTIVE][index] += copies.sum()
            if later and number and layer.spiking:
                counts[Action.BNTT_PARAM_READ][index] += 2 * copies.sum()
            if layer.spiking:
                fires = lines if number == 0 else self._block(
                    self._frames.fired(*task, number), index, 1
                ).ravel()  # fmt: skip
                counts[Action.NEURON_FIRE][index] += copies[fires].sum()
            lines[:] = False
        if layer.spiking:
            self._send(self._wires[number], self._outputs(number, task), counts, tick)

    def _send(self, table: Wires, fired: Bools, counts: Counts, tick: Tick) -> None:
        sent = fired.ravel()[table.source]
        self.axons[table.line[sent]] = True
        sender, receiver = table.sender[sent], table.receiver[sent]
        places = len(self._parts) + 1
        counts[Action.AXON_OUT_SEND] += np.bincount(sender, minlength=places)
        counts[Action.AXON_IN_LOOKUP] += np.bincount(receiver, minlength=places)
        ones = np.ones(len(sender), np.int64)
        self._travel(counts, tick, sender, table.tile[sent], table.target[sent], ones)

    def _travel(
        self, counts: Counts, tick: Tick, sender: Ints, source: Ints, target: Ints, packets: Ints
    ) -> None:
        """`packets` from tiles to tiles, filed under the `sender` slices."""
        tick.routes.append((source, target, packets))
        x, y = hops(self._mapping.tiles_x, source, target)
        links = chip_crossings(self._mapping, source, target)
        for action, way in (
            (Action.ROUTER_HOP_X, x),
            (Action.ROUTER_HOP_Y, y),
            (Action.CHIP_LINK_SEND, links),
        ):
            np.add.at(counts[action], sender, way * packets)
