"""Run a checkpoint's integer network on images, exactly as the chip would.

Convolutions run in float32 (or float64), whose integers are exact up to 2**24 (2**53); the
largest possible sum is bounded from the weights before anything runs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from hwsim.errors import InvalidInput
from hwsim.network.checkpoint import Checkpoint
from hwsim.network.graph import Layer
from hwsim.network.parameters import Compare, FixedPointLif, LayerParameters

Pixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Execution:
    """What a batch of N images did.

    `inputs` int8 (N, H, W, channels): the network's input. `spikes`: per spiking layer bool
    (N, T, H, W, C), before pooling, in neuron order. `readout` int64 (N, classes): the sums over
    all timesteps. `saturations`: membranes clipped, over all images, timesteps and neurons.
    """

    inputs: Tensor
    spikes: tuple[Tensor, ...]
    readout: Tensor
    saturations: int

    @property
    def classes(self) -> Tensor:
        """int64 (N,): the class of each image; the lowest index wins a tie."""
        # numpy's argmax promises the first of equal values, torch's does not.
        return torch.from_numpy(self.readout.cpu().numpy().argmax(axis=1))


class Executor:
    """A checkpoint made ready to run; the weights are prepared once."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        if checkpoint.network.coding != "direct":
            raise InvalidInput(f"coding {checkpoint.network.coding}: only direct runs yet")
        self.network = checkpoint.network
        self.table = checkpoint.input_scaling.table
        self.layers: list[_Layer] = []
        largest = int(np.abs(self.table.astype(np.int64)).max())
        for layer, parameters in zip(self.network.layers, checkpoint.parameters, strict=True):
            self.layers.append(_Layer(layer, parameters, largest))
            largest = layer.pool**2 if layer.pool_kind == "average" else 1

    @torch.no_grad()
    def run(self, images: Pixels) -> Execution:
        """All timesteps of uint8 `images` (N, H, W, channels) at once.

        Raises InvalidInput where the images are not of the network's size.
        """
        channels, height, width = self.network.input_shape
        if images.dtype != np.uint8 or images.shape[1:] != (height, width, channels):
            raise InvalidInput(
                f"images {images.dtype} {images.shape[1:]} (height, width, channels); network "
                f"{self.network.name} takes uint8 {(height, width, channels)}"
            )
        planes = [self.table[c][images[..., c]] for c in range(channels)]
        inputs = torch.from_numpy(np.stack(planes, axis=-1))
        x = inputs.permute(0, 3, 1, 2)[None]
        spikes: list[Tensor] = []
        saturations = 0
        for layer in self.layers[:-1]:
            fired, clipped = layer.fire(x, self.network.timesteps)
            spikes.append(fired.permute(1, 0, 3, 4, 2))
            saturations += clipped
            x = layer.pool(fired)
        sums = self.layers[-1].accumulate(x).flatten(2).to(torch.int64)
        steps = 1 if len(sums) == self.network.timesteps else self.network.timesteps
        return Execution(inputs, tuple(spikes), sums.sum(0) * steps, saturations)


class _Layer:
    def __init__(self, layer: Layer, parameters: LayerParameters, largest_input: int) -> None:
        self.layer = layer
        self.neuron = parameters.neuron
        magnitude = np.abs(parameters.weights.astype(np.int64)).reshape(len(parameters.weights), -1)
        bound = int(magnitude.sum(axis=1).max()) * largest_input
        self.dtype = torch.float32 if bound < 2**24 else torch.float64
        self.weights = torch.from_numpy(parameters.weights).to(self.dtype)

    def accumulate(self, x: Tensor) -> Tensor:
        """Exact sums (T', N, C, H, W), integers in a float type, for x (T', N, C_in, H, W)."""
        layer = self.layer
        flat = x.flatten(0, 1).to(self.dtype)
        if layer.kind == "linear":
            sums = F.linear(flat.flatten(1), self.weights.flatten(1))[:, :, None, None]
        else:
            flat = flat.contiguous(memory_format=torch.channels_last)
            sums = F.conv2d(flat, self.weights, None, layer.stride, layer.padding)
            # Some libraries convolve through a transform that leaves a tiny fraction.
            sums.round_()
        return sums.view(len(x), -1, *sums.shape[1:])

    def fire(self, x: Tensor, timesteps: int) -> tuple[Tensor, int]:
        """Spikes bool (T, N, C, H, W) before pooling, and the saturations."""
        sums = self.accumulate(x)
        if isinstance(self.neuron, Compare):
            # The compare is exact in float: both sides are integers below 2**24 (2**53), or the
            # threshold is out of the sums' reach and stays so when rounded.
            sign = torch.from_numpy(self.neuron.sign).to(self.dtype)[:, None, None]
            threshold = torch.from_numpy(self.neuron.threshold).to(self.dtype)[:, None, None]
            return sums * sign >= threshold, 0
        assert isinstance(self.neuron, FixedPointLif)
        return _integrate(sums, self.neuron, timesteps)

    def pool(self, fired: Tensor) -> Tensor:
        """What leaves the layer: OR of each window, or the count where pooling averages."""
        size = self.layer.pool
        if size == 1:
            return fired
        steps, count, channels, height, width = fired.shape
        windows = fired.reshape(steps, count, channels, height // size, size, width // size, size)
        if self.layer.pool_kind == "or":
            return windows.any(dim=6).any(dim=4)
        return windows.sum(dim=(4, 6))


def _integrate(sums: Tensor, neuron: FixedPointLif, timesteps: int) -> tuple[Tensor, int]:
    one = 1 << neuron.fraction_bits
    low, high = -(1 << (neuron.membrane_bits - 1)), (1 << (neuron.membrane_bits - 1)) - 1
    half_scale = (1 << neuron.scale_shift) >> 1
    half_leak = (1 << neuron.leak_shift) >> 1
    scale = torch.from_numpy(neuron.scale).to(torch.int64)[:, None, :, None, None]
    bias = torch.from_numpy(neuron.bias)[:, None, :, None, None]
    spikes: list[Tensor] = []
    saturations = 0
    u: Tensor | None = None
    for t in range(timesteps):
        # In place throughout: these arrays are large, and fresh memory costs more than the sums.
        drive = sums[t if len(sums) > 1 else 0].to(torch.int64)
        drive.mul_(scale[t]).add_(bias[t] + half_scale).bitwise_right_shift_(neuron.scale_shift)
        if u is None:
            u = drive
        else:
            u.mul_(neuron.leak).add_(half_leak).bitwise_right_shift_(neuron.leak_shift).add_(drive)
        smallest, largest = torch.aminmax(u)
        if smallest < low or largest > high:
            saturations += int(((u < low) | (u > high)).sum())
            u.clamp_(low, high)
        fired = u > one
        u.add_(fired, alpha=-one)
        spikes.append(fired)
    return torch.stack(spikes), saturations


def run(checkpoint: Checkpoint, images: Pixels) -> Execution:
    """`Executor(checkpoint).run(images)`: for a handful of images."""
    return Executor(checkpoint).run(images)
