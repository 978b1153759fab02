"""Convolutions of small planes as one product, against torch's own."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.network.vgg import VggShape, vgg
from hwsim.training import columns
from hwsim.training.spiking import accumulate
from tests.training.gradients import sums_and_gradients, torchs

LAYER = vgg(VggShape("vgg16"), dataset="cifar10", classes=10, timesteps=1).layers[12]


def whole_numbers(*shape: int, seed: int) -> torch.Tensor:
    """-2 to 2: bfloat16 holds their products, and small sums of them, exactly."""
    return torch.randint(-2, 3, shape, generator=torch.Generator().manual_seed(seed)).float()


@settings(max_examples=12, deadline=None)
@given(
    count=st.integers(1, 3),
    height=st.integers(1, 4),
    width=st.integers(1, 4),
    channels=st.tuples(st.integers(1, 5), st.integers(1, 5)),
)
def test_sums_and_gradients_are_those_of_torch(
    count: int, height: int, width: int, channels: tuple[int, int]
) -> None:
    x = whole_numbers(count, channels[0], height, width, seed=0)
    weight = whole_numbers(channels[1], channels[0], 3, 3, seed=1)
    gradient = whole_numbers(count, channels[1], height, width, seed=2)
    ours_all, exact_all = (
        sums_and_gradients(convolve, x, weight, gradient, torch.float32)
        for convolve in (columns.convolve, torchs)
    )
    assert ours_all[0].dtype == torch.bfloat16
    for ours, exact in zip(ours_all, exact_all, strict=True):
        # At most 5 * 9 products of up to 4: 180, below the 256 that bfloat16 counts to.
        torch.testing.assert_close(ours.float(), exact, rtol=0, atol=0)


def test_small_planes_under_autocast_use_it_and_others_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    used: list[tuple[int, ...]] = []

    def spy(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        used.append(tuple(x.shape))
        return torchs(x, weight)

    monkeypatch.setattr(columns, "convolve", spy)
    weight, small, large = torch.zeros(8, 8, 3, 3), torch.zeros(2, 8, 4, 4), torch.zeros(2, 8, 4, 5)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        accumulate(LAYER, weight, small)
        assert used == [(2, 8, 4, 4)]
        accumulate(LAYER, weight, large)
        accumulate(replace(LAYER, stride=2, pool=1, out_shape=(512, 1, 1)), weight, small)
    accumulate(LAYER, weight, small)
    assert len(used) == 1
