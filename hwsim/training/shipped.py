"""Checkpoints as stages of a chain: their names, and the float networks that they came from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from hwsim.errors import InvalidInput
from hwsim.network.analog import as_analog
from hwsim.network.checkpoint import Checkpoint, load_checkpoint
from hwsim.network.graph import Network
from hwsim.network.parameters import LARGEST_ACTIVATION, LayerParameters, Requantise
from hwsim.training.analog import CLIP, AnalogNetwork
from hwsim.training.bntt import EPS
from hwsim.training.optimizer import TrainableNetwork
from hwsim.training.spike import Surrogate
from hwsim.training.spiking import SpikingNetwork


def load_shipped(path: Path, network: Network, surrogate: Surrogate) -> TrainableNetwork:
    """The float network of the checkpoint `path`, which must be of `network`, the graph that a
    recipe has for its stage (an ANN's too is that of the spiking layers). InvalidInput else.

    How it pools may differ, since no weight depends on it: it pools as when it was trained.
    """
    checkpoint = load_checkpoint(path)
    found = checkpoint.network
    network = _pooling_as(found, network)
    if found != (as_analog(network) if found.analog else network):
        raise InvalidInput(f"{path}: is of another network than the recipe's")
    if not found.analog and not checkpoint.trained:
        raise InvalidInput(f"{path}: keeps no float neurons, so no training can start from it")
    return restore(checkpoint, network, surrogate)


def _pooling_as(found: Network, network: Network) -> Network:
    """`network` with the kinds of pooling of `found`, where that has as many layers."""
    if len(found.layers) != len(network.layers):
        return network
    kinds = [layer.pool_kind for layer in found.layers]
    layers = (replace(a, pool_kind=kind) for a, kind in zip(network.layers, kinds, strict=True))
    return replace(network, layers=tuple(layers))


@torch.no_grad()
def restore(checkpoint: Checkpoint, network: Network, surrogate: Surrogate) -> TrainableNetwork:
    """The float network of `checkpoint`, for training as `network`.

    Weights are those that ship, integer times scale. BNTT, thresholds and leaks are the trained
    floats, which a spiking checkpoint keeps; an ANN's batch norm is what its integers stand for.
    """
    if checkpoint.network.analog:
        return _restore_analog(checkpoint, network)
    spiking = SpikingNetwork(network, surrogate)
    *hidden, readout = checkpoint.parameters
    for layer, parameters, neurons in zip(
        spiking.spiking_layers(), hidden, checkpoint.trained, strict=True
    ):
        layer.weight.copy_(_floats(parameters))
        layer.bntt.gamma.copy_(torch.from_numpy(neurons.gamma))
        layer.bntt.running_mean.copy_(torch.from_numpy(neurons.mean))
        layer.bntt.running_var.copy_(torch.from_numpy(neurons.var))
        layer.lif.theta.fill_(neurons.theta)
        layer.lif.leak.fill_(neurons.leak)
    spiking.readout.copy_(_floats(readout))
    return spiking


def _restore_analog(checkpoint: Checkpoint, network: Network) -> AnalogNetwork:
    analog = AnalogNetwork(network)
    *hidden, readout = checkpoint.parameters
    step, input_step = CLIP / LARGEST_ACTIVATION, checkpoint.input_scaling.step
    for layer, parameters in zip(analog.analog_layers(), hidden, strict=True):
        neuron, norm = parameters.neuron, layer.norm
        assert isinstance(neuron, Requantise)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        # What analog_integers of hwsim.training.export did, backwards, with unit variance.
        unit = parameters.scales.astype(np.float64) * input_step
        places = 2.0**neuron.shift
        layer.weight.copy_(_floats(parameters))
        norm.weight.copy_(torch.from_numpy(neuron.multiplier / places * step / unit))
        norm.bias.copy_(torch.from_numpy(neuron.bias / places * step))
        norm.running_mean.zero_()
        norm.running_var.fill_(1.0 - EPS)
        input_step = step
    analog.readout.copy_(_floats(readout))
    return analog


def _floats(parameters: LayerParameters) -> Tensor:
    scales = torch.from_numpy(parameters.scales)[:, None, None, None]
    return torch.from_numpy(parameters.weights).float() * scales
