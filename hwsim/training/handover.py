"""From one stage of the chain to the next: ANN to T timesteps, T + 1 timesteps to T, T on."""

from __future__ import annotations

import torch

from hwsim.network.graph import Network
from hwsim.training.analog import CLIP, AnalogNetwork
from hwsim.training.spike import TRIANGLE, Surrogate
from hwsim.training.spiking import SpikingNetwork

_MIN_DISTANCE = 0.1
"""A channel whose shift all but reaches its threshold keeps this much of the way to it."""


@torch.no_grad()
def from_analog(
    analog: AnalogNetwork, network: Network, surrogate: Surrogate = TRIANGLE
) -> SpikingNetwork:
    """A spiking network that at its first timestep fires where the ANN exceeds CLIP / 2.

    BNTT has no shift, and needs none: with theta = CLIP / 2 and theta > beta,

        gamma * xhat + beta > theta  <=>  (gamma * theta / (theta - beta)) * xhat > theta

    The amplitude CLIP of a spike is absorbed by the next layer's batch norm, whose running
    statistics start anew.
    """
    spiking = SpikingNetwork(network, surrogate)
    theta = CLIP / 2
    for source, target in zip(analog.analog_layers(), spiking.spiking_layers(), strict=True):
        target.weight.copy_(source.weight)
        distance = ((theta - source.norm.bias) / theta).clamp(min=_MIN_DISTANCE)
        target.bntt.gamma.copy_((source.norm.weight / distance).expand_as(target.bntt.gamma))
        target.lif.theta.fill_(theta)
    spiking.readout.copy_(analog.readout * CLIP)
    return spiking


@torch.no_grad()
def from_longer(
    longer: SpikingNetwork, network: Network, surrogate: Surrogate = TRIANGLE
) -> SpikingNetwork:
    """Weights, thresholds, leaks and BNTT of a longer network, without its last timesteps."""
    steps = network.timesteps
    shorter = SpikingNetwork(network, surrogate)
    kept = {
        name: value[:steps] if ".bntt." in name else value
        for name, value in longer.state_dict().items()
    }
    shorter.load_state_dict(kept)
    return shorter


@torch.no_grad()
def from_earlier(
    earlier: AnalogNetwork | SpikingNetwork, network: Network, surrogate: Surrogate = TRIANGLE
) -> AnalogNetwork | SpikingNetwork:
    """The same stage trained further, with the pooling of `network`: all else stays."""
    if isinstance(earlier, SpikingNetwork):
        return from_longer(earlier, network, surrogate)
    analog = AnalogNetwork(network)
    analog.load_state_dict(earlier.state_dict())
    return analog
