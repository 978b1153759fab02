"""The fast convolution against torch's own, in float64."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.network.graph import Layer
from hwsim.network.vgg import VggShape, vgg
from hwsim.training import winograd
from hwsim.training.spiking import SpikingNetwork, accumulate
from tests.training.gradients import sums_and_gradients, torchs

LAYER = vgg(VggShape("vgg16"), dataset="cifar10", classes=10, timesteps=1).layers[1]


def images(*shape: int, seed: int = 0) -> torch.Tensor:
    values = torch.randn(shape, generator=torch.Generator().manual_seed(seed))
    return values.contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(("size", "m"), [(1, 2), (2, 2), (3, 3), (4, 4), (6, 3), (8, 4), (32, 4)])
def test_the_tile_with_the_fewest_multiplications(size: int, m: int) -> None:
    assert winograd.best_tile(size) == m


@pytest.mark.parametrize("m", [2, 3, 4])
def test_the_transforms_are_a_filter_exactly(m: int) -> None:
    by = winograd.transforms(m)
    # G divides by whole numbers below 25, so every entry is a fraction with such a denominator.
    a, g, b = (
        [[Fraction(float(value)).limit_denominator(24) for value in row] for row in matrix]
        for matrix in (by.output[:, : m + 2], by.filters[:, :3], by.image[:, : m + 2])
    )
    for i in range(m):
        for pixel in range(m + 2):
            for tap in range(3):
                total = sum(a[i][k] * g[k][tap] * b[k][pixel] for k in range(m + 2))
                assert total == (pixel == i + tap)


@settings(max_examples=6, deadline=None)
@given(
    count=st.integers(1, 3),
    height=st.integers(1, 9),
    width=st.integers(1, 9),
    blocks=st.tuples(st.integers(1, 2), st.integers(1, 2)),
    chunk=st.sampled_from([1, 1 << 23]),
)
def test_sums_and_gradients_are_those_of_torch(
    count: int, height: int, width: int, blocks: tuple[int, int], chunk: int
) -> None:
    channels_in, channels_out = (64 * block for block in blocks)
    x = images(count, channels_in, height, width)
    weight = images(channels_out, channels_in, 3, 3, seed=1)
    gradient = images(count, channels_out, height, width, seed=2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(winograd, "_CHUNK_BYTES", chunk)
        found = sums_and_gradients(winograd.convolve, x, weight, gradient, torch.float32)
    right = sums_and_gradients(torchs, x, weight, gradient, torch.float64)
    for ours, exact in zip(found, right, strict=True):
        assert (ours - exact).abs().max() <= 3e-5 * exact.abs().max()


def test_it_is_deterministic() -> None:
    x, weight = images(8, 64, 12, 12), images(64, 64, 3, 3, seed=1)
    assert torch.equal(winograd.convolve(x, weight), winograd.convolve(x, weight))


def test_a_full_width_network_uses_it_and_others_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[tuple[int, ...]] = []

    def spy(x: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
        used.append(tuple(weight.shape))
        return torchs(x, weight)

    monkeypatch.setattr(winograd, "convolve", spy)
    with torch.no_grad():
        for width, calls in ((1.0, 12), (0.0625, 0)):
            used.clear()
            network = vgg(VggShape("vgg16", width), dataset="cifar10", classes=10, timesteps=1)
            SpikingNetwork(network)(torch.zeros(2, 3, 32, 32))
            assert len(used) == calls, width
        used.clear()
        accumulate(LAYER, torch.zeros(64, 64, 3, 3), torch.zeros(1, 64, 8, 8))
        assert used == [(64, 64, 3, 3)]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            accumulate(LAYER, torch.zeros(64, 64, 3, 3), torch.zeros(1, 64, 8, 8))
        for layer in other_layers():
            accumulate(layer, torch.zeros(64, 64, *layer.kernel), torch.zeros(1, 64, 8, 8))
        assert len(used) == 1


def other_layers() -> list[Layer]:
    def like(**changes: object) -> Layer:
        return replace(LAYER, in_shape=(64, 8, 8), pool=1, **changes)  # type: ignore[arg-type]

    return [
        like(kernel=(3, 3), stride=2, padding=1, out_shape=(64, 4, 4)),
        like(kernel=(3, 3), padding=0, out_shape=(64, 6, 6)),
        like(kernel=(1, 1), padding=0, out_shape=(64, 8, 8)),
    ]


def test_images_may_come_in_any_memory_order() -> None:
    x, weight = images(2, 64, 5, 5), images(64, 64, 3, 3, seed=1)
    plain = winograd.convolve(x.contiguous(), weight.contiguous())
    np.testing.assert_array_equal(plain.numpy(), winograd.convolve(x, weight).numpy())
