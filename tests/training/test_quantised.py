"""Rounded weights: those of the export, a straight-through gradient, and few-bit checkpoints."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from hwsim.errors import InvalidInput
from hwsim.network.execute import run
from hwsim.network.quantise import quantise
from hwsim.network.stored import check_parameters
from hwsim.training.export import to_integers
from hwsim.training.quantised import quantised_weights, rounded
from tests.network.nets import SCALING, random_checkpoint, random_images, random_network


@pytest.mark.parametrize("bits", [8, 6, 4, 2])
@pytest.mark.parametrize("per_channel", [True, False])
def test_rounded_is_what_ships(bits: int, per_channel: bool) -> None:
    torch.manual_seed(bits)
    weight = torch.randn(7, 3, 3, 3) * torch.logspace(-3, 2, 7)[:, None, None, None]
    weight[2] = 0
    integers, scales = quantise(weight.numpy(), bits=bits, per_channel=per_channel)
    expected = integers * scales[:, None, None, None]
    np.testing.assert_array_equal(rounded(weight, bits, per_channel=per_channel).numpy(), expected)


def test_the_gradient_passes_straight_through() -> None:
    network = random_network(2).train()
    network.network = replace(network.network, weight_bits=4)
    images, before = torch.randn(4, 3, 32, 32), network.readout.detach().clone()
    layer = next(network.spiking_layers())
    first = layer.weight.detach().clone()
    with quantised_weights(network):
        at = layer.weight.detach().clone()
        torch.autograd.backward(network(images).square().sum())
        assert all(len(channel.unique()) <= 15 for channel in at)
    assert torch.equal(layer.weight, first), "the float weights are back"
    assert torch.equal(network.readout, before)
    with torch.no_grad():
        layer.weight.copy_(at)
        network.readout.copy_(rounded(before, 4, per_channel=False))
        for other in list(network.spiking_layers())[1:]:
            other.weight.copy_(rounded(other.weight, 4))
    through = layer.weight.grad
    network.zero_grad()
    torch.autograd.backward(network(images).square().sum())
    torch.testing.assert_close(through, layer.weight.grad)


@pytest.mark.parametrize("bits", [6, 4])
def test_a_network_of_few_bits_ships_and_runs(bits: int) -> None:
    network = random_network(2)
    network.network = replace(network.network, weight_bits=bits)
    parameters = to_integers(network, SCALING)
    limit = 2 ** (bits - 1) - 1
    assert {int(np.abs(layer.weights).max()) for layer in parameters} == {limit}
    check_parameters(network.network, parameters)
    checkpoint = replace(
        random_checkpoint(2), network=network.network, parameters=parameters, trained=()
    )
    assert all(spikes.any() for spikes in run(checkpoint, random_images(2)).spikes)
    with pytest.raises(InvalidInput, match=rf"a weight is -?{limit}; 3-bit weights are -3 \.\. 3"):
        check_parameters(replace(network.network, weight_bits=3), parameters)
    with pytest.raises(InvalidInput, match="weight_bits 9: weights have 2 to 8 bits"):
        check_parameters(replace(network.network, weight_bits=9), parameters)
