"""Synthetic spikes: one neuron a firing window, at the rate asked for, reproducible by image."""

import numpy as np
import pytest

from hwsim.network.vgg import VggShape, vgg
from hwsim.trace.synthetic import synthetic_trace
from tests import toys

SMALL = toys.network(
    toys.conv("a", (2, 8, 8), 5, pool=2),
    toys.conv("b", (5, 4, 4), 3, pool=4),
    toys.linear("c", 3, 2, spiking=False),
    timesteps=2,
)


def windows(trace, layer: int) -> np.ndarray:
    """How many neurons fire in each pooling window: (N, T, height, width, channels)."""
    pool = trace.network.layers[layer].pool
    fired = np.array(
        [
            [trace.fired(n, t, layer) for t in range(trace.network.timesteps)]
            for n in range(trace.images)
        ]
    )
    n, t, height, width, channels = fired.shape
    blocks = fired.reshape(n, t, height // pool, pool, width // pool, pool, channels)
    return blocks.sum(axis=(3, 5))


@pytest.mark.parametrize("layer", [0, 1])
def test_at_most_one_neuron_of_a_window_fires(layer: int) -> None:
    assert (windows(synthetic_trace(SMALL, 1.0, 2, 0), layer) == 1).all()
    assert not windows(synthetic_trace(SMALL, 0.0, 2, 0), layer).any()
    assert set(np.unique(windows(synthetic_trace(SMALL, 0.5, 4, 0), layer))) == {0, 1}


def test_every_neuron_of_a_window_has_its_turn() -> None:
    trace = synthetic_trace(SMALL, 1.0, 8, 1)
    fired = np.mean([trace.fired(n, 0, 0) for n in range(8)], axis=(0, 3))
    assert fired.min() > 0.0
    assert abs(fired.mean() - 0.25) < 1e-12


def test_images_do_not_depend_on_how_many_there_are() -> None:
    few, many = synthetic_trace(SMALL, 0.3, 1, 7), synthetic_trace(SMALL, 0.3, 3, 7)
    assert (few.inputs == many.inputs[:1]).all()
    assert all((a == b[:1]).all() for a, b in zip(few.spikes, many.spikes, strict=True))
    assert (many.spikes[0][0] != many.spikes[0][1]).any()
    assert (synthetic_trace(SMALL, 0.3, 1, 8).spikes[0] != few.spikes[0]).any()


def test_the_rate_holds_on_the_pooled_grid_of_every_layer() -> None:
    network = vgg(VggShape(width=0.25), dataset="none", classes=10, timesteps=1)
    trace = synthetic_trace(network, 0.1, 2, 0)
    for number, layer in enumerate(network.spiking_layers):
        size = 2 * np.prod(layer.pooled_shape)
        tolerance = 5 * (0.09 / size) ** 0.5
        assert abs(windows(trace, number).mean() - 0.1) < tolerance, layer.name


def test_it_says_that_it_is_synthetic() -> None:
    trace = synthetic_trace(SMALL, 0.25, 2, 3)
    assert trace.origin.file == "synthetic"
    assert trace.origin.images == "synthetic, rate 0.25 on the pooled grid, seed 3"
    assert trace.origin.test_accuracy_percent is None
    assert trace.labels.tolist() == [-1, -1]
    assert trace.origin.sha256 != synthetic_trace(SMALL, 0.25, 2, 4).origin.sha256
    with pytest.raises(ValueError, match=r"rate 1\.5 is not a probability"):
        synthetic_trace(SMALL, 1.5, 1, 0)
