"""What a data set is, and what its readers are asked for and give."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

Split = Literal["train", "test"]
DecodedPixels = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class StreamedPixels:
    """Images `start` to `stop` - 1 of a data set that does not fit in memory.

    Indexed by a slice or by an array of indices, like uint8 (N, H, W, 3); `decode` gives one image
    then, by its number in the whole data set.
    """

    decode: Callable[[int], DecodedPixels]
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def __getitem__(self, index: slice | npt.NDArray[np.int64]) -> DecodedPixels:
        chosen = range(*index.indices(len(self))) if isinstance(index, slice) else index.tolist()
        return np.stack([self.decode(self.start + i) for i in chosen])

    def part(self, start: int, stop: int) -> StreamedPixels:
        """Images `start` to `stop` - 1 of these, still not decoded."""
        start, stop, _ = slice(start, stop).indices(len(self))
        return replace(self, start=self.start + start, stop=self.start + stop)


Pixels = DecodedPixels | StreamedPixels
"""RGB images, uint8 (N, H, W, 3) once they are indexed."""

Found = tuple[Pixels, npt.NDArray[np.int64]]
"""Pixels and labels int64 (N,)."""


@dataclass(frozen=True)
class Images:
    """`pixels`, and `labels` int64 (N,) in 0 .. `classes` - 1."""

    pixels: Pixels
    labels: npt.NDArray[np.int64]
    classes: int

    def __len__(self) -> int:
        return len(self.labels)

    def first(self, count: int | None) -> Images:
        """The first `count` images (None: all)."""
        pixels, stop = self.pixels, len(self) if count is None else count
        few = pixels.part(0, stop) if isinstance(pixels, StreamedPixels) else pixels[:stop]
        return Images(few, self.labels[:stop], self.classes)


@dataclass(frozen=True)
class Dataset:
    """A known data set: `mean` and `std` of its training pixels / 255 (R, G, B).

    `streamed`: its images are decoded batch by batch, since decoded they do not fit in memory.
    """

    name: str
    classes: int
    image_size: int
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    streamed: bool = False


@dataclass(frozen=True)
class Wanted:
    """One split of a data set; `limit` is how many images are enough (None: all)."""

    dataset: Dataset
    split: Split
    limit: int | None = None
