from __future__ import annotations

import numpy as np

from hwsim.network.quantise import quantise


def test_each_channel_uses_the_whole_range() -> None:
    weights = np.array([[0.5, -1.0, 0.25], [4.0, 0.0, -0.01]], np.float32).reshape(2, 3, 1, 1)
    integers, scales = quantise(weights)
    assert integers.reshape(2, 3).tolist() == [[64, -127, 32], [127, 0, 0]]
    assert np.allclose(scales, [1 / 127, 4 / 127])


def test_one_scale_for_a_layer_and_fewer_bits() -> None:
    weights = np.array([0.5, 2.0], np.float32).reshape(2, 1, 1, 1)
    integers, scales = quantise(weights, bits=4, per_channel=False)
    assert integers.ravel().tolist() == [2, 7]
    assert scales[0] == scales[1]


def test_a_channel_of_zeros_has_a_scale() -> None:
    integers, scales = quantise(np.zeros((1, 2, 3, 3), np.float32))
    assert not integers.any()
    assert scales.tolist() == [1.0]
