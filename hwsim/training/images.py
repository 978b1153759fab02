"""What a data set is, and what its readers are asked for and give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

Split = Literal["train", "test"]
Found = tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]
"""Pixels uint8 (N, H, W, 3) and labels int64 (N,)."""


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


@dataclass(frozen=True)
class Wanted:
    """One split of a data set; `limit` is how many images are enough (None: all)."""

    dataset: Dataset
    split: Split
    limit: int | None = None
