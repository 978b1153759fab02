"""The artificial network beside the spiking ones: its graph, and where it has no place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hwsim.errors import UsageError
from hwsim.network.graph import Network


def as_analog(network: Network) -> Network:
    """The ANN of the layers of a spiking network with hidden layers."""
    layers = tuple(replace(layer, spiking=False) for layer in network.layers)
    return replace(network, layers=layers, timesteps=1, coding="direct")


def refuse_analog(network: Network, where: Path | str) -> None:
    """Raise UsageError where `network`, which `where` names, is an ANN: spikes are needed."""
    if network.analog:
        raise UsageError(
            f"{where} is an ANN: it sends activations, not spikes, so there is nothing to trace "
            "or to map; use it with hwsim eval, or as compare's baseline"
        )
