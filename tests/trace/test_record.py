"""Recording: the shipped sample, the user's data, and what cannot be recorded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hwsim.errors import InvalidInput, UsageError
from hwsim.network.checkpoint import Checkpoint, Provenance, save_checkpoint
from hwsim.network.execute import run
from hwsim.network.graph import Layer, Network
from hwsim.network.parameters import NEVER, Compare, FixedPointLif, InputScaling, LayerParameters
from hwsim.trace.read import read_trace
from hwsim.trace.record import record
from hwsim.trace.store import SpikeTrace, join
from hwsim.trace.validate import validate
from hwsim.trace.write import write_trace
from hwsim.training.images import Images
from hwsim.training.sample import load_sample, sample_path, write_sample
from tests.trace.samples import assert_equal, files

IMAGES = 40


def checkpoint(timesteps: int = 1) -> Checkpoint:
    """A convolution with OR pooling, a hidden and a readout layer on 32 x 32 images."""
    layers = (
        Layer("conv1", "conv", (3, 32, 32), (5, 32, 32), (3, 3), padding=1, pool=4),
        Layer("fc1", "linear", (5, 8, 8), (9, 1, 1), (8, 8)),
        Layer("fc2", "linear", (9, 1, 1), (10, 1, 1), (1, 1), spiking=False),
    )
    network = Network("toy", "cifar10", timesteps, layers)
    rng = np.random.default_rng(0)

    def parameters(layer: Layer) -> LayerParameters:
        channels = layer.out_shape[0]
        weights = rng.integers(-50, 60, (channels, layer.in_shape[0], *layer.kernel))
        neuron = (
            Compare(np.full(channels, 300, np.int32), np.ones(channels, np.int8))
            if timesteps == 1
            else FixedPointLif(
                np.full((timesteps, channels), 40, np.int32),
                np.zeros((timesteps, channels), np.int64),
                *(63, 6, 8, 8, 24),
            )
        )
        return LayerParameters(
            weights.astype(np.int8),
            np.ones(channels, np.float32),
            neuron if layer.spiking else None,
        )

    scaling = InputScaling((0.5, 0.5, 0.5), (0.25, 0.25, 0.25), 2 / 127)
    provenance = Provenance("cifar10", test_accuracy_percent=12.5)
    return Checkpoint(network, tuple(map(parameters, layers)), scaling, provenance)


def pixels(count: int = IMAGES) -> Images:
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
    return Images(images, rng.integers(0, 10, count), 10)


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    save_checkpoint(folder / "toy_t1.pt", checkpoint())
    write_sample(sample_path(folder, "cifar10"), pixels())
    return folder / "toy_t1.pt"


def test_the_sample_beside_the_checkpoint(saved: Path, tmp_path: Path) -> None:
    write_trace(tmp_path / "t", record(saved))
    assert validate(tmp_path / "t") == []
    trace = read_trace(tmp_path / "t")
    sample = load_sample(sample_path(saved.parent, "cifar10"))
    assert trace.images == IMAGES
    np.testing.assert_array_equal(trace.labels, sample.labels)
    assert trace.origin.file == "toy_t1.pt"
    assert trace.origin.test_accuracy_percent == 12.5
    assert trace.origin.images == f"the first {IMAGES} of cifar10's test split"


@pytest.mark.parametrize("timesteps", [1, 3])
def test_the_trace_is_what_the_network_did(tmp_path: Path, timesteps: int) -> None:
    path = tmp_path / "toy.pt"
    save_checkpoint(path, checkpoint(timesteps))
    write_sample(sample_path(tmp_path, "cifar10"), pixels())
    trace = join(list(record(path, 5)))
    execution = run(checkpoint(timesteps), pixels(5).pixels)
    np.testing.assert_array_equal(trace.readout, execution.readout.numpy())
    np.testing.assert_array_equal(trace.predictions, execution.classes.numpy())
    for n in range(5):
        np.testing.assert_array_equal(trace.input_levels(n, 0), execution.inputs[n].numpy())
        for layer, spikes in enumerate(execution.spikes):
            for t in range(timesteps):
                fired = trace.fired(n, t, layer)
                np.testing.assert_array_equal(fired, spikes[n, t].numpy())
                assert fired.any()
    write_trace(tmp_path / "t", trace)
    assert validate(tmp_path / "t") == []


def test_recording_again_gives_the_same_bytes(saved: Path, tmp_path: Path) -> None:
    write_trace(tmp_path / "a", record(saved))
    write_trace(tmp_path / "b", record(saved))
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert write_trace(tmp_path / "a", record(saved)) is False


def test_the_first_images_are_those_of_a_longer_recording(saved: Path) -> None:
    few, all_of_them = join(list(record(saved, 3))), join(list(record(saved)))
    assert_equal(replace(few, origin=all_of_them.origin), all_of_them.part(0, 3))


def test_progress(saved: Path) -> None:
    seen: list[tuple[int, int]] = []
    for _ in record(saved, "all", None, lambda done, total: seen.append((done, total))):
        pass
    assert seen == [(32, IMAGES), (IMAGES, IMAGES)]


def binary_batch(folder: Path, images: Images) -> None:
    """The test split as CIFAR-10's binary version keeps it."""
    planes = images.pixels.transpose(0, 3, 1, 2).reshape(len(images), -1)
    rows = np.concatenate([images.labels.astype(np.uint8)[:, None], planes], axis=1)
    (folder / "cifar-10-batches-bin").mkdir(parents=True)
    (folder / "cifar-10-batches-bin" / "test_batch.bin").write_bytes(rows.tobytes())


def test_the_test_split_of_the_users_data(saved: Path, tmp_path: Path) -> None:
    images = pixels(50)
    binary_batch(tmp_path, images)
    trace = join(list(record(saved, 45, tmp_path)))
    np.testing.assert_array_equal(trace.labels, images.labels[:45])
    assert join(list(record(saved, "all", tmp_path))).images == 50
    with pytest.raises(UsageError, match=r"--images 51: the test split of cifar10 in .* has 50"):
        record(saved, 51, tmp_path)


def test_what_cannot_be_recorded(saved: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--images 300: the sample .*cifar10_sample\.npz has 40"):
        record(saved, 300)
    with pytest.raises(UsageError, match="--images 0: record at least one image"):
        record(saved, 0)
    with pytest.raises(InvalidInput, match="none: no such folder"):
        record(saved, 1, tmp_path / "none")
    with pytest.raises(InvalidInput, match=r"none\.pt: cannot be read"):
        record(tmp_path / "none.pt")
    alone = tmp_path / "alone.pt"
    alone.write_bytes(saved.read_bytes())
    with pytest.raises(InvalidInput, match="no sample of cifar10 beside the checkpoint; --data"):
        record(alone)
    write_sample(sample_path(tmp_path, "cifar10"), replace(pixels(), classes=7))
    with pytest.raises(InvalidInput, match=r"7 classes, .* tells 10 apart"):
        record(alone)


def test_a_silent_layer(tmp_path: Path) -> None:
    whole = checkpoint()
    never = Compare(np.full(9, NEVER, np.int32), np.ones(9, np.int8))
    parameters = (
        whole.parameters[0],
        replace(whole.parameters[1], neuron=never),
        whole.parameters[2],
    )
    save_checkpoint(tmp_path / "dead.pt", replace(whole, parameters=parameters))
    write_sample(sample_path(tmp_path, "cifar10"), pixels())
    with pytest.raises(InvalidInput, match=r"dead\.pt: layer fc1 recorded no spikes in any of 40"):
        write_trace(tmp_path / "t", record(tmp_path / "dead.pt"))
    assert not (tmp_path / "t").exists()


def test_interrupted(saved: Path, tmp_path: Path) -> None:
    def interrupted(chunks: Iterator[SpikeTrace]) -> Iterator[SpikeTrace]:
        yield next(chunks)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_trace(tmp_path / "t", interrupted(record(saved)), images_per_shard=8)
    assert list(tmp_path.iterdir()) == []


def test_the_first_timesteps_are_recorded_as_such(tmp_path: Path) -> None:
    path = tmp_path / "toy.pt"
    save_checkpoint(path, checkpoint(3))
    write_sample(sample_path(tmp_path, "cifar10"), pixels())
    whole = join(list(record(path, 5)))
    short = join(list(record(path, 5, timesteps=2)))
    assert short.network == replace(whole.network, timesteps=2)
    for some, all_of_them in zip(short.spikes, whole.spikes, strict=True):
        np.testing.assert_array_equal(some, all_of_them[:, :2])
    assert whole.origin.test_accuracy_percent == 12.5
    assert short.origin.test_accuracy_percent is None
    assert short.origin.images == "the first 5 of cifar10's test split, 2 of 3 timesteps"
    assert short.origin.sha256 == whole.origin.sha256
    write_trace(tmp_path / "t", short)
    assert validate(tmp_path / "t") == []
    assert join(list(record(path, 5, timesteps=3))).origin == whole.origin
    with pytest.raises(UsageError, match="--timesteps 4: the network has 1 to 3"):
        record(path, 5, timesteps=4)
