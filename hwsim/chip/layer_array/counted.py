"""Counts of layer passes straight from the trace, vectorised over images and timesteps.

Written apart from `walk`: an activation counts as often as positions reach it, where the walk
looks at the field of every position. All arrays are int64 (N, T).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from hwsim.actions import Action
from hwsim.activity.firing import unpack, worth
from hwsim.arch.layer_array import LayerArrayArch
from hwsim.mapping.reach import Ints, reached
from hwsim.network.graph import Layer
from hwsim.trace.store import SpikeTrace


@dataclass(frozen=True)
class LayerCount:
    """One layer of every image of a trace, on an array."""

    trace: SpikeTrace
    arch: LayerArrayArch
    number: int

    @property
    def layer(self) -> Layer:
        """The layer."""
        return self.trace.network.layers[self.number]

    @property
    def batched(self) -> bool:
        """Whether all timesteps of the layer follow one another."""
        return bool(self.arch.timestep.tick_batch)

    @cached_property
    def everywhere(self) -> Ints:
        """Ones."""
        return np.ones((self.trace.images, self.trace.network.timesteps), np.int64)

    @cached_property
    def first(self) -> Ints:
        """1 at t = 0."""
        return self.at(0)

    def at(self, timestep: int) -> Ints:
        """1 at one timestep (negative: from the end), else 0."""
        ones = np.zeros_like(self.everywhere)
        ones[:, timestep] = 1
        return ones

    def every(self, window: int) -> Ints:
        """1 at t = 0, window, 2 window ..."""
        ones = np.zeros_like(self.everywhere)
        ones[:, ::window] = 1
        return ones

    @cached_property
    def fresh(self) -> Ints:
        """1 where the sums are made, 0 where they come from a cache."""
        cached = self.number == 0 and self.arch.first_layer_cached
        return self.first if cached else self.everywhere

    @property
    def injected(self) -> bool:
        """Whether a front end makes the sums."""
        return self.number == 0 and self.arch.first_layer == "current_injected"

    @cached_property
    def accumulates(self) -> Ints:
        """1 where the array adds anything up."""
        return self.fresh * (not self.injected)

    @property
    def passes(self) -> int:
        """D: passes over the fan-in."""
        return self.arch.core.passes(self.input_bits)

    @property
    def input_bits(self) -> int:
        """Bits of an input value."""
        return self.trace.network.input_bits(self.number)

    @cached_property
    def takes_weights(self) -> Ints:
        """1 where the weights come from DRAM once."""
        when = self.first if self.batched else self.everywhere
        return self.accumulates * when * (self.arch.core.weights == "reload")

    @cached_property
    def fired(self) -> Ints:
        """Neurons that fire."""
        if not self.layer.spiking:
            return 0 * self.everywhere
        bits = np.bitwise_count(self.trace.spikes[self.number])
        counts: Ints = bits.sum(axis=-1, dtype=np.int64)
        return counts

    @cached_property
    def additions(self) -> Ints:
        """Digits that are not 0, as often as positions reach them: of one output channel."""
        if self.injected:
            return 0 * self.everywhere
        low = np.arange(0, self.input_bits, self.arch.core.activation_bits)
        digits = np.arange(1 << self.input_bits)[:, None] >> low
        table = np.count_nonzero(digits % (1 << self.arch.core.activation_bits), axis=1)
        values = self._arriving if self.number else self._pixels.view(np.uint8)
        return self._reaching(table[values]) * self.fresh

    @cached_property
    def activations(self) -> Ints:
        """Pixels that are not 0, as often as positions reach them."""
        return self._reaching(self._pixels != 0) * self.fresh

    def field_words(self, word_bits: int) -> int:
        """Words of the fields of all positions."""
        bits = self.layer.in_shape[0] * self.input_bits
        return int((-(-self._taps_inside * bits // word_bits)).sum())

    @property
    def _taps_inside(self) -> Ints:
        rows, columns = (np.array(self.layer.taps_inside(axis), np.int64) for axis in (0, 1))
        return np.outer(rows, columns)

    @property
    def _pixels(self) -> npt.NDArray[np.int8]:
        channels, height, width = self.layer.in_shape
        shape = (*self.trace.inputs.shape[:2], height, width, channels)
        return np.ascontiguousarray(self.trace.inputs).reshape(shape)

    @property
    def _arriving(self) -> npt.NDArray[np.integer]:
        before = self.trace.network.layers[self.number - 1]
        windows = worth(unpack(self.trace.spikes[self.number - 1], before), before)
        return windows.reshape(*self.everywhere.shape, *windows.shape[1:])

    @property
    def sent_bits(self) -> int:
        """Bits that leave the layer; none of a readout."""
        channels, height, width = self.layer.pooled_shape
        values = channels * height * width * self.layer.spiking
        return values * self.layer.output_bits

    def _reaching(self, values: npt.NDArray[np.generic]) -> Ints:
        """(N, 1 or T, height, width, channels) values times the positions that each reaches."""
        rows, columns = (np.diff(reached(self.layer, axis))[:, 0] for axis in (0, 1))
        pixels = values.sum(axis=-1, dtype=np.int64)
        sums: Ints = np.einsum("ntyx,y,x->nt", pixels, rows, columns)
        return sums * self.everywhere

    def common(self, *, state_moves: bool = True) -> dict[Action, Ints]:
        """What docs/cores/layer_array.md says of every pass; `state_moves`: membranes of other
        positions lie in a memory of their own."""
        layer, neurons = self.layer, self.layer.neurons * self.everywhere
        counts = {
            Action.NEURON_UPDATE_ACTIVE: neurons,
            Action.NEURON_FIRE: self.fired,
            Action.POOL_OP: self.fired * (layer.pool > 1),
            Action.THRESHOLD_READ: neurons * layer.spiking,
            Action.BNTT_PARAM_READ: 2 * neurons * layer.spiking * (neurons.shape[1] > 1),
        }
        outputs = layer.out_shape[0]
        if self.number:
            counts[Action.SYNAPSE_OP] = self.additions * outputs
        elif self.injected:
            inside = int(self._taps_inside.sum()) * layer.in_shape[0]
            counts[Action.SYNAPSE_MAC] = self.fresh * inside * outputs
        else:
            counts[Action.SYNAPSE_MAC] = self.activations * outputs
        if self.number == 0 and self.arch.first_layer_cached:
            several = neurons.shape[1] > 1 and not self.injected
            counts[Action.ACCUMULATOR_READ] = neurons * (1 - self.first)
            counts[Action.ACCUMULATOR_WRITE] = neurons * self.first * several
        if state_moves:
            bits = outputs * self.arch.core.membrane_bits
            touched = layer.neurons // outputs * -(-bits // self.arch.membrane.word_bits)
            counts[Action.MEMBRANE_READ] = touched * self.state_read
            counts[Action.MEMBRANE_WRITE] = touched * self.state_written
        return counts

    @cached_property
    def state_read(self) -> Ints:
        """1 where the membranes come from their memory."""
        return self._state(self.first)

    @cached_property
    def state_written(self) -> Ints:
        """1 where the membranes return there."""
        return self._state(self.at(-1))

    def _state(self, spared: Ints) -> Ints:
        if self.batched:
            return 0 * self.everywhere
        elide = self.arch.membrane.policy == "elide_first_read_last_write"
        return self.everywhere - spared * elide

    @property
    def from_host(self) -> Ints:
        """`input.write`: values of the image, or currents of a front end; of layer 0."""
        values = self.layer.neurons if self.injected else self.layer.inputs
        return self.fresh * values
