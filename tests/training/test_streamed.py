"""Data sets that are decoded batch by batch: the same images, and only those that are asked for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch

from hwsim.errors import InvalidInput
from hwsim.training import datasets, image_folder, parquet_images
from hwsim.training.batches import Batches, input_values, part, resize, values_of
from hwsim.training.chain import input_scaling
from hwsim.training.datasets import load_images
from hwsim.training.images import Dataset, StreamedPixels
from hwsim.training.recipe import Augmentation
from hwsim.training.sample import load_sample, write_sample
from tests.training.layouts import encode, pictures, write_parquet

LARGE = Dataset("large", 10, 32, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25), streamed=True)
COUNT = 11


@pytest.fixture(autouse=True)
def data_set(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The data set `large`, and the places of the images that were decoded."""
    places: list[str] = []
    decode = parquet_images.decode

    def counted(source: bytes | Path, size: int, place: str) -> np.ndarray:
        places.append(place)
        return decode(source, size, place)

    monkeypatch.setitem(datasets.DATASETS, "large", LARGE)
    for module in (parquet_images, image_folder):
        monkeypatch.setattr(module, "decode", counted)
    return places


def write(folder: Path, layout: str) -> np.ndarray:
    """`COUNT` training images in row groups of 3, or in two folders; in the order of reading."""
    pixels = pictures(COUNT)
    if layout == "parquet":
        for number, (start, stop) in enumerate(((0, 7), (7, COUNT))):
            file = folder / f"train-{number:05d}-of-00002.parquet"
            write_parquet(file, pixels[start:stop], list(range(start % 7, stop - start)))
            pq.write_table(pq.read_table(file), file, row_group_size=3)
    else:
        for index, image in enumerate(pixels):
            file = folder / "train" / f"n{index % 2}" / f"{index // 2:03d}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(encode(image))
    return pixels


@pytest.mark.parametrize("layout", ["parquet", "folder"])
def test_images_are_decoded_when_they_are_needed(
    tmp_path: Path, layout: str, data_set: list[str]
) -> None:
    pixels = write(tmp_path, layout)
    images = load_images("large", tmp_path, "train")
    assert isinstance(images.pixels, StreamedPixels)
    assert len(images) == len(images.pixels) == COUNT
    assert data_set == [], "nothing is decoded before it is asked for"
    np.testing.assert_array_equal(images.pixels[np.array([10, 0, 7])], pixels[[10, 0, 7]])
    assert len(data_set) == 3
    np.testing.assert_array_equal(images.pixels[:], pixels)
    np.testing.assert_array_equal(images.first(4).pixels[2:9], pixels[2:4])
    few = load_images("large", tmp_path, "train", 5)
    np.testing.assert_array_equal(few.pixels[:], pixels[:5])
    assert few.labels.tolist() == images.labels[:5].tolist()
    if layout == "folder":
        assert images.labels.tolist() == [i % 2 for i in range(COUNT)]


def test_batches_are_those_of_images_in_memory(tmp_path: Path, data_set: list[str]) -> None:
    pixels, scaling = write(tmp_path, "parquet"), input_scaling(LARGE)
    images = load_images("large", tmp_path, "train")
    streamed = part(values_of(images, scaling), 1, 10, 24)
    there = resize(input_values(pixels, scaling)[1:10], 24)
    assert data_set == []

    def batches(values) -> Batches:  # type: ignore[no-untyped-def]
        labels = torch.from_numpy(images.labels)[1:10]
        return Batches(values, labels, scaling, 4, Augmentation(cutout=8), torch.device("cpu"))

    for position in range(3):
        one, other = (batches(v).batch((0, "ann"), position) for v in (streamed, there))
        assert torch.equal(one[0], other[0])
        assert torch.equal(one[1], other[1])
    assert len(data_set) == 12
    for one, other in zip(batches(streamed).plain(6), batches(there).plain(6), strict=True):
        assert torch.equal(one[0], other[0])


def test_a_damaged_image_is_located_when_its_turn_comes(tmp_path: Path) -> None:
    write(tmp_path, "folder")
    bad = tmp_path / "train" / "n1" / "002.png"
    bad.write_bytes(b"no image")
    images = load_images("large", tmp_path, "train")
    assert images.pixels[:5].shape == (5, 32, 32, 3)
    with pytest.raises(InvalidInput, match=r"n1/002\.png: not an image"):
        images.pixels[5:6]


def test_a_sample_of_large_images_is_small(tmp_path: Path) -> None:
    def grey(index: int) -> np.ndarray:
        return np.full((1024, 512, 3), index, np.uint8)

    labels = np.arange(9)
    write_sample(tmp_path / "s.npz", datasets.Images(StreamedPixels(grey, 0, 9), labels, 10))
    loaded = load_sample(tmp_path / "s.npz")
    assert loaded.labels.tolist() == [0, 1], "4 MiB of pixels"
    assert [int(p.max()) for p in loaded.pixels[:]] == [0, 1]
