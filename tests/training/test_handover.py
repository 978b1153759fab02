from __future__ import annotations

import torch

from hwsim.network.vgg import VggShape, vgg
from hwsim.training.analog import CLIP, AnalogNetwork
from hwsim.training.handover import from_analog, from_longer
from hwsim.training.spiking import SpikingNetwork


def graph(timesteps: int):  # type: ignore[no-untyped-def]
    shape = VggShape("vgg9", width=0.0625, classifier=(8,))
    return vgg(shape, dataset="cifar10", classes=10, timesteps=timesteps)


def test_the_shift_of_the_ann_goes_into_gamma_exactly() -> None:
    torch.manual_seed(1)
    analog = AnalogNetwork(graph(1))
    first = next(analog.analog_layers())
    with torch.no_grad():
        first.norm.weight.copy_(torch.rand_like(first.norm.weight) + 0.5)
        first.norm.bias.copy_(torch.randn_like(first.norm.bias) * 0.4)
    spiking = from_analog(analog, graph(3))
    layer = next(spiking.spiking_layers())
    x = torch.randn(16, 3, 32, 32)
    with torch.no_grad():
        first.train()
        sums = torch.nn.functional.conv2d(x, first.weight, padding=1)
        expected = first.norm(sums) > CLIP / 2
        layer.train()
        got = layer(x[None])[0] > 0
    assert 0.02 < expected.float().mean() < 0.5
    assert (expected != got).float().mean() < 1e-4, "only rounding at the threshold may differ"
    assert torch.equal(spiking.readout, analog.readout * CLIP)


def test_a_shorter_network_is_the_beginning_of_the_longer() -> None:
    torch.manual_seed(2)
    longer = SpikingNetwork(graph(3))
    with torch.no_grad():
        for layer in longer.spiking_layers():
            layer.bntt.gamma.normal_(1, 0.3)
            layer.bntt.running_mean.normal_()
            layer.lif.theta.fill_(0.7)
            layer.lif.leak.fill_(0.8)
    # In float64, since a convolution may add in another order where there are more timesteps, and
    # in float32 that is enough to move a membrane across its threshold.
    shorter = from_longer(longer, graph(2)).double().eval()
    longer.double().eval()
    images = torch.randn(4, 3, 32, 32, dtype=torch.float64)
    with torch.no_grad():
        torch.testing.assert_close(longer(images)[:2], shorter(images))
