"""Image data sets as arrays, from the layouts in which people keep them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from hwsim.errors import InvalidInput
from hwsim.training import cifar_files, parquet_images

Split = Literal["train", "test"]


@dataclass(frozen=True)
class Images:
    """`pixels` uint8 (N, H, W, 3), RGB, and `labels` int64 (N,) in 0 .. `classes` - 1."""

    pixels: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    classes: int

    def __len__(self) -> int:
        return len(self.labels)

    def first(self, count: int | None) -> Images:
        """The first `count` images (None: all)."""
        return Images(self.pixels[:count], self.labels[:count], self.classes)


@dataclass(frozen=True)
class Dataset:
    """A known data set: `mean` and `std` of its training pixels / 255 (R, G, B)."""

    name: str
    classes: int
    image_size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


DATASETS = {
    # Means and standard deviations of the training splits, as usually published.
    "cifar10": Dataset("cifar10", 10, 32, (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)),
    "cifar100": Dataset("cifar100", 100, 32, (0.5071, 0.4865, 0.4409), (0.2673, 0.2564, 0.2762)),
    "imagenet": Dataset("imagenet", 1000, 224, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
}

Reader = Callable[[Path, str, str], tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]] | None]


def find_dataset(name: str) -> Dataset:
    """The data set called `name`; InvalidInput lists the known ones."""
    if name not in DATASETS:
        raise InvalidInput(f"data set {name}: unknown; there are {', '.join(DATASETS)}")
    return DATASETS[name]


def load_images(name: str, folder: Path, split: Split) -> Images:
    """One split of data set `name`, from `folder` or a usual subfolder of it.

    Layouts: Parquet (`img` / `label`), the Python and the binary batches of CIFAR, folders of
    images by class. Raises InvalidInput with what was looked for where none is found, or where
    a file is damaged or its labels are out of range.
    """
    dataset = find_dataset(name)
    if not folder.is_dir():
        raise InvalidInput(f"{folder}: no such folder; --data names the folder of {name}")
    candidates = [folder, folder / name, *(folder / sub for sub in cifar_files.FOLDERS.get(name, ()))]
    looked_for: list[str] = []
    for reader in (parquet_images.read, cifar_files.read_python, cifar_files.read_binary):
        for candidate in candidates:
            found = reader(candidate, name, split)
            if isinstance(found, str):
                looked_for.append(found)
                continue
            pixels, labels = found
            if len(labels) == 0 or labels.min() < 0 or labels.max() >= dataset.classes:
                raise InvalidInput(f"{candidate}: labels of {name} are 0 .. {dataset.classes - 1}")
            return Images(pixels, labels, dataset.classes)
    raise InvalidInput(
        f"{folder}: no {split} images of {name} found; looked for " + "; ".join(dict.fromkeys(looked_for))
    )
