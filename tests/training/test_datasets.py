from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hwsim.errors import InvalidInput
from hwsim.training.datasets import load_images
from hwsim.training.images import Images
from hwsim.training.sample import load_sample, write_sample
from tests.training.layouts import pictures, write_binary, write_parquet, write_python


def test_parquet_shards_in_order(tmp_path: Path) -> None:
    pixels = pictures(5)
    write_parquet(tmp_path / "test-00000-of-00002.parquet", pixels[:3], [3, 1, 4])
    write_parquet(tmp_path / "test-00001-of-00002.parquet", pixels[3:], [1, 5])
    images = load_images("cifar10", tmp_path, "test")
    assert np.array_equal(images.pixels, pixels)
    assert images.labels.tolist() == [3, 1, 4, 1, 5]
    assert images.classes == 10
    few = load_images("cifar10", tmp_path, "test", 4)
    assert np.array_equal(few.pixels, pixels[:4])
    assert len(few) == 4


def test_cifar100_takes_the_fine_label_from_the_parent_folder(tmp_path: Path) -> None:
    pixels = pictures(2)
    file = tmp_path / "cifar100" / "train-00000-of-00001.parquet"
    write_parquet(file, pixels, [99, 7], column="fine_label", image="image")
    images = load_images("cifar100", tmp_path, "train")
    assert images.labels.tolist() == [99, 7]


@pytest.mark.parametrize("inside", [True, False])
def test_python_batches(tmp_path: Path, inside: bool) -> None:
    folder = tmp_path / "cifar-10-batches-py"
    pixels = pictures(10)
    for i in range(5):
        write_python(folder / f"data_batch_{i + 1}", pixels[2 * i : 2 * i + 2], [i, 9])
    write_python(folder / "test_batch", pixels[:1], [3])
    images = load_images("cifar10", folder if inside else tmp_path, "train")
    assert np.array_equal(images.pixels, pixels)
    assert images.labels.tolist() == [0, 9, 1, 9, 2, 9, 3, 9, 4, 9]
    assert len(load_images("cifar10", tmp_path, "test")) == 1


def test_python_batch_of_cifar100(tmp_path: Path) -> None:
    pixels = pictures(2)
    write_python(tmp_path / "cifar-100-python" / "test", pixels, [98, 1], key=b"fine_labels")
    assert load_images("cifar100", tmp_path, "test").labels.tolist() == [98, 1]


@pytest.mark.parametrize(
    ("name", "folder", "labels"),
    [
        ("cifar10", "cifar-10-batches-bin/test_batch.bin", [[4], [2]]),
        ("cifar100", "cifar-100-binary/test.bin", [[19, 4], [0, 2]]),
    ],
)
def test_binary_batches(tmp_path: Path, name: str, folder: str, labels: list[list[int]]) -> None:
    pixels = pictures(2)
    write_binary(tmp_path / folder, pixels, labels)
    images = load_images(name, tmp_path, "test")
    assert np.array_equal(images.pixels, pixels)
    assert images.labels.tolist() == [4, 2]


def test_image_folder_is_cropped_to_the_networks_size(tmp_path: Path) -> None:
    for wnid, shade in (("n01", 10), ("n02", 200)):
        (tmp_path / "val" / wnid).mkdir(parents=True)
        for k in range(2):
            Image.new("RGB", (300, 260), (shade, shade, shade)).save(
                tmp_path / "val" / wnid / f"{k}.JPEG"
            )
    images = load_images("imagenet", tmp_path, "test", 3)
    assert images.labels.tolist() == [0, 1, 0]
    decoded = images.pixels[:]
    assert decoded.shape == (3, 224, 224, 3)
    assert abs(int(decoded[1].mean()) - 200) <= 1


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no such folder"):
        load_images("cifar10", tmp_path / "nowhere", "train")
    with pytest.raises(InvalidInput) as caught:
        load_images("cifar10", tmp_path, "train")
    for text in ("train-*.parquet", "data_batch_1", "data_batch_1.bin", str(tmp_path)):
        assert text in str(caught.value)
    with pytest.raises(InvalidInput, match="cifar10, cifar100, imagenet"):
        load_images("mnist", tmp_path, "train")


def test_damage_is_located(tmp_path: Path) -> None:
    file = tmp_path / "test-00000-of-00001.parquet"
    file.write_bytes(b"not parquet")
    with pytest.raises(InvalidInput, match=r"test-00000-of-00001.parquet: cannot be read"):
        load_images("cifar10", tmp_path, "test")
    write_parquet(file, pictures(1), [0], column="class")
    with pytest.raises(InvalidInput, match="no column label; it has img, class"):
        load_images("cifar10", tmp_path, "test")
    write_parquet(file, pictures(2), [0, 10])
    with pytest.raises(InvalidInput, match=r"labels of cifar10 are 0 \.\. 9"):
        load_images("cifar10", tmp_path, "test")


def test_a_binary_batch_of_odd_size_and_a_missing_one(tmp_path: Path) -> None:
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    (folder / "test_batch.bin").write_bytes(b"\0" * 100)
    with pytest.raises(InvalidInput, match="100 bytes"):
        load_images("cifar10", tmp_path, "test")
    (folder / "data_batch_1.bin").write_bytes(b"")
    with pytest.raises(InvalidInput, match=r"data_batch_2.bin: missing, though data_batch_1.bin"):
        load_images("cifar10", tmp_path, "train")


class Hostile:
    def __reduce__(self):  # type: ignore[no-untyped-def]
        return Path.touch, (Path("executed"),)


def test_a_pickled_batch_runs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "test_batch").write_bytes(pickle.dumps({b"data": Hostile()}))
    with pytest.raises(InvalidInput, match="it wants to run"):
        load_images("cifar10", tmp_path, "test")
    assert not Path("executed").exists()
    (tmp_path / "test_batch").write_bytes(pickle.dumps({b"data": [1, 2]})[:-4])
    with pytest.raises(InvalidInput, match="not a CIFAR batch"):
        load_images("cifar10", tmp_path, "test")


def test_sample_round_trip(tmp_path: Path) -> None:
    images = Images(pictures(4), np.arange(4), 10)
    one, other = tmp_path / "one.npz", tmp_path / "other.npz"
    write_sample(one, images, 3)
    write_sample(other, images, 3)
    assert one.read_bytes() == other.read_bytes()
    loaded = load_sample(one)
    assert np.array_equal(loaded.pixels, images.pixels[:3])
    assert loaded.labels.tolist() == [0, 1, 2]
    one.write_bytes(one.read_bytes()[:50])
    with pytest.raises(InvalidInput, match=r"one.npz: not a sample"):
        load_sample(one)
    with pytest.raises(InvalidInput, match="no such file"):
        load_sample(tmp_path / "none.npz")
