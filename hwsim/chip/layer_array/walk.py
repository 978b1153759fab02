"""The replay's way through a layer pass: position by position, neuron by neuron.

Written apart from `counted`, which must give the same integers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwsim.actions import Action, Counted
from hwsim.arch.layer_array import LayerArrayArch
from hwsim.chip.frames import Frames
from hwsim.chip.layer_array.cycles import words
from hwsim.mapping.reach import Ints
from hwsim.network.graph import Layer


@dataclass(frozen=True)
class Field:
    """What a position sees of the layer's input.

    `taps` of its kernel lie inside; `digits` (input channels,) are the digits that are not 0 and
    `nonzero` the activations that are not.
    """

    taps: int
    digits: Ints
    nonzero: int


@dataclass(frozen=True)
class LayerPass:
    """One layer in one timestep of an image, on such an array."""

    frames: Frames
    arch: LayerArrayArch
    image: int
    timestep: int
    number: int

    @property
    def layer(self) -> Layer:
        """The layer."""
        return self.frames.network.layers[self.number]

    @property
    def timesteps(self) -> int:
        """T."""
        return self.frames.network.timesteps

    @property
    def batched(self) -> bool:
        """Whether all timesteps of the layer follow one another."""
        return bool(self.arch.timestep.tick_batch)

    @property
    def fresh(self) -> bool:
        """Whether the sums are made, and not read from a cache."""
        return not (self.number == 0 and self.arch.first_layer_cached and self.timestep > 0)

    @property
    def accumulates(self) -> bool:
        """Whether the array adds anything up."""
        front_end = self.number == 0 and self.arch.first_layer == "current_injected"
        return self.fresh and not front_end

    @property
    def passes(self) -> int:
        """D: passes over the fan-in."""
        return self.arch.core.passes(self.input_bits)

    @property
    def input_bits(self) -> int:
        """Bits of an input value."""
        return self.frames.network.input_bits(self.number)

    @property
    def fired(self) -> npt.NDArray[np.bool_]:
        """(height, width, channels) neurons that fire; none of a readout."""
        channels, height, width = self.layer.out_shape
        if not self.layer.spiking:
            return np.zeros((height, width, channels), np.bool_)
        return self.frames.fired(self.image, self.timestep, self.number)

    def fields(self) -> Iterator[Field]:
        """What each position sees, row by row."""
        layer, pad = self.layer, self.layer.padding
        digits = self._digits()
        height, width, _ = digits.shape
        padded = np.pad(digits, ((pad, pad), (pad, pad), (0, 0)))
        tall, wide = layer.kernel
        for y in range(0, layer.out_shape[1] * layer.stride, layer.stride):
            for x in range(0, layer.out_shape[2] * layer.stride, layer.stride):
                seen = padded[y : y + tall, x : x + wide]
                rows = min(y + tall - pad, height) - max(y - pad, 0)
                columns = min(x + wide - pad, width) - max(x - pad, 0)
                yield Field(
                    max(rows, 0) * max(columns, 0),
                    seen.sum(axis=(0, 1)),
                    int(np.count_nonzero(seen)),
                )

    def _digits(self) -> Ints:
        """(height, width, channels) digits of each input value that are not 0."""
        if self.number:
            values = self._arriving()
        else:
            values = self.frames.input_levels(self.image, self.timestep).astype(np.int64) % 256
        step = self.arch.core.activation_bits
        digits = np.zeros_like(values)
        for low in range(0, self.input_bits, step):
            digits += (values >> low) % (1 << step) != 0
        return digits

    def _arriving(self) -> Ints:
        """(height, width, channels) pooled spikes or counts of the layer before."""
        before = self.frames.network.layers[self.number - 1]
        fired = self.frames.fired(self.image, self.timestep, self.number - 1)
        height, width, channels = fired.shape
        step = before.pool
        windows = fired.reshape(height // step, step, width // step, step, channels)
        counts: Ints = windows.sum(axis=(1, 3), dtype=np.int64)
        return counts if before.graded else np.minimum(counts, 1)

    @property
    def sent_bits(self) -> int:
        """Bits that leave the layer."""
        channels, height, width = self.layer.pooled_shape
        return channels * height * width * self.layer.output_bits

    def operate(self, field: Field, outputs: int, counts: Counter[Counted]) -> None:
        """The synaptic operations, or MACs of pixels, of a position and so many outputs."""
        if self.number:
            counts[Action.SYNAPSE_OP] += int(field.digits.sum()) * outputs
        else:
            counts[Action.SYNAPSE_MAC] += field.nonzero * outputs

    def inject(self, counts: Counter[Counted], chip: Counter[Counted]) -> None:
        """What reaches layer 0 from outside the array, and MACs of a front end."""
        if self.number or not self.fresh:
            return
        if self.accumulates:
            chip[Action.INPUT_WRITE] += self.layer.inputs
            return
        chip[Action.INPUT_WRITE] += self.layer.neurons
        for field in self.fields():
            macs = field.taps * self.layer.in_shape[0] * self.layer.out_shape[0]
            counts[Action.SYNAPSE_MAC] += macs

    def update(self, neurons: int, fired: int, counts: Counter[Counted]) -> None:
        """Neurons of which so many fire, at the end of their accumulation."""
        counts[Action.NEURON_UPDATE_ACTIVE] += neurons
        if self.layer.spiking:
            counts[Action.NEURON_FIRE] += fired
            counts[Action.THRESHOLD_READ] += neurons
            if self.layer.pool > 1:
                counts[Action.POOL_OP] += fired
            if self.timesteps > 1:
                counts[Action.BNTT_PARAM_READ] += 2 * neurons
        if self.number == 0 and self.arch.first_layer_cached:
            if self.timestep > 0:
                counts[Action.ACCUMULATOR_READ] += neurons
            elif self.accumulates and self.timesteps > 1:
                counts[Action.ACCUMULATOR_WRITE] += neurons

    def membranes(self) -> tuple[bool, bool]:
        """Whether the membranes come from their memory, and whether they return there."""
        if self.batched:
            return False, False
        if self.arch.membrane.policy == "every_step":
            return True, True
        return self.timestep > 0, self.timestep < self.timesteps - 1

    def keep_state(self, positions: int, counts: Counter[Counted]) -> None:
        """The membranes of so many positions come and return."""
        bits = self.layer.out_shape[0] * self.arch.core.membrane_bits
        touched = positions * words(bits, self.arch.membrane.word_bits)
        reads, writes = self.membranes()
        counts[Action.MEMBRANE_READ] += touched * reads
        counts[Action.MEMBRANE_WRITE] += touched * writes

    @property
    def takes_weights(self) -> bool:
        """Whether the weights of the layer come from DRAM for this timestep, once."""
        again = not self.batched or self.timestep == 0
        return self.accumulates and self.arch.core.weights == "reload" and again
