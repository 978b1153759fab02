from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.errors import InvalidInput
from hwsim.network.checkpoint import load_checkpoint
from hwsim.network.execute import run
from hwsim.network.fold import FloatNeurons, fold, tabulate
from hwsim.network.parameters import NEVER
from hwsim.training.sample import load_sample
from tests.network.nets import random_checkpoint, random_images
from tests.network.unfolded import spikes_of

TRAINED = Path(__file__).parents[2] / "trained"


def neurons(gamma, mean, var, theta=1.0, eps=1e-4, leak=1.0):  # type: ignore[no-untyped-def]
    arrays = (np.atleast_2d(np.array(part, dtype=np.float64)) for part in (gamma, mean, var))
    return FloatNeurons(*arrays, eps=eps, theta=theta, leak=leak)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), spread=st.sampled_from([0.01, 1.0, 30.0]))
def test_fold_fires_where_unfolded_batch_norm_does(seed: int, spread: float) -> None:
    random = np.random.default_rng(seed)
    channels = 8
    trained = neurons(
        random.normal(0, 1, channels),
        random.normal(0, spread, channels),
        random.exponential(spread, channels),
        theta=random.uniform(0.05, 3),
    )
    unit = random.uniform(1e-4, 1e-1, channels)
    compare = fold(trained, unit)
    # Every integer around each threshold, where a wrong rounding would show, and far ones.
    near = compare.threshold.astype(np.int64) * compare.sign
    acc = np.concatenate(
        [near + np.arange(-40, 41)[:, None], random.integers(-9999, 9999, (99, 8))]
    )
    u = trained.gamma[0] * (acc * unit - trained.mean[0]) / np.sqrt(trained.var[0] + trained.eps)
    assert np.array_equal(compare.sign * acc >= compare.threshold, u > trained.theta)


def test_equal_to_the_threshold_does_not_fire() -> None:
    # var + eps = 4, so u = 1 * (acc - 3) / 2 is exactly theta = 1 at acc = 5.
    compare = fold(neurons([1, -1], [3, -3], [3.75, 3.75], eps=0.25), np.ones(2))
    assert compare.threshold.tolist() == [6, 6]
    assert compare.sign.tolist() == [1, -1]


def test_a_channel_with_gamma_zero_never_fires_and_a_tiny_gamma_saturates() -> None:
    compare = fold(neurons([0, 1e-30, 1], [0, 0, -1e30], [1, 1, 1]), np.ones(3))
    assert compare.threshold.tolist() == [NEVER, NEVER, np.iinfo(np.int32).min]


def test_fold_refuses_several_timesteps_and_impossible_neurons() -> None:
    two = neurons([[1], [1]], [[0], [0]], [[1], [1]])
    with pytest.raises(InvalidInput, match="one timestep"):
        fold(two, np.ones(1))
    with pytest.raises(InvalidInput, match="threshold 0"):
        neurons(1, 0, 1, theta=0)
    with pytest.raises(InvalidInput, match="finite"):
        neurons(np.nan, 0, 1)


def test_table_by_hand() -> None:
    # sigma = 2, theta = 0.5: u / theta = 3 * (acc * 0.25 - 1) / 2 / 0.5 = 0.75 acc - 3.
    table = tabulate(
        neurons([[3.0]], [[1.0]], [[3.75]], theta=0.5, eps=0.25, leak=0.5), np.array([0.25])
    )
    assert table.scale.tolist() == [[int(0.75 * 2**28)]]
    assert table.bias.tolist() == [[-3 * 2**28]]
    assert (table.leak, table.leak_shift, table.fraction_bits) == (2**14, 15, 12)


def test_a_large_scale_lowers_the_shift_instead_of_overflowing() -> None:
    table = tabulate(neurons([[1.0]], [[0.0]], [[0.0]]), np.array([1.0]))
    assert table.scale_shift < 16
    assert table.scale[0, 0] == pytest.approx(100 * 2 ** (12 + table.scale_shift))
    with pytest.raises(InvalidInput, match="thresholds"):
        tabulate(neurons([[1.0]], [[0.0]], [[0.0]]), np.array([1e5]))


def test_one_timestep_is_bit_exact_in_every_layer() -> None:
    checkpoint, images = random_checkpoint(1), random_images(6)
    expected, readout = spikes_of(checkpoint, images)
    execution = run(checkpoint, images)
    for layer, (got, want) in enumerate(zip(execution.spikes, expected, strict=True)):
        assert 0.01 < want.mean() < 0.9, f"layer {layer} proves nothing"
        assert np.array_equal(got.numpy(), want)
    assert np.array_equal(execution.readout.numpy(), readout)


def test_fixed_point_follows_the_float_neurons() -> None:
    checkpoint, images = random_checkpoint(3), random_images(4)
    first = run(checkpoint, images).spikes[0].numpy()
    expected = spikes_of(checkpoint, images)[0][0]
    # Later layers see other inputs once a spike differs; the first one has the same.
    assert (first != expected).mean() < 1e-3


def test_the_shipped_network_is_bit_exact_on_real_images() -> None:
    checkpoint = load_checkpoint(TRAINED / "vgg16_t1.pt")
    images = load_sample(TRAINED / "cifar10_sample.npz").pixels[:6]
    expected, readout = spikes_of(checkpoint, images)
    execution = run(checkpoint, images)
    assert len(expected) == 15
    for got, want in zip(execution.spikes, expected, strict=True):
        assert np.array_equal(got.numpy(), want)
    assert np.array_equal(execution.readout.numpy(), readout)
