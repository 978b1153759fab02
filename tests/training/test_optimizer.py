from __future__ import annotations

import math

import pytest
import torch

from hwsim.network.vgg import VggShape, vgg
from hwsim.training.loop import autocast
from hwsim.training.optimizer import Muon, Rates, has_bfloat16, orthogonalize
from hwsim.training.spiking import SpikingNetwork


def test_orthogonalized_singular_values_are_near_one() -> None:
    torch.manual_seed(0)
    for shape in ((8, 30), (30, 8)):
        values = torch.linalg.svdvals(orthogonalize(torch.randn(shape), steps=6))
        assert values.min() > 0.5
        assert values.max() < 1.4


def test_a_step_keeps_the_norm_of_hidden_weights_and_moves_everything() -> None:
    torch.manual_seed(0)
    shape = VggShape("vgg9", width=0.0625, classifier=(8,))
    network = SpikingNetwork(vgg(shape, dataset="cifar10", classes=10, timesteps=2))
    before = {name: p.detach().clone() for name, p in network.named_parameters()}
    optimizer = Muon(network, Rates(0.05, 0.01, 0.1))
    network(torch.randn(8, 3, 32, 32)).square().sum().backward()
    optimizer.step(1.0)
    for name, parameter in network.named_parameters():
        assert not torch.equal(parameter, before[name]), name
        if parameter.dim() == 4 and name != "readout":
            assert math.isclose(parameter.norm().item(), math.sqrt(len(parameter)), rel_tol=1e-5)


@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float32])
def test_bfloat16_is_used_only_where_the_cpu_has_it(
    kind: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    has_bfloat16.cache_clear()
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: kind is torch.bfloat16)
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    cpu = torch.device("cpu")
    with autocast(cpu, enabled=True):
        assert torch.mm(torch.ones(2, 2), torch.ones(2, 2)).dtype is kind
    assert orthogonalize(torch.eye(4)).dtype is torch.float32
    rounded = torch.equal(orthogonalize(torch.eye(4)), orthogonalize(torch.eye(4)).bfloat16())
    assert rounded == (kind is torch.bfloat16)
    has_bfloat16.cache_clear()
