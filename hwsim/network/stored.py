"""Layer parameters as the plain tensors of a checkpoint file, and the checks on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from hwsim.errors import InvalidInput
from hwsim.network.fold import FloatNeurons
from hwsim.network.graph import Layer, Network
from hwsim.network.parameters import Compare, FixedPointLif, LayerParameters, Neuron, Requantise

_FLOATS = ("gamma", "mean", "var")
_LIF_SCALARS = ("leak", "leak_shift", "scale_shift", "fraction_bits", "membrane_bits")


def parameters_to_plain(parameters: LayerParameters) -> dict[str, Any]:
    """One layer as tensors, strings and numbers."""
    neuron = parameters.neuron
    plain: dict[str, Any]
    if neuron is None:
        plain = {"kind": "none"}
    elif isinstance(neuron, Compare):
        plain = {
            "kind": "compare",
            "threshold": torch.from_numpy(neuron.threshold.copy()),
            "sign": torch.from_numpy(neuron.sign.copy()),
        }
    elif isinstance(neuron, Requantise):
        plain = {
            "kind": "requantise",
            "multiplier": torch.from_numpy(neuron.multiplier.copy()),
            "bias": torch.from_numpy(neuron.bias.copy()),
            "shift": neuron.shift,
        }
    else:
        plain = {
            "kind": "fixed_point_lif",
            "scale": torch.from_numpy(neuron.scale.copy()),
            "bias": torch.from_numpy(neuron.bias.copy()),
            **{name: getattr(neuron, name) for name in _LIF_SCALARS},
        }
    return {
        "weights": torch.from_numpy(parameters.weights.copy()),
        "scales": torch.from_numpy(parameters.scales.copy()),
        "neuron": plain,
    }


def parameters_from_plain(plain: dict[str, Any]) -> LayerParameters:
    """What `parameters_to_plain` wrote; InvalidInput for a wrong type, KeyError for a gap."""
    return LayerParameters(
        _array(plain, "weights", np.int8),
        _array(plain, "scales", np.float32),
        _neuron(plain["neuron"]),
    )


def _neuron(plain: dict[str, Any]) -> Neuron:
    kind = plain["kind"]
    if kind == "none":
        return None
    if kind == "compare":
        return Compare(_array(plain, "threshold", np.int32), _array(plain, "sign", np.int8))
    if kind == "fixed_point_lif":
        scalars = {name: _integer(plain, name) for name in _LIF_SCALARS}
        return FixedPointLif(
            _array(plain, "scale", np.int32), _array(plain, "bias", np.int64), **scalars
        )
    if kind == "requantise":
        multiplier, bias = _array(plain, "multiplier", np.int32), _array(plain, "bias", np.int64)
        return Requantise(multiplier, bias, _integer(plain, "shift"))
    raise InvalidInput(f"neuron kind {kind!r} is unknown")


def _integer(plain: dict[str, Any], name: str) -> int:
    value = plain[name]
    if not isinstance(value, int):
        raise InvalidInput(f"neuron {name}: {value!r} is no integer")
    return value


def _array(plain: dict[str, Any], name: str, dtype: type[np.generic]) -> npt.NDArray[Any]:
    value = plain[name]
    if not isinstance(value, torch.Tensor):
        raise InvalidInput(f"{name}: a {type(value).__name__}, not a tensor")
    array: npt.NDArray[Any] = value.detach().numpy()
    if array.dtype != dtype:
        raise InvalidInput(f"{name}: {array.dtype} values, expected {np.dtype(dtype)}")
    return array


def trained_to_plain(neurons: FloatNeurons) -> dict[str, Any]:
    """The float neurons of one layer as tensors and numbers."""
    arrays = {name: torch.from_numpy(getattr(neurons, name).copy()) for name in _FLOATS}
    return {**arrays, "eps": neurons.eps, "theta": neurons.theta, "leak": neurons.leak}


def trained_from_plain(plain: dict[str, Any]) -> FloatNeurons:
    """What `trained_to_plain` wrote."""
    gamma, mean, var = (_array(plain, name, np.float64) for name in _FLOATS)
    return FloatNeurons(
        gamma, mean, var, float(plain["eps"]), float(plain["theta"]), float(plain["leak"])
    )


def check_trained(network: Network, trained: tuple[FloatNeurons, ...]) -> None:
    """Raise InvalidInput unless `trained` is empty or has the spiking layers of `network`."""
    if not trained:
        return
    shapes = [neurons.gamma.shape for neurons in trained]
    expected = [(network.timesteps, layer.out_shape[0]) for layer in network.spiking_layers]
    if shapes != expected:
        raise InvalidInput(f"trained neurons {shapes} do not belong to the network's {expected}")


def check_parameters(network: Network, parameters: tuple[LayerParameters, ...]) -> None:
    """Raise InvalidInput unless `parameters` are those of `network`, layer by layer."""
    if len(parameters) != len(network.layers):
        raise InvalidInput(
            f"{len(parameters)} layers of weights, network {network.name} has {len(network.layers)}"
        )
    if not 2 <= network.weight_bits <= 8:
        raise InvalidInput(f"weight_bits {network.weight_bits}: weights have 2 to 8 bits")
    for layer, entry in zip(network.layers, parameters, strict=True):
        _check_weights(layer, entry, network.weight_bits)
        if layer is network.layers[-1]:
            if entry.neuron is not None or len(np.unique(entry.scales)) != 1:
                raise InvalidInput(f"layer {layer.name}: a readout has no neuron and one scale")
        elif network.analog:
            _check_requantise(layer, entry.neuron)
        else:
            _check_neuron(layer, entry.neuron, network.timesteps)


def _check_weights(layer: Layer, entry: LayerParameters, bits: int) -> None:
    channels = layer.out_shape[0]
    expected = (channels, layer.in_shape[0], *layer.kernel)
    if entry.weights.shape != expected:
        raise InvalidInput(
            f"layer {layer.name}: weights {entry.weights.shape}, the network needs {expected}"
        )
    limit, low, high = 2 ** (bits - 1) - 1, int(entry.weights.min()), int(entry.weights.max())
    if low < -limit or high > limit:
        found = low if low < -limit else high
        raise InvalidInput(
            f"layer {layer.name}: a weight is {found}; {bits}-bit weights are -{limit} .. {limit}"
        )
    if entry.scales.shape != (channels,) or not (entry.scales > 0).all():
        raise InvalidInput(f"layer {layer.name}: needs {channels} scales > 0")


def _check_neuron(layer: Layer, neuron: Neuron, timesteps: int) -> None:
    channels = layer.out_shape[0]
    if isinstance(neuron, Compare):
        if timesteps != 1:
            raise InvalidInput(f"layer {layer.name}: a compare is for 1 timestep, not {timesteps}")
        if neuron.threshold.shape != (channels,) or neuron.sign.shape != (channels,):
            raise InvalidInput(f"layer {layer.name}: needs {channels} thresholds and signs")
        if not np.isin(neuron.sign, (-1, 1)).all():
            raise InvalidInput(f"layer {layer.name}: a sign is neither 1 nor -1")
    elif isinstance(neuron, FixedPointLif):
        _check_lif(layer, neuron, (timesteps, channels))
    else:
        raise InvalidInput(f"layer {layer.name}: a spiking layer without neurons")


def _check_requantise(layer: Layer, neuron: Neuron) -> None:
    shape = (layer.out_shape[0],)
    if not isinstance(neuron, Requantise):
        raise InvalidInput(f"layer {layer.name}: a hidden layer of an ANN without activations")
    if neuron.multiplier.shape != shape or neuron.bias.shape != shape:
        raise InvalidInput(f"layer {layer.name}: needs {shape[0]} multipliers and biases")
    if not 1 <= neuron.shift <= 61:
        raise InvalidInput(f"layer {layer.name}: shift {neuron.shift} is not in 1 .. 61")
    # With accumulators of 32 bits, product, bias and rounding together stay within 64 bits.
    if ((neuron.bias >= 2**61) | (neuron.bias <= -(2**61))).any():
        raise InvalidInput(f"layer {layer.name}: a bias is beyond 62 bits")


def _check_lif(layer: Layer, neuron: FixedPointLif, shape: tuple[int, int]) -> None:
    if neuron.scale.shape != shape or neuron.bias.shape != shape:
        raise InvalidInput(
            f"layer {layer.name}: scale {neuron.scale.shape} and bias {neuron.bias.shape} must "
            f"be (timesteps, channels) {shape}"
        )
    ranges = {
        "leak_shift": (1, 30),
        "scale_shift": (0, 30),
        "fraction_bits": (1, 30),
        "membrane_bits": (neuron.fraction_bits + 2, 32),
        "leak": (0, 2**neuron.leak_shift if 1 <= neuron.leak_shift <= 30 else 0),
    }
    for name, (low, high) in ranges.items():
        if not low <= getattr(neuron, name) <= high:
            raise InvalidInput(
                f"layer {layer.name}: {name} {getattr(neuron, name)} is not in {low} .. {high}"
            )
    # The drive must not overflow 64 bits for any accumulator of 32 bits.
    if np.abs(neuron.bias).max() >= 2**62:
        raise InvalidInput(f"layer {layer.name}: a bias is beyond 62 bits")
