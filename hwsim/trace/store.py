"""The spike trace: every firing of every layer, bit-packed, with all that a replay needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from hwsim.network.graph import Network

Bits = npt.NDArray[np.uint8]


def pack(fired: npt.NDArray[np.bool_]) -> Bits:
    """Bools (N, T, height, width, channels) as bits (N, T, ceil(neurons / 8)), as `SpikeTrace`
    holds them.
    """
    images, timesteps = fired.shape[:2]
    return np.packbits(fired.reshape(images, timesteps, -1), axis=-1, bitorder="little")


@dataclass(frozen=True)
class Origin:
    """Where a trace comes from: the checkpoint (`file` name and `sha256`), the accuracy that it
    records (None if unknown), and the data set split of the images."""

    file: str
    sha256: str
    test_accuracy_percent: float | None
    images: str


@dataclass(frozen=True)
class SpikeTrace:
    """Spikes of N images over T timesteps, before pooling, and the graded input.

    * `spikes[l]`: uint8 (N, T, ceil(neurons / 8)) for each spiking layer l; neuron
      i = (y * width + x) * channels + c is bit i % 8 (least significant first) of byte i // 8,
    * `inputs`: int8 (N, 1 or T, inputs) in the same order, what enters layer 0: one row where it
      is the same in every timestep (direct coding),
    * `readout`: int64 (N, classes), summed over the timesteps,
    * `labels`: int64 (N,), -1 where unknown.
    """

    network: Network
    origin: Origin
    spikes: tuple[Bits, ...]
    inputs: npt.NDArray[np.int8]
    readout: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]

    @property
    def images(self) -> int:
        """N."""
        return len(self.labels)

    @property
    def predictions(self) -> npt.NDArray[np.int64]:
        """(N,) class with the largest readout, the lowest index on a tie."""
        classes: npt.NDArray[np.int64] = self.readout.argmax(axis=1)
        return classes

    def fired(self, image: int, timestep: int, layer: int) -> npt.NDArray[np.bool_]:
        """(height, width, channels) of one layer in one timestep."""
        channels, height, width = self.network.layers[layer].out_shape
        bits = np.unpackbits(
            self.spikes[layer][image, timestep], count=channels * height * width, bitorder="little"
        )
        return bits.view(np.bool_).reshape(height, width, channels)

    def input_levels(self, image: int, timestep: int) -> npt.NDArray[np.int8]:
        """(height, width, channels) int8 values that enter layer 0."""
        channels, height, width = self.network.input_shape
        row = timestep if self.inputs.shape[1] > 1 else 0
        levels: npt.NDArray[np.int8] = self.inputs[image, row]
        return levels.reshape(height, width, channels)

    def part(self, start: int, stop: int) -> SpikeTrace:
        """Images `start` to `stop` - 1 as a trace of their own (views, not copies)."""
        return replace(
            self,
            spikes=tuple(layer[start:stop] for layer in self.spikes),
            inputs=self.inputs[start:stop],
            readout=self.readout[start:stop],
            labels=self.labels[start:stop],
        )


def join(traces: Sequence[SpikeTrace]) -> SpikeTrace:
    """The images of `traces` one after the other; network and origin are those of the first."""
    if len(traces) == 1:
        return traces[0]
    first = traces[0]
    return replace(
        first,
        spikes=tuple(
            np.concatenate([trace.spikes[layer] for trace in traces])
            for layer in range(len(first.spikes))
        ),
        inputs=np.concatenate([trace.inputs for trace in traces]),
        readout=np.concatenate([trace.readout for trace in traces]),
        labels=np.concatenate([trace.labels for trace in traces]),
    )
