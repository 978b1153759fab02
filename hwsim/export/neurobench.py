"""NeuroBench's metrics of a network on images, by NeuroBench's definitions (version 2.3.0).

They are of the network, whatever the chip. NeuroBench hooks a torch model; here the same sums come
from the trace and the weights, as integers:

* `Footprint`: bytes of parameters and buffers: the int8 weights and the neurons' constants, each
  as wide as it is stored. The float scales of the weights are not in it: no integer needs them,
* `ConnectionSparsity`: weights that are zero / weights, to 4 digits,
* `ClassificationAccuracy`: images whose prediction is their label, a fraction; null where a label
  is unknown,
* `ActivationSparsity`: 1 - spikes / (neurons x timesteps x images), over all layers that fire,
  before pooling,
* `SynapticOperations`, each a mean of an image over all timesteps: a value that is not zero, at a
  weight that is not zero, on a tap inside the image, is an AC where all values that the layer gets
  are -1, 0 or 1, and a MAC otherwise (behind average pooling always). `Dense` counts zeros too. A
  layer with the same input in every timestep is counted in every timestep, as its torch module
  is called in each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from hwsim.activity.firing import pooled, unpack
from hwsim.network.graph import Layer
from hwsim.network.parameters import Compare, FixedPointLif, LayerParameters, Neuron
from hwsim.trace.parts import Parts
from hwsim.trace.store import SpikeTrace

Ints = npt.NDArray[np.int64]

VERSION = "2.3.0"
"""Of the package whose definitions these are."""
CHUNK = 64
"""Images that are looked at together."""


def neurobench(trace: Parts, parameters: Sequence[LayerParameters]) -> dict[str, Any]:
    """NeuroBench's key -> value, as plain JSON values; `parameters` are those of the trace's
    network, layer by layer."""
    network, images = trace.network, trace.images
    weights = [entry.weights for entry in parameters]
    reach = [_reach(layer, w) for layer, w in zip(network.layers, weights, strict=True)]
    effective = np.zeros(len(reach), np.int64)
    graded = np.array([False, *(layer.graded for layer in network.layers[:-1])])
    spikes, known, correct = 0, True, 0
    for first in range(0, images, CHUNK):
        part = trace.part(first, min(first + CHUNK, images))
        spikes += sum(int(np.bitwise_count(bits).sum()) for bits in part.spikes)
        known &= bool((part.labels >= 0).all())
        correct += int((part.labels == part.predictions).sum())
        for number, values in enumerate(_inputs(part)):
            effective[number] += int(
                ((values != 0).sum(axis=0, dtype=np.int64) * reach[number]).sum()
            )
            graded[number] |= bool(((values < -1) | (values > 1)).any())
    repeats = [_repeats(trace, number) for number in range(len(reach))]
    effective *= np.array(repeats)
    neurons = sum(layer.neurons for layer in network.spiking_layers)
    zeros, all_weights = (
        sum(int(f(w)) for w in weights) for f in (lambda w: (w == 0).sum(), np.size)
    )
    return {
        "Footprint": sum(w.nbytes for w in weights) + sum(_bytes(e.neuron) for e in parameters),
        "ConnectionSparsity": round(zeros / all_weights, 4),
        "ClassificationAccuracy": correct / images if known else None,
        "ActivationSparsity": float(1 - Fraction(spikes, neurons * network.timesteps * images)),
        "SynapticOperations": {
            "Effective_MACs": int(effective[graded].sum()) / images,
            "Effective_ACs": int(effective[~graded].sum()) / images,
            "Dense": float(sum(layer.macs for layer in network.layers) * network.timesteps),
        },
    }


def _reach(layer: Layer, weights: npt.NDArray[np.int8]) -> Ints:
    """(height, width, channels) of the layer's input: the weights that are not zero at which a
    value is used."""
    channels, height, width = layer.in_shape
    _, rows, columns = layer.out_shape
    present = np.count_nonzero(weights, axis=0)
    padded = np.zeros((height + 2 * layer.padding, width + 2 * layer.padding, channels), np.int64)
    for y in range(layer.kernel[0]):
        for x in range(layer.kernel[1]):
            down, right = ((n - 1) * layer.stride + 1 for n in (rows, columns))
            padded[y : y + down : layer.stride, x : x + right : layer.stride] += present[:, y, x]
    edge = layer.padding
    return padded[edge : edge + height, edge : edge + width]


def _inputs(part: SpikeTrace) -> Iterator[npt.NDArray[np.int8]]:
    """What each layer gets, (images x timesteps, height, width, channels)."""
    network = part.network
    channels, height, width = network.input_shape
    yield part.inputs.reshape(-1, height, width, channels)
    for layer, bits in zip(network.spiking_layers, part.spikes, strict=True):
        fired = unpack(bits.reshape(-1, bits.shape[-1]), layer)
        yield pooled(fired, layer).view(np.int8)


def _repeats(trace: Parts, number: int) -> int:
    """How often what `_inputs` gives once happens: an image that is the same in every timestep is
    stored once."""
    stored_once = number == 0 and trace.part(0, 1).inputs.shape[1] == 1
    return trace.network.timesteps if stored_once else 1


def _bytes(neuron: Neuron) -> int:
    match neuron:
        case Compare():
            return neuron.threshold.nbytes + neuron.sign.nbytes
        case FixedPointLif():
            return neuron.scale.nbytes + neuron.bias.nbytes
    return 0
