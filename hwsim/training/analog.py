"""The artificial network that the chain starts from: the same weights, clipped activations."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor, nn
from torch.nn import functional as F

from hwsim.network.graph import Layer, Network
from hwsim.training.bntt import EPS
from hwsim.training.spiking import accumulate, new_weight

CLIP = 2.0
"""Activations are clip(u, 0, CLIP).

A spiking neuron of amplitude CLIP that fires where u > CLIP / 2 is this activation with one
level (QCFS, Bu et al. 2022), so a threshold of 1 needs no calibration.
"""


class AnalogLayer(nn.Module):
    """Weights, batch norm with a shift, clipped ReLU, and max (or average) pooling."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        self.layer = layer
        self.weight = new_weight(layer)
        self.norm = nn.BatchNorm2d(layer.out_shape[0], eps=EPS)

    def forward(self, x: Tensor) -> Tensor:
        """Activations in [0, CLIP] after pooling."""
        u = self.norm(accumulate(self.layer, self.weight, x))
        if self.layer.pool > 1 and self.layer.pool_kind == "or":
            u = F.max_pool2d(u, self.layer.pool, ceil_mode=True)
        y = F.hardtanh(u, 0.0, CLIP)
        if self.layer.pool > 1 and self.layer.pool_kind == "average":
            y = F.avg_pool2d(y, self.layer.pool, ceil_mode=True)
        return y


class AnalogNetwork(nn.Module):
    """The ANN of a spiking network's graph; its readout is linear without bias."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network
        self.hidden = nn.ModuleList(AnalogLayer(layer) for layer in network.spiking_layers)
        self.readout = new_weight(network.layers[-1])

    def analog_layers(self) -> Iterator[AnalogLayer]:
        """The hidden layers, typed."""
        for module in self.hidden:
            assert isinstance(module, AnalogLayer)
            yield module

    def forward(self, images: Tensor) -> Tensor:
        """Logits as (1, N, classes): the shape of a spiking network with one timestep."""
        x = images
        for layer in self.analog_layers():
            x = layer(x)
        return F.linear(x.flatten(1), self.readout.flatten(1)).float()[None]

    def clamp(self) -> None:
        """Nothing is constrained here; the training loop calls it on every network."""
