"""The reference that the fold is judged by: batch norm, leak and threshold as trained.

Everything in float64 on exact sums, one operation after the other as the neuron is defined.
Imports nothing of the fold, the executor or the training modules.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from hwsim.network.checkpoint import Checkpoint


def spikes_of(
    checkpoint: Checkpoint, images: npt.NDArray[np.uint8]
) -> tuple[list[npt.NDArray[np.bool_]], npt.NDArray[np.float64]]:
    """Per spiking layer bool (N, T, H, W, C), and the readout sums (N, classes)."""
    scaling = checkpoint.input_scaling
    x = (images / 255.0 - np.array(scaling.mean)) / np.array(scaling.std)
    x = np.clip(np.rint(x / scaling.step), -127, 127).transpose(0, 3, 1, 2)
    timesteps = checkpoint.network.timesteps
    arriving, unit = [x] * timesteps, scaling.step
    result = []
    layers = zip(
        checkpoint.network.layers[:-1], checkpoint.parameters[:-1], checkpoint.trained, strict=True
    )
    for layer, parameters, trained in layers:
        membrane: npt.NDArray[np.float64] | float = 0.0
        spikes = []
        for t in range(timesteps):
            acc = _sums(layer, parameters.weights, arriving[t])
            sums = acc * (parameters.scales.astype(np.float64) * unit)[:, None, None]
            sigma = np.sqrt(trained.var[t] + trained.eps)[:, None, None]
            normed = (sums - trained.mean[t][:, None, None]) / sigma
            membrane = trained.leak * membrane + trained.gamma[t][:, None, None] * normed
            fired = membrane > trained.theta
            membrane = membrane - trained.theta * fired
            spikes.append(fired)
        result.append(np.stack([s.transpose(0, 2, 3, 1) for s in spikes], axis=1))
        arriving, unit = [_or(s, layer.pool) for s in spikes], 1.0
    last = checkpoint.network.layers[-1]
    readout = sum(_sums(last, checkpoint.parameters[-1].weights, a)[:, :, 0, 0] for a in arriving)
    return result, np.asarray(readout)


def _sums(layer, weights, x):  # type: ignore[no-untyped-def]
    return torch.nn.functional.conv2d(
        torch.from_numpy(x.astype(np.float64)),
        torch.from_numpy(weights.astype(np.float64)),
        stride=layer.stride,
        padding=layer.padding,
    ).numpy()


def _or(fired, size):  # type: ignore[no-untyped-def]
    pooled = np.zeros_like(fired[:, :, ::size, ::size])
    for y in range(size):
        for x in range(size):
            pooled |= fired[:, :, y::size, x::size]
    return pooled
