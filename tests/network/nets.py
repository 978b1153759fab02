"""Small random networks with everything that a trained one has."""

from __future__ import annotations

import numpy as np
import torch

from hwsim.network.analog import as_analog
from hwsim.network.checkpoint import Checkpoint, Provenance
from hwsim.network.graph import PoolKind
from hwsim.network.parameters import InputScaling
from hwsim.network.vgg import VggShape, vgg
from hwsim.training.analog import AnalogNetwork
from hwsim.training.export import analog_integers, float_neurons, to_integers
from hwsim.training.spiking import SpikingNetwork

SCALING = InputScaling((0.5, 0.4, 0.3), (0.25, 0.2, 0.3), 0.02)


def random_network(timesteps: int, seed: int = 0, width: float = 0.125) -> SpikingNetwork:
    """A VGG9 of 32 x 32 images whose neurons fire at plausible rates; some gammas negative."""
    torch.manual_seed(seed)
    shape = VggShape("vgg9", width=width, classifier=(16,))
    network = SpikingNetwork(vgg(shape, dataset="cifar10", classes=10, timesteps=timesteps))
    network.train()
    with torch.no_grad():
        for layer in network.spiking_layers():
            layer.bntt.gamma.copy_(torch.randn_like(layer.bntt.gamma) * 0.5 + 1.0)
            layer.bntt.momentum = 1.0
            layer.lif.theta.fill_(0.9)
            layer.lif.leak.fill_(0.93)
        network(torch.randn(8, 3, 32, 32))
    return network.eval()


def random_checkpoint(timesteps: int, seed: int = 0) -> Checkpoint:
    """`random_network` as integers."""
    network = random_network(timesteps, seed)
    return Checkpoint(
        network.network,
        to_integers(network, SCALING),
        SCALING,
        Provenance("cifar10", test_accuracy_percent=10.0, test_images=8, recipe={"seed": seed}),
        tuple(float_neurons(layer) for layer in network.spiking_layers()),
    )


def random_analog(seed: int = 0, pool_kind: PoolKind = "or") -> AnalogNetwork:
    """The ANN of such a VGG9, with batch norms as training leaves them."""
    torch.manual_seed(seed)
    shape = VggShape("vgg9", width=0.125, classifier=(16,), pool_kind=pool_kind)
    network = AnalogNetwork(vgg(shape, dataset="cifar10", classes=10, timesteps=1))
    network.train()
    with torch.no_grad():
        for layer in network.analog_layers():
            layer.norm.weight.copy_(torch.randn_like(layer.norm.weight) * 0.7 + 0.7)
            layer.norm.bias.copy_(torch.randn_like(layer.norm.bias) * 0.3 + 0.2)
            layer.norm.momentum = 1.0
        network(torch.randn(8, 3, 32, 32))
    return network.eval()


def analog_checkpoint(seed: int = 0) -> Checkpoint:
    """`random_analog` as integers."""
    network = random_analog(seed)
    parameters = analog_integers(network, SCALING)
    provenance = Provenance("cifar10", test_accuracy_percent=11.0, test_images=8)
    return Checkpoint(as_analog(network.network), parameters, SCALING, provenance)


def random_images(count: int, seed: int = 0) -> np.ndarray:
    """uint8 (count, 32, 32, 3)."""
    return np.random.default_rng(seed).integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
