"""From a trained float network to the integers that ship."""

from __future__ import annotations

import numpy as np
import torch

from hwsim.network.fold import FloatNeurons, fold, tabulate
from hwsim.network.graph import Layer
from hwsim.network.parameters import InputScaling, LayerParameters, Neuron
from hwsim.network.quantise import quantise
from hwsim.training.bntt import EPS
from hwsim.training.spiking import SpikingLayer, SpikingNetwork


def to_integers(
    network: SpikingNetwork, scaling: InputScaling, *, bits: int = 8
) -> tuple[LayerParameters, ...]:
    """int8 weights and integer neurons of every layer, the readout last."""
    parameters: list[LayerParameters] = []
    step = scaling.step
    for layer in network.spiking_layers():
        weights, scales = quantise(_numpy(layer.weight), bits=bits)
        unit = scales.astype(np.float64) * step
        parameters.append(LayerParameters(weights, scales, _neurons(layer, unit)))
        step = _output_step(layer.layer)
    weights, scales = quantise(_numpy(network.readout), bits=bits, per_channel=False)
    parameters.append(LayerParameters(weights, scales, None))
    return tuple(parameters)


def float_neurons(layer: SpikingLayer) -> FloatNeurons:
    """The trained neurons of a layer, in float64."""
    bntt = layer.bntt
    gamma, mean, var = (
        _numpy(part).astype(np.float64)
        for part in (bntt.gamma, bntt.running_mean, bntt.running_var)
    )
    return FloatNeurons(gamma, mean, var, EPS, layer.lif.theta.item(), layer.lif.leak.item())


def _neurons(layer: SpikingLayer, unit: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Neuron:
    neurons = float_neurons(layer)
    return fold(neurons, unit) if layer.timesteps == 1 else tabulate(neurons, unit)


def _output_step(layer: Layer) -> float:
    """What one outgoing count is worth: averages are shipped as counts."""
    return 1.0 / layer.pool**2 if layer.pool_kind == "average" else 1.0


def _numpy(tensor: torch.Tensor) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    array: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = (
        tensor.detach().cpu().contiguous().numpy()
    )
    return array
