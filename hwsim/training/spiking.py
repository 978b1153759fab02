"""A spiking network as torch modules, built from its graph."""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hwsim.network.graph import Layer, Network
from hwsim.training import small_planes, winograd
from hwsim.training.bntt import BNTT
from hwsim.training.lif import LIF
from hwsim.training.spike import TRIANGLE, Surrogate


def new_weight(layer: Layer) -> nn.Parameter:
    """Random weights (C_out, C_in, kh, kw) whose whole norm is sqrt(C_out): unit rows."""
    weight = torch.randn(layer.out_shape[0], layer.in_shape[0], *layer.kernel)
    return nn.Parameter(weight * (math.sqrt(layer.out_shape[0]) / weight.norm()))


def accumulate(layer: Layer, weight: Tensor, x: Tensor) -> Tensor:
    """The weighted sums (N, C_out, H, W) of `layer` for its input `x` (N, C_in, H, W)."""
    if layer.kind == "linear":
        return F.linear(x.flatten(1), weight.flatten(1))[:, :, None, None]
    if x.device.type == "cpu" and _keeps_size(layer):
        if winograd.applies(x, weight):
            return winograd.convolve(x, weight)
        if small_planes.applies(x):
            return small_planes.convolve(x, weight)
    return F.conv2d(x, weight, None, layer.stride, layer.padding)


def _keeps_size(layer: Layer) -> bool:
    """Whether this 3 x 3 convolution has as many outputs a plane as inputs: most of a VGG's."""
    return tuple(layer.kernel) == (3, 3) and layer.stride == 1 and layer.padding == 1


def _mean(spikes: Tensor) -> Tensor:
    """The mean of (T, N, C, H, W) in float32; 30 times faster on a CPU than bfloat16's own mean
    with a float32 result, which copies the tensor (its gradient even twice).
    """
    return spikes.sum((0, 1, 3, 4)).float().sum() / spikes.numel()


class SpikingLayer(nn.Module):
    """Weights, BNTT and LIF neurons of one hidden layer, with the pooling behind them."""

    def __init__(self, layer: Layer, timesteps: int, surrogate: Surrogate) -> None:
        super().__init__()
        self.layer = layer
        self.timesteps = timesteps
        self.weight = new_weight(layer)
        self.bntt = BNTT(timesteps, layer.out_shape[0])
        self.lif = LIF(surrogate)

    def forward(self, x: Tensor) -> Tensor:
        """Spikes (T, N, C, H, W) after pooling, for inputs (T or 1, N, C_in, H_in, W_in).

        All timesteps go through the weights as one batch; an input of one timestep is the
        same at every timestep, so its sums are computed once.
        """
        distinct = x.shape[0]
        sums = accumulate(self.layer, self.weight, x.flatten(0, 1))
        # Unbound, since the gradient of an index is a whole tensor of zeros for each timestep.
        steps = sums.view(distinct, -1, *sums.shape[1:]).unbind()
        spikes: list[Tensor] = []
        u: Tensor | None = None
        for t in range(self.timesteps):
            u = self.lif.charge(u, self.bntt(steps[t if distinct > 1 else 0], t))
            spikes.append(self.lif.fire(u, self.layer.pool, self.layer.pool_kind))
            if t + 1 < self.timesteps:
                u = self.lif.reset(u)
        # One timestep needs no copy.
        return torch.stack(spikes) if len(spikes) > 1 else spikes[0][None]


class SpikingNetwork(nn.Module):
    """The float twin of what ships: direct coding, LIF layers with BNTT, a summing readout."""

    def __init__(self, network: Network, surrogate: Surrogate = TRIANGLE) -> None:
        super().__init__()
        self.network = network
        self.hidden = nn.ModuleList(
            SpikingLayer(layer, network.timesteps, surrogate) for layer in network.spiking_layers
        )
        self.readout = new_weight(network.layers[-1])
        self.record_rates = False
        self.rates: list[Tensor] = []

    def spiking_layers(self) -> Iterator[SpikingLayer]:
        """The hidden layers, typed."""
        for module in self.hidden:
            assert isinstance(module, SpikingLayer)
            yield module

    def forward(self, images: Tensor) -> Tensor:
        """Readout sums (T, N, classes), one per timestep and not accumulated.

        `images` is (N, 3, H, W), or (T, N, 3, H, W) where the input changes with time. With
        `record_rates`, `rates` is then the spikes per pooled output and timestep of each layer.
        """
        x = images if images.dim() == 5 else images[None]
        rates: list[Tensor] = []
        for layer in self.spiking_layers():
            x = layer(x)
            if self.record_rates:
                rates.append(_mean(x))
        self.rates = rates
        sums = F.linear(x.flatten(2), self.readout.flatten(1))
        return sums.float()

    def weighted_rate(self) -> Tensor:
        """R of the last recorded rates, differentiable: what the synaptic work is proportional to.

        Sum over the layers l behind the first of (dense MACs of l) * (spikes per input of l,
        summed over T), over the dense MACs of all layers. Behind average pooling it is less than R,
        which counts an input that is not 0 as a whole one, whatever share of its window fired.
        """
        macs = [layer.dense_macs for layer in self.network.layers]
        shares = torch.tensor(macs[1:], device=self.rates[0].device) / sum(macs)
        return self.network.timesteps * (shares * torch.stack(self.rates)).sum()

    def last_rates(self) -> tuple[float, ...]:
        """The last recorded rate of each layer; empty where nothing was recorded."""
        return tuple(rate.item() for rate in self.rates)

    def clamp(self) -> None:
        """Keep thresholds and leaks in their ranges; call after every optimizer step."""
        for layer in self.spiking_layers():
            layer.lif.clamp()
