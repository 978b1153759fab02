"""A small integer network that both simulators run: convolutions without padding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwsim.network.graph import Layer, Network
from hwsim.network.parameters import Compare, InputScaling, LayerParameters

RATE = 0.1
SCALING = InputScaling((0.5, 0.5, 0.5), (0.25, 0.25, 0.25), 0.02)


@dataclass(frozen=True)
class ConvCase:
    """`parameters` of each layer, and `pixels` uint8 (N, size, size, 3), the images."""

    network: Network
    parameters: tuple[LayerParameters, ...]
    pixels: npt.NDArray[np.uint8]


def conv_case(size: int, channels: tuple[int, ...], images: int, seed: int = 0) -> ConvCase:
    """A 1 x 1 convolution of the image, 3 x 3 ones behind it and a dense readout; the threshold
    of every layer lets about `RATE` of its neurons fire."""
    rng = np.random.default_rng(seed)
    pixels = rng.integers(0, 256, (images, size, size, 3), np.uint8)
    layers = _layers(size, channels)
    table = SCALING.table
    x = np.stack([table[c][pixels[..., c]] for c in range(3)], axis=-1).astype(np.int64)
    parameters = []
    for layer in layers:
        weights = rng.integers(-7, 8, (layer.out_shape[0], layer.in_shape[0], *layer.kernel))
        neuron = None
        if layer.spiking:
            sums = _sums(x, weights)
            threshold = int(np.quantile(sums, 1 - RATE)) + 1
            count = layer.out_shape[0]
            neuron = Compare(np.full(count, threshold, np.int32), np.ones(count, np.int8))
            x = (sums >= threshold).astype(np.int64)
        scales = np.ones(layer.out_shape[0], np.float32)
        parameters.append(LayerParameters(weights.astype(np.int8), scales, neuron))
    return ConvCase(Network("conv", "none", 1, layers), tuple(parameters), pixels)


def _layers(size: int, channels: tuple[int, ...]) -> tuple[Layer, ...]:
    layers, arriving = [], (3, size, size)
    for index, count in enumerate(channels):
        kernel = 3 if index else 1
        left = arriving[1] - kernel + 1
        shape = (count, left, left)
        layers.append(Layer(f"conv{index + 1}", "conv", arriving, shape, (kernel, kernel)))
        arriving = shape
    kernel_size = arriving[1:]
    layers.append(Layer("fc", "linear", arriving, (10, 1, 1), kernel_size, spiking=False))
    return tuple(layers)


def _sums(x: npt.NDArray[np.int64], weights: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """(N, y, x, out): a convolution of x (N, y, x, in) without padding, stride 1."""
    kernel = weights.shape[2:]
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel, axis=(1, 2))
    sums: npt.NDArray[np.int64] = np.tensordot(windows, weights, axes=((3, 4, 5), (1, 2, 3)))
    return sums
