from __future__ import annotations

import numpy as np
import pytest
import torch

from hwsim.network.graph import Layer
from hwsim.training.bntt import BNTT, EPS
from hwsim.training.lif import LIF
from hwsim.training.spike import Surrogate, spike
from hwsim.training.spiking import SpikingLayer


def test_a_layer_is_its_equation_at_every_timestep() -> None:
    torch.manual_seed(0)
    steps, layer = 4, Layer("l", "linear", (6, 1, 1), (5, 1, 1), (1, 1))
    module = SpikingLayer(layer, steps, "triangle").eval()
    with torch.no_grad():
        module.bntt.gamma.copy_(torch.randn(steps, 5))
        module.bntt.running_mean.copy_(torch.randn(steps, 5))
        module.bntt.running_var.copy_(torch.rand(steps, 5))
        module.lif.theta.fill_(0.4)
        module.lif.leak.fill_(0.9)
        x = (torch.rand(steps, 7, 6, 1, 1) < 0.5).float()
        got = module(x)[..., 0, 0].numpy()
    weight = module.weight.detach().numpy()[:, :, 0, 0]
    gamma, mean, var = (
        part.detach().numpy()
        for part in (module.bntt.gamma, module.bntt.running_mean, module.bntt.running_var)
    )
    fired = 0
    for n in range(7):
        u = np.zeros(5)
        for t in range(steps):
            drive = weight @ x[t, n, :, 0, 0].numpy()
            u = 0.9 * u + gamma[t] * (drive - mean[t]) / np.sqrt(var[t] + EPS)
            s = u > 0.4
            u = u - 0.4 * s
            assert got[t, n].tolist() == s.tolist()
            fired += int(s.sum())
    assert 0 < fired < 7 * steps * 5


def test_bntt_keeps_statistics_of_each_timestep_apart() -> None:
    bntt = BNTT(2, 3, momentum=1.0).train()
    early, late = torch.randn(64, 3), torch.randn(64, 3) * 5 + 2
    bntt(early, 0)
    out = bntt(late, 1)
    assert torch.allclose(bntt.running_mean, torch.stack([early.mean(0), late.mean(0)]), atol=1e-6)
    assert torch.allclose(bntt.running_var[1], late.var(0), rtol=1e-5)
    assert torch.allclose(out.mean(0), torch.zeros(3), atol=1e-5)


def test_or_pool_fires_where_any_neuron_does_and_sends_the_gradient_to_the_largest() -> None:
    u = torch.tensor([[0.2, 1.4, -3.0, 0.1], [1.2, 0.9, 0.0, 0.6]], requires_grad=True)
    pooled = LIF().fire(u[None, None], pool=2)
    assert pooled.flatten().tolist() == [1.0, 0.0]
    pooled.sum().backward()
    # The triangle at u = 1.4 is 0.6, at u = 0.6 it is 0.6; all others get nothing.
    expected = torch.tensor([[0.0, 0.6, 0.0, 0.0], [0.0, 0.0, 0.0, 0.6]])
    assert u.grad is not None
    assert torch.allclose(u.grad, expected)


def test_average_pool_counts_the_spikes() -> None:
    u = torch.tensor([[2.0, 2.0], [0.0, 2.0]])[None, None]
    assert LIF().fire(u, pool=2, kind="average").item() == 0.75


@pytest.mark.parametrize(
    ("surrogate", "slope"),
    [
        (Surrogate(), 0.25),
        (Surrogate("box"), 0.5),
        (Surrogate("triangle", 2.0), 0.3125),
        (Surrogate("triangle", 0.5), 0.0),
        (Surrogate("box", 2.0), 0.25),
        (Surrogate("box", 0.7), 0.0),
    ],
)
def test_surrogate_slopes(surrogate, slope) -> None:  # type: ignore[no-untyped-def]
    u = torch.tensor([0.5, 7.0, 2.0], requires_grad=True)
    theta = torch.tensor(2.0, requires_grad=True)
    fired = spike(u, theta, surrogate)
    assert fired.tolist() == [0.0, 1.0, 0.0], "strictly above the threshold"
    fired[0].backward()
    assert u.grad is not None
    assert theta.grad is not None
    assert u.grad.tolist() == pytest.approx([slope / 2, 0, 0])
    assert theta.grad.item() == pytest.approx(-slope / 2 * 0.5 / 2)


def test_leak_and_threshold_stay_in_range() -> None:
    lif = LIF()
    with torch.no_grad():
        lif.leak.fill_(1.3)
        lif.theta.fill_(-1.0)
    lif.clamp()
    assert lif.leak.item() == 1.0
    assert lif.theta.item() > 0
