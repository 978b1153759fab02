"""The counts of an ANN, against every single multiplication of small networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hwsim.errors import UsageError
from hwsim.network.analog import as_analog
from hwsim.network.checkpoint import Checkpoint, Provenance, load_checkpoint, save_checkpoint
from hwsim.network.execute import run
from hwsim.network.graph import Layer, Network
from hwsim.network.parameters import InputScaling, LayerParameters, Requantise
from hwsim.trace.analog import AnalogCounts, analog_counts
from hwsim.training.images import Images
from hwsim.training.sample import sample_path, write_sample
from tests.network.nets import random_checkpoint

IMAGES = 35

LAYERS = (
    Layer("conv1", "conv", (3, 8, 8), (4, 4, 4), (3, 3), stride=2, padding=1, pool=2),
    Layer("conv2", "conv", (4, 2, 2), (5, 2, 2), (3, 3), padding=1),
    Layer("gaps", "conv", (5, 2, 2), (3, 1, 1), (1, 1), stride=2),
    Layer("fc", "linear", (3, 1, 1), (10, 1, 1), (1, 1), spiking=False),
)


def checkpoint() -> Checkpoint:
    rng = np.random.default_rng(0)
    network = as_analog(Network("toy", "cifar10", 1, LAYERS))

    def parameters(layer: Layer) -> LayerParameters:
        channels = layer.out_shape[0]
        weights = rng.integers(-50, 51, (channels, layer.in_shape[0], *layer.kernel))
        neuron = Requantise(
            rng.integers(-9, 15, channels).astype(np.int32), np.full(channels, 9), 9
        )
        readout = layer is network.layers[-1]
        scales = np.ones(channels, np.float32)
        return LayerParameters(weights.astype(np.int8), scales, None if readout else neuron)

    scaling = InputScaling((0.5, 0.5, 0.5), (0.25, 0.25, 0.25), 2 / 127)
    provenance = Provenance("cifar10", test_accuracy_percent=12.5)
    return Checkpoint(network, tuple(map(parameters, network.layers)), scaling, provenance)


def pixels() -> Images:
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (IMAGES, 8, 8, 3), dtype=np.uint8)
    images[:, :3] = 128  # the grey that becomes 0
    return Images(images, rng.integers(0, 10, IMAGES), 10)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    save_checkpoint(folder / "toy_ann.pt", checkpoint())
    write_sample(sample_path(folder, "cifar10"), pixels())
    return folder / "toy_ann.pt"


def multiplications(layer: Layer, arriving: np.ndarray) -> tuple[int, int]:
    """All of one layer for one image (H, W, C), and those whose input is not zero."""
    dense = nonzero = 0
    units, height, width = layer.out_shape
    for y in range(height):
        for x in range(width):
            for r in range(layer.kernel[0]):
                for s in range(layer.kernel[1]):
                    i, j = (
                        y * layer.stride + r - layer.padding,
                        x * layer.stride + s - layer.padding,
                    )
                    if 0 <= i < layer.in_shape[1] and 0 <= j < layer.in_shape[2]:
                        dense += units * layer.in_shape[0]
                        nonzero += units * sum(int(value != 0) for value in arriving[i, j])
    return dense, nonzero


def test_against_every_multiplication(saved: Path) -> None:
    counts = analog_counts(saved, "all", None)
    done = run(checkpoint(), pixels().pixels[:])
    arriving = (done.inputs, *done.activations)
    for n in range(IMAGES):
        for index, layer in enumerate(LAYERS):
            values = arriving[index][n].numpy()
            dense, nonzero = multiplications(layer, values)
            assert counts.dense_macs[index] == dense == layer.macs
            assert counts.nonzero_macs[n, index] == nonzero
            assert counts.nonzero_inputs[n, index] == sum(int(v != 0) for v in values.flat)
    assert counts.inputs.tolist() == [192, 16, 20, 3]
    share = counts.nonzero_macs.sum(axis=0) / (counts.dense_macs * IMAGES)
    assert ((share > 0) & (share < 1)).all(), "nothing trivial was counted"
    np.testing.assert_array_equal(counts.predictions, done.classes.numpy())
    np.testing.assert_array_equal(counts.labels, pixels().labels)
    assert counts.nonzero_macs.dtype == counts.dense_macs.dtype == np.int64
    assert counts.network == checkpoint().network
    assert counts.origin.file == "toy_ann.pt"
    assert counts.origin.sha256 == load_checkpoint(saved).sha256
    assert counts.origin.images == f"the first {IMAGES} of cifar10's test split"


def test_the_first_images_and_progress(saved: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    everything = analog_counts(
        saved, tell=lambda what, done, total: seen.append((what, done, total))
    )
    assert seen == [("run the ANN", 32, IMAGES), ("run the ANN", IMAGES, IMAGES)]
    few: AnalogCounts = analog_counts(saved, 3)
    np.testing.assert_array_equal(few.nonzero_macs, everything.nonzero_macs[:3])
    with pytest.raises(UsageError, match=r"--images 36: the sample .* has 35"):
        analog_counts(saved, 36)


def test_a_spiking_network_is_refused(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "net_t2.pt", random_checkpoint(2))
    with pytest.raises(UsageError, match=r"net_t2\.pt is a spiking network \(T = 2\), not an ANN"):
        analog_counts(tmp_path / "net_t2.pt")
