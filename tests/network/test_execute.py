from __future__ import annotations

import numpy as np
import pytest

from hwsim.errors import InvalidInput
from hwsim.network.checkpoint import Checkpoint, Provenance
from hwsim.network.execute import Executor, run
from hwsim.network.graph import Layer, Network
from hwsim.network.parameters import Compare, FixedPointLif, InputScaling, LayerParameters, Neuron

UNIT = InputScaling((0.0,), (1.0,), 1 / 255)
"""A pixel of 0 .. 127 is itself."""


def checkpoint(layers: list[Layer], weights: list[np.ndarray], neurons: list[Neuron], t: int = 1):  # type: ignore[no-untyped-def]
    parameters = tuple(
        LayerParameters(w.astype(np.int8), np.ones(len(w), np.float32), n)
        for w, n in zip(weights, neurons, strict=True)
    )
    return Checkpoint(Network("toy", "toy", t, tuple(layers)), parameters, UNIT, Provenance("toy"))


def readout(inputs: int) -> Layer:
    return Layer("out", "linear", (inputs, 1, 1), (2, 1, 1), (1, 1), spiking=False)


def test_convolution_against_loops() -> None:
    random = np.random.default_rng(1)
    conv = Layer("c", "conv", (1, 6, 6), (3, 4, 4), (3, 3), stride=2, padding=2, pool=2)
    fc = Layer("out", "linear", (3, 2, 2), (2, 1, 1), (2, 2), spiking=False)
    w0, w1 = random.integers(-127, 128, (3, 1, 3, 3)), random.integers(-127, 128, (2, 3, 2, 2))
    compare = Compare(np.array([50, -900, 300], np.int32), np.array([1, -1, 1], np.int8))
    images = random.integers(0, 128, (2, 6, 6, 1), dtype=np.uint8)
    got = run(checkpoint([conv, fc], [w0, w1], [compare, None]), images)
    padded = np.zeros((2, 10, 10), np.int64)
    padded[:, 2:8, 2:8] = images[..., 0]
    for n in range(2):
        pooled = np.zeros((3, 2, 2), bool)
        for c in range(3):
            for y in range(4):
                for x in range(4):
                    acc = int((padded[n, 2 * y : 2 * y + 3, 2 * x : 2 * x + 3] * w0[c, 0]).sum())
                    fires = int(compare.sign[c]) * acc >= compare.threshold[c]
                    assert bool(got.spikes[0][n, 0, y, x, c]) == fires
                    pooled[c, y // 2, x // 2] |= fires
        assert got.readout[n].tolist() == [int((w1[k] * pooled).sum()) for k in range(2)]


def test_fixed_point_neuron_by_hand() -> None:
    # fraction_bits 2: threshold 4. drive_t = (acc * scale + bias + 1) >> 1, acc = 3.
    lif = FixedPointLif(
        scale=np.array([[3], [2], [1]], np.int32),
        bias=np.array([[0], [-1], [4]], np.int64),
        leak=1,
        leak_shift=1,
        scale_shift=1,
        fraction_bits=2,
        membrane_bits=8,
    )
    layer = Layer("n", "linear", (1, 1, 1), (1, 1, 1), (1, 1))
    weights = [np.ones((1, 1, 1, 1)), np.array([5, -7]).reshape(2, 1, 1, 1)]
    toy = checkpoint([layer, readout(1)], weights, [lif, None], t=3)
    got = run(toy, np.full((1, 1, 1, 1), 3, np.uint8))
    # t0: drive (9 + 1) >> 1 = 5, u 5 > 4 fires, 1 left. t1: leak (1 + 1) >> 1 = 1, drive
    # (6 - 1 + 1) >> 1 = 3, u 4: not > 4. t2: leak (4 + 1) >> 1 = 2, drive 4, u 6 fires.
    assert got.spikes[0].flatten().tolist() == [True, False, True]
    assert got.readout.tolist() == [[10, -14]]
    assert got.saturations == 0


def test_a_membrane_saturates_and_is_counted() -> None:
    lif = FixedPointLif(
        scale=np.full((2, 2), 1 << 12, np.int32),
        bias=np.zeros((2, 2), np.int64),
        leak=1,
        leak_shift=0 + 1,
        scale_shift=0,
        fraction_bits=2,
        membrane_bits=8,
    )
    layer = Layer("n", "linear", (1, 1, 1), (2, 1, 1), (1, 1))
    weights = [np.array([1, -1]).reshape(2, 1, 1, 1), np.ones((2, 2, 1, 1))]
    got = run(
        checkpoint([layer, readout(2)], weights, [lif, None], t=2), np.ones((3, 1, 1, 1), np.uint8)
    )
    assert got.saturations == 3 * 2 * 2
    assert got.spikes[0][0].reshape(2, 2).tolist() == [[True, False], [True, False]]


def test_average_pooling_sends_counts() -> None:
    conv = Layer("c", "conv", (1, 2, 2), (1, 2, 2), (1, 1), pool=2, pool_kind="average")
    weights = [np.ones((1, 1, 1, 1)), np.array([1, -2]).reshape(2, 1, 1, 1)]
    compare = Compare(np.array([5], np.int32), np.array([1], np.int8))
    images = np.array([4, 5, 6, 9], np.uint8).reshape(1, 2, 2, 1)
    assert run(
        checkpoint([conv, readout(1)], weights, [compare, None]), images
    ).readout.tolist() == [[3, -6]]


def test_sums_beyond_float32_stay_exact() -> None:
    inputs = 2000
    layer = Layer("n", "linear", (1, 50, 40), (1, 1, 1), (50, 40))
    weights = np.full((1, 1, 50, 40), 127)
    weights[0, 0, 0, 0] = 126
    total = 127 * 127 * inputs - 127
    assert total > 2**24
    for threshold, fires in ((total, True), (total + 1, False)):
        compare = Compare(np.array([threshold], np.int32), np.array([1], np.int8))
        toy = checkpoint([layer, readout(1)], [weights, np.ones((2, 1, 1, 1))], [compare, None])
        assert bool(run(toy, np.full((1, 50, 40, 1), 127, np.uint8)).spikes[0].any()) is fires


def test_batches_cover_all_images_and_ties_go_to_the_lowest_class() -> None:
    layer = Layer("n", "linear", (1, 1, 1), (1, 1, 1), (1, 1))
    compare = Compare(np.array([3], np.int32), np.array([1], np.int8))
    toy = checkpoint(
        [layer, readout(1)], [np.ones((1, 1, 1, 1)), np.ones((2, 1, 1, 1))], [compare, None]
    )
    images = np.arange(5, dtype=np.uint8).reshape(5, 1, 1, 1)
    executor = Executor(toy)
    batches = [executor.run(images[start : start + 2]) for start in range(0, 5, 2)]
    assert [len(b.readout) for b in batches] == [2, 2, 1]
    assert [x for b in batches for x in b.spikes[0].flatten().tolist()] == [False] * 3 + [True] * 2
    assert batches[2].classes.tolist() == [0]


def test_images_of_another_size_are_refused() -> None:
    layer = Layer("n", "linear", (1, 1, 1), (1, 1, 1), (1, 1))
    compare = Compare(np.array([3], np.int32), np.array([1], np.int8))
    toy = checkpoint(
        [layer, readout(1)], [np.ones((1, 1, 1, 1)), np.ones((2, 1, 1, 1))], [compare, None]
    )
    with pytest.raises(InvalidInput, match=r"\(2, 2, 1\)"):
        run(toy, np.zeros((1, 2, 2, 1), np.uint8))
