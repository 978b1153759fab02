"""NeuroBench's metrics: against what the package itself measured, and by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwsim.actions import Action
from hwsim.activity import count
from hwsim.export.neurobench import VERSION, neurobench
from hwsim.mapping.digital import map_network
from hwsim.network.execute import run
from hwsim.network.parameters import Compare, LayerParameters
from hwsim.trace.record import traced
from hwsim.trace.store import Origin, SpikeTrace
from tests import toys
from tests.export.samples import CASES, checkpoint, pixels

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "neurobench.json").read_text())


def recorded(timesteps: int) -> tuple[SpikeTrace, tuple[LayerParameters, ...]]:
    whole, (images, labels) = checkpoint(timesteps), pixels()
    origin = Origin("random", "", None, "random")
    return traced(whole.network, origin, run(whole, images), labels), whole.parameters


@pytest.mark.parametrize("timesteps", CASES)
def test_the_numbers_of_the_package_itself(timesteps: int) -> None:
    expected: dict[str, Any] = GOLDEN["timesteps"][str(timesteps)]
    found = neurobench(*recorded(timesteps))
    assert GOLDEN["neurobench"] == VERSION
    assert sorted(found) == sorted(expected)
    operations = expected.pop("SynapticOperations")
    # An image's mean is a quotient of the same integers; NeuroBench's accuracy is a float32.
    assert found.pop("SynapticOperations") == pytest.approx(operations, rel=1e-15)
    assert found == pytest.approx(expected, rel=1e-7)


def parameters(net: Any) -> list[LayerParameters]:
    """Weights of 1, and a compare for every layer that fires."""
    found = []
    for layer in net.layers:
        channels = layer.out_shape[0]
        weights = np.ones((channels, layer.in_shape[0], *layer.kernel), np.int8)
        neuron = Compare(np.ones(channels, np.int32), np.ones(channels, np.int8))
        scales = np.ones(channels, np.float32)
        found.append(LayerParameters(weights, scales, neuron if layer.spiking else None))
    return found


def test_by_hand() -> None:
    """A corner and an edge pixel of a 3 x 3 map; a spike of two neurons; a weight that is zero."""
    net = toys.network(toys.conv("a", (1, 3, 3), 2), toys.conv("b", (2, 3, 3), 1, spiking=False))
    fired = np.zeros((1, 1, 3, 3, 2))
    fired[0, 0, 1, 1] = [1, 0]  # 9 taps
    fired[0, 0, 0, 0] = [1, 1]  # 4 taps each
    inputs = np.zeros((1, 1, 9), np.int8)
    inputs[0, 0, [0, 1]] = [5, -1]  # a corner with 4 taps, an edge with 6, at 2 channels each
    spikes = toys.trace(net, [fired], inputs)
    layers = parameters(net)
    layers[1].weights[0, 0, 1, 1] = 0  # one tap less for each of the two spikes of channel 0
    found = neurobench(spikes, layers)
    assert found["SynapticOperations"] == {
        "Effective_MACs": 2 * (4 + 6),
        "Effective_ACs": (9 - 1) + (4 - 1) + 4,
        "Dense": 49 * 2 + 49 * 2,
    }
    assert found["ActivationSparsity"] == 1 - 3 / 18
    assert found["ConnectionSparsity"] == round(1 / 36, 4)
    assert found["Footprint"] == 36 + 2 * 4 + 2


def test_an_image_of_ones_is_booked_as_accumulations() -> None:
    net = toys.network(toys.linear("a", 4, 2), toys.linear("b", 2, 3, spiking=False))
    spikes = toys.trace(net, [np.zeros((1, 1, 1, 1, 2))], np.array([[[1, 0, -1, 1]]], np.int8))
    operations = neurobench(spikes, parameters(net))["SynapticOperations"]
    assert (operations["Effective_MACs"], operations["Effective_ACs"]) == (0, 6)


def test_without_zero_weights_the_operations_are_those_that_the_chip_does() -> None:
    chip = toys.arch(tiles=(4, 4), neurons_max=4096)
    spikes, layers = recorded(3)
    whole = [LayerParameters(abs(p.weights) | 1, p.scales, p.neuron) for p in layers]
    done = count(spikes, map_network(spikes.network, chip), chip, "single").counts
    operations = neurobench(spikes, whole)["SynapticOperations"]
    assert operations["Effective_ACs"] * spikes.images == done[Action.SYNAPSE_OP].sum()


def test_an_unknown_label_is_no_accuracy() -> None:
    spikes, layers = recorded(1)
    spikes.labels[0] = -1
    assert neurobench(spikes, layers)["ClassificationAccuracy"] is None
