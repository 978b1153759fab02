"""Training batches: held as int8 in memory, augmented in batched tensor operations.

Every random draw comes from a generator seeded by (run, stage, epoch or step), so a resumed run
sees exactly the images that an unbroken one would have.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from hwsim.network.parameters import InputScaling
from hwsim.training.recipe import Augmentation


def generator(*key: object) -> torch.Generator:
    """A CPU generator whose seed is a hash of `key`."""
    digest = hashlib.sha256(repr(key).encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:7], "little"))


def input_values(
    pixels: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], scaling: InputScaling
) -> Tensor:
    """int8 (N, 3, H, W) inputs of the first layer for uint8 pixels (N, H, W, 3)."""
    table = scaling.table
    planes = [table[channel][pixels[..., channel]] for channel in range(table.shape[0])]
    return torch.from_numpy(np.stack(planes, axis=1))


def resize(values: Tensor, size: int) -> Tensor:
    """int8 images (N, 3, H, W) shrunk to size x size, with antialiasing."""
    if size in (0, values.shape[-1]):
        return values
    parts = [
        F.interpolate(part.float(), size=(size, size), mode="bilinear", antialias=True)
        for part in torch.split(values, 4096)
    ]
    return torch.cat([part.round().clamp(-127, 127).to(torch.int8) for part in parts])


@dataclass(frozen=True)
class Batches:
    """Shuffled, augmented batches of int8 `values` (N, 3, H, W) with `labels` (N,).

    `step` is the input scaling's, so that a batch is float32 normalized pixels. The last,
    incomplete batch of an epoch is dropped, unless it is the only one.
    """

    values: Tensor
    labels: Tensor
    step: float
    batch_size: int
    augmentation: Augmentation
    device: torch.device

    @property
    def per_epoch(self) -> int:
        """Batches in one epoch."""
        return max(len(self.labels) // self.batch_size, 1)

    def batch(self, key: tuple[object, ...], position: int) -> tuple[Tensor, Tensor]:
        """Batch number `position` of a stage whose draws are named `key`."""
        epoch, place = divmod(position, self.per_epoch)
        order = torch.randperm(len(self.labels), generator=generator(*key, "order", epoch))
        chosen = order[place * self.batch_size : (place + 1) * self.batch_size]
        images = augment(
            self.values[chosen], self.augmentation, generator(*key, "augment", position)
        )
        floats = images.to(self.device).float().mul_(self.step)
        return floats.contiguous(memory_format=torch.channels_last), self.labels[chosen].to(
            self.device
        )

    def plain(self, count: int) -> Iterator[tuple[Tensor, Tensor]]:
        """The first `count` images, in order and not augmented."""
        for start in range(0, min(count, len(self.labels)), self.batch_size):
            stop = min(start + self.batch_size, count)
            floats = self.values[start:stop].to(self.device).float().mul_(self.step)
            yield (
                floats.contiguous(memory_format=torch.channels_last),
                self.labels[start:stop].to(self.device),
            )


def augment(values: Tensor, settings: Augmentation, random: torch.Generator) -> Tensor:
    """Each int8 image (N, 3, H, W) shifted, mirrored and cut out on its own."""
    count, _, height, width = values.shape
    reach = round(settings.crop * width / 32)
    rows = torch.arange(height).expand(count, height)
    columns = torch.arange(width).expand(count, width)
    if reach:
        rows = rows + torch.randint(-reach, reach + 1, (count, 1), generator=random)
        columns = columns + torch.randint(-reach, reach + 1, (count, 1), generator=random)
        rows, columns = _reflect(rows, height), _reflect(columns, width)
    if settings.flip:
        mirrored = torch.rand(count, 1, generator=random) < 0.5
        columns = torch.where(mirrored, columns.flip(1), columns)
    index = torch.arange(count)[:, None, None]
    # Advanced indexing puts the channel last, which is the memory format of the convolutions.
    images = values.permute(0, 2, 3, 1)[index, rows[:, :, None], columns[:, None, :]]
    side = round(settings.cutout * width / 32)
    if side:
        top = torch.randint(0, height, (count, 1), generator=random) - side // 2
        left = torch.randint(0, width, (count, 1), generator=random) - side // 2
        y, x = torch.arange(height)[None], torch.arange(width)[None]
        hit = ((y >= top) & (y < top + side))[:, :, None] & ((x >= left) & (x < left + side))[
            :, None, :
        ]
        images = images.masked_fill(hit[..., None], 0)
    return images.permute(0, 3, 1, 2)


def _reflect(index: Tensor, size: int) -> Tensor:
    index = index.abs()
    return torch.where(index >= size, 2 * (size - 1) - index, index)
