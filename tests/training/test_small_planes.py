"""Convolutions of small planes by fewer multiplications, against torch's own."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.network.vgg import VggShape, vgg
from hwsim.training import small_planes
from hwsim.training.spiking import accumulate
from tests.training.gradients import sums_and_gradients, torchs

LAYER = vgg(VggShape("vgg16"), dataset="cifar10", classes=10, timesteps=1).layers[12]


@settings(max_examples=20, deadline=None)
@given(
    count=st.integers(1, 3),
    height=st.integers(1, 4),
    width=st.integers(1, 4),
    channels=st.tuples(st.integers(1, 80), st.integers(1, 80)),
)
def test_sums_and_gradients_are_those_of_torch(
    count: int, height: int, width: int, channels: tuple[int, int]
) -> None:
    random = torch.Generator().manual_seed(0)

    def numbers(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=random).bfloat16().float()

    x, weight = numbers(count, channels[0], height, width), numbers(channels[1], channels[0], 3, 3)
    gradient = numbers(count, channels[1], height, width)
    ours_all, exact_all = (
        sums_and_gradients(convolve, x, weight, gradient, torch.float32)
        for convolve in (small_planes.convolve, torchs)
    )
    assert ours_all[0].dtype == torch.bfloat16
    terms = (9 * channels[0], 9 * channels[1], count * height * width)
    for ours, exact, number in zip(ours_all, exact_all, terms, strict=True):
        assert ours.shape == exact.shape
        # Numbers of deviation 1: a sum has sqrt(number), a rounding of bfloat16 2**-9 of it.
        error = (ours.float() - exact).square().mean().sqrt()
        assert error < 8 * 2**-9 * number**0.5


@pytest.mark.parametrize("size", [2, 4])
def test_sums_and_gradients_are_as_near_as_the_page_says(size: int) -> None:
    random = torch.Generator().manual_seed(0)
    shapes = (32, 128, size, size), (128, 128, 3, 3), (32, 128, size, size)
    numbers = [torch.randn(shape, generator=random).bfloat16().float() for shape in shapes]
    ours_all, exact_all = (
        sums_and_gradients(convolve, *numbers, torch.float32)
        for convolve in (small_planes.convolve, torchs)
    )
    for ours, exact in zip(ours_all, exact_all, strict=True):
        assert 0.004 < (ours.float() - exact).norm() / exact.norm() < 0.008


@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_a_pixel_through_whole_numbers_is_exact(size: int) -> None:
    for place in range(size * size):
        x = torch.zeros(1, 1, size, size)
        x.view(-1)[place] = 1.0
        weight = torch.arange(-4.0, 5.0).view(1, 1, 3, 3) * 4
        ours, exact = (
            sums_and_gradients(convolve, x, weight, x, torch.float32)
            for convolve in (small_planes.convolve, torchs)
        )
        for one, other in zip(ours, exact, strict=True):
            torch.testing.assert_close(one.float(), other, rtol=0, atol=0)


def test_small_planes_under_autocast_use_it_and_others_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    used: list[tuple[int, ...]] = []

    def spy(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        used.append(tuple(x.shape))
        return torchs(x, weight)

    monkeypatch.setattr(small_planes, "convolve", spy)
    weight, small, large = torch.zeros(8, 8, 3, 3), torch.zeros(2, 8, 4, 4), torch.zeros(2, 8, 4, 5)
    pixel = torch.zeros(2, 8, 1, 1)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        accumulate(LAYER, weight, small)
        assert used == [(2, 8, 4, 4)]
        accumulate(LAYER, weight, large)
        accumulate(LAYER, weight, pixel)
        accumulate(replace(LAYER, stride=2, pool=1, out_shape=(512, 1, 1)), weight, small)
    accumulate(LAYER, weight, small)
    assert len(used) == 1
