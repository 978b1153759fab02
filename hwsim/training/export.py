"""From a trained float network to the integers that ship."""

from __future__ import annotations

import numpy as np
import torch

from hwsim.network.fold import FloatNeurons, fold, tabulate
from hwsim.network.graph import Layer
from hwsim.network.parameters import (
    LARGEST_ACTIVATION,
    InputScaling,
    LayerParameters,
    Neuron,
    Requantise,
)
from hwsim.network.quantise import quantise
from hwsim.network.requantise import requantise
from hwsim.training.analog import CLIP, AnalogLayer, AnalogNetwork
from hwsim.training.bntt import EPS
from hwsim.training.spiking import SpikingLayer, SpikingNetwork


def to_integers(network: SpikingNetwork, scaling: InputScaling) -> tuple[LayerParameters, ...]:
    """Integer weights, of the network's `weight_bits`, and neurons; the readout last."""
    parameters: list[LayerParameters] = []
    bits = network.network.weight_bits
    step = scaling.step if network.network.coding == "direct" else 1.0
    for layer in network.spiking_layers():
        weights, scales = quantise(_numpy(layer.weight), bits=bits)
        unit = scales.astype(np.float64) * step
        parameters.append(LayerParameters(weights, scales, _neurons(layer, unit)))
        step = _output_step(layer.layer)
    weights, scales = quantise(_numpy(network.readout), bits=bits, per_channel=False)
    parameters.append(LayerParameters(weights, scales, None))
    return tuple(parameters)


def analog_integers(network: AnalogNetwork, scaling: InputScaling) -> tuple[LayerParameters, ...]:
    """int8 weights and activations of every layer of the ANN, the readout last.

    Rounded are the weights (one scale per output channel), batch norm's multiplier and bias
    (`requantise`) and each activation, to a whole number of steps of CLIP / LARGEST_ACTIVATION;
    the clip at CLIP falls on the largest.
    """
    parameters: list[LayerParameters] = []
    bits, step = network.network.weight_bits, scaling.step
    for layer in network.analog_layers():
        weights, scales = quantise(_numpy(layer.weight), bits=bits)
        unit = scales.astype(np.float64) * step
        parameters.append(LayerParameters(weights, scales, _activations(layer, unit)))
        step = CLIP / LARGEST_ACTIVATION
    weights, scales = quantise(_numpy(network.readout), bits=bits, per_channel=False)
    parameters.append(LayerParameters(weights, scales, None))
    return tuple(parameters)


def _activations(
    layer: AnalogLayer, unit: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> Requantise:
    """Batch norm in float64, in steps of the activation, where one count is worth `unit`."""
    norm, step = layer.norm, CLIP / LARGEST_ACTIVATION
    assert norm.running_mean is not None
    assert norm.running_var is not None
    gamma, beta, mean, var = (
        _numpy(part).astype(np.float64)
        for part in (norm.weight, norm.bias, norm.running_mean, norm.running_var)
    )
    gain = gamma / np.sqrt(var + norm.eps)
    return requantise(gain * unit / step, (beta - gain * mean) / step)


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
