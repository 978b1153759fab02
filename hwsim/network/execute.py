"""Run a checkpoint's integer network on images, exactly as the chip would.

Convolutions run in float32 (or float64), whose integers are exact up to 2**24 (2**53); the
largest possible partial sum is bounded from the weights before anything runs, and a library that
convolves through a transform instead of such sums is kept out.
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
from hwsim.network.parameters import (
    LARGEST_ACTIVATION,
    Compare,
    FixedPointLif,
    LayerParameters,
    Requantise,
)
from hwsim.network.poisson import signed_spikes

Pixels = npt.NDArray[np.uint8]
_NEURONS_AT_ONCE = 1 << 25


@dataclass(frozen=True)
class Execution:
    """What a batch of N images did.

    `inputs` int8 (N, H, W, channels): the network's input; (N, T, H, W, channels) signed spikes
    with Poisson coding, drawn from the checkpoint's seed and the image. `spikes`: per spiking layer
    bool (N, T, H, W, C), before pooling, in neuron order. `activations`: per hidden layer of an ANN
    int8 (N, H, W, C), after pooling: what enters the next layer. `readout` int64 (N, classes): the
    sums over all timesteps. `saturations`: membranes clipped, over all images, timesteps and
    neurons.
    """

    inputs: Tensor
    spikes: tuple[Tensor, ...]
    activations: tuple[Tensor, ...]
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
        self.network = checkpoint.network
        self.step, self.seed = checkpoint.input_scaling.step, checkpoint.provenance.seed
        self.table = checkpoint.input_scaling.table
        self.layers: list[_Layer] = []
        smallest, largest = int(self.table.min()), int(self.table.max())
        if self.network.coding == "poisson":
            smallest, largest = -1, 1
        for layer, parameters in zip(self.network.layers, checkpoint.parameters, strict=True):
            self.layers.append(_Layer(layer, parameters, min(smallest, 0), max(largest, 0)))
            smallest = 0
            if self.network.analog:
                largest = LARGEST_ACTIVATION
            else:
                largest = layer.pool**2 if layer.pool_kind == "average" else 1

    @property
    def images_at_once(self) -> int:
        """As many as keep the arrays of the largest layer within some 100 MB each."""
        neurons = max(layer.neurons for layer in self.network.layers) * self.network.timesteps
        return max(_NEURONS_AT_ONCE // neurons, 1)

    @torch.no_grad()
    def run(self, images: Pixels) -> Execution:
        """All timesteps of uint8 `images` (N, H, W, channels) at once (of an ANN, its one pass).

        Raises InvalidInput where the images are not of the network's size.
        """
        channels, height, width = self.network.input_shape
        if images.dtype != np.uint8 or images.shape[1:] != (height, width, channels):
            raise InvalidInput(
                f"images {images.dtype} {images.shape[1:]} (height, width, channels); network "
                f"{self.network.name} takes uint8 {(height, width, channels)}"
            )
        planes = [self.table[c][images[..., c]] for c in range(channels)]
        levels = np.stack(planes, axis=-1)
        if self.network.coding == "poisson":
            inputs = torch.from_numpy(
                signed_spikes(levels, self.step, self.network.timesteps, self.seed)
            )
            x = inputs.permute(1, 0, 4, 2, 3)
        else:
            inputs = torch.from_numpy(levels)
            x = inputs.permute(0, 3, 1, 2)[None]
        spikes: list[Tensor] = []
        activations: list[Tensor] = []
        saturations = 0
        for layer in self.layers[:-1]:
            if isinstance(layer.neuron, Requantise):
                x = layer.activate(x, layer.neuron)
                activations.append(x[0].permute(0, 2, 3, 1))
                continue
            fired, clipped = layer.fire(x, self.network.timesteps)
            spikes.append(fired.permute(1, 0, 3, 4, 2))
            saturations += clipped
            x = layer.pool(fired)
        sums = self.layers[-1].accumulate(x).flatten(2).to(torch.int64)
        steps = 1 if len(sums) == self.network.timesteps else self.network.timesteps
        return Execution(
            inputs, tuple(spikes), tuple(activations), sums.sum(0) * steps, saturations
        )


class _Layer:
    def __init__(self, layer: Layer, parameters: LayerParameters, low: int, high: int) -> None:
        """For inputs in low .. high, where low <= 0 <= high."""
        self.layer = layer
        self.neuron = parameters.neuron
        weights = parameters.weights.astype(np.int64).reshape(len(parameters.weights), -1)
        positive, negative = weights.clip(min=0).sum(axis=1), -weights.clip(max=0).sum(axis=1)
        # Whatever the order of the additions, they stay between these two.
        above, below = positive * high - negative * low, negative * high - positive * low
        bound = max(int(above.max()), int(below.max()))
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
            # NNPACK's transform errs by whole units where sums reach a million.
            with torch.backends.nnpack.flags(enabled=False):
                sums = F.conv2d(flat, self.weights, None, layer.stride, layer.padding)
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
        if self.layer.pool == 1:
            return fired
        windows = self._windows(fired)
        if self.layer.pool_kind == "or":
            return windows.any(dim=6).any(dim=4)
        return windows.sum(dim=(4, 6))

    def activate(self, x: Tensor, neuron: Requantise) -> Tensor:
        """Activations int8 (1, N, C, H, W) of an ANN's layer, after pooling."""
        multiplier = torch.from_numpy(neuron.multiplier).to(torch.int64)[:, None, None]
        bias = torch.from_numpy(neuron.bias)[:, None, None] + (1 << (neuron.shift - 1))
        y = self.accumulate(x).to(torch.int64)
        y.mul_(multiplier).add_(bias).bitwise_right_shift_(neuron.shift)
        y = y.clamp_(0, LARGEST_ACTIVATION).to(torch.int8)
        if self.layer.pool == 1:
            return y
        windows = self._windows(y)
        if self.layer.pool_kind == "or":
            return windows.amax(dim=(4, 6))
        # The mean, halves up, so that the next layer's input is again an activation.
        places = self.layer.pool**2
        return ((windows.sum(dim=(4, 6)) + places // 2) // places).to(torch.int8)

    def _windows(self, x: Tensor) -> Tensor:
        """(T, N, C, H, W) as (T, N, C, rows, pool, columns, pool)."""
        steps, count, channels, height, width = x.shape
        size = self.layer.pool
        return x.reshape(steps, count, channels, height // size, size, width // size, size)


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
