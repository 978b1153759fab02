"""Spikes without a network: independent coins, for tests, benchmarks and what-if."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

from hwsim.network.graph import Layer, Network
from hwsim.trace.store import Bits, Origin, SpikeTrace


def synthetic_trace(network: Network, rate: float, images: int, seed: int) -> SpikeTrace:
    """A trace in which every pooling window of every spiking layer sends with probability `rate`.

    Windows are independent Bernoulli coins (a layer without pooling has windows of one neuron); in
    a window that sends, exactly one neuron fires, uniformly chosen. Inputs are uniform in -127 to
    127, the same in every timestep. The readout is one everywhere, labels are -1.
    An image depends on `seed` and its number only, not on how many there are.
    """
    if not 0.0 <= rate <= 1.0:
        raise ValueError(f"rate {rate} is not a probability")
    spikes = tuple(
        np.zeros((images, network.timesteps, -(-layer.neurons // 8)), np.uint8)
        for layer in network.spiking_layers
    )
    inputs = np.zeros((images, 1, network.layers[0].inputs), np.int8)
    for image in range(images):
        rng = np.random.default_rng([seed, image])
        inputs[image, 0] = rng.integers(-127, 128, inputs.shape[2], np.int8)
        for bits, layer in zip(spikes, network.spiking_layers, strict=True):
            for timestep in range(network.timesteps):
                bits[image, timestep] = _layer(layer, rate, rng)
    label = f"synthetic, rate {rate:g} on the pooled grid, seed {seed}"
    return SpikeTrace(
        network=network,
        origin=Origin(
            file="synthetic",
            sha256=hashlib.sha256(f"{label} {network.to_dict()}".encode()).hexdigest(),
            test_accuracy_percent=None,
            images=label,
        ),
        spikes=spikes,
        inputs=inputs,
        readout=np.ones((images, network.classes), np.int64),
        labels=np.full(images, -1, np.int64),
    )


def _layer(layer: Layer, rate: float, rng: np.random.Generator) -> Bits:
    """One timestep of one layer, packed."""
    channels, height, width = layer.pooled_shape
    sends: npt.NDArray[np.bool_] = rng.random((height, width, channels)) < rate
    chosen = rng.integers(0, layer.pool**2, sends.shape)
    fired = np.zeros((height, layer.pool, width, layer.pool, channels), np.bool_)
    for place in range(layer.pool**2):
        fired[:, place // layer.pool, :, place % layer.pool] = sends & (chosen == place)
    return np.packbits(fired.reshape(-1), bitorder="little")
