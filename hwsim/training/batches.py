"""Training batches: int8 images, augmented in batched tensor operations.

Every random draw comes from a generator seeded by (run, stage, epoch or step), so a resumed run
sees exactly the images that an unbroken one would have.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from hwsim.network.parameters import InputScaling
from hwsim.network.poisson import signed_spikes
from hwsim.training.images import Images, StreamedPixels
from hwsim.training.randaugment import randaugment
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
class StreamedValues:
    """The int8 inputs of `pixels`, decoded, scaled and shrunk to `size` when they are indexed."""

    pixels: StreamedPixels
    scaling: InputScaling
    size: int = 0

    def __getitem__(self, index: Tensor | slice) -> Tensor:
        chosen = index if isinstance(index, slice) else index.numpy()
        return resize(input_values(self.pixels[chosen], self.scaling), self.size)


Values = Tensor | StreamedValues
"""int8 images (N, 3, H, W) by their indices."""


def values_of(images: Images, scaling: InputScaling) -> Values:
    """The inputs of `images`: in memory, unless its pixels are decoded when they are needed."""
    if isinstance(images.pixels, StreamedPixels):
        return StreamedValues(images.pixels, scaling)
    return input_values(images.pixels, scaling)


def part(values: Values, start: int, stop: int, size: int) -> Values:
    """Images `start` to `stop` - 1 of `values`, shrunk to `size` (0: as they are)."""
    if isinstance(values, StreamedValues):
        return replace(values, pixels=values.pixels.part(start, stop), size=size)
    return resize(values[start:stop], size)


@dataclass(frozen=True)
class Poisson:
    """Images reach the network as signed spikes of `timesteps`; `seed` is the recipe's."""

    timesteps: int
    seed: int


@dataclass(frozen=True)
class Batches:
    """Shuffled, augmented batches of `values` with `labels` (N,).

    A batch is float32 normalized pixels, which `coded` brings into the network's coding. The
    last, incomplete batch of an epoch is dropped, unless it is the only one.
    """

    values: Values
    labels: Tensor
    scaling: InputScaling
    batch_size: int
    augmentation: Augmentation
    device: torch.device
    poisson: Poisson | None = None

    @property
    def per_epoch(self) -> int:
        """Batches in one epoch."""
        return max(len(self.labels) // self.batch_size, 1)

    def batch(self, key: tuple[object, ...], position: int) -> tuple[Tensor, Tensor]:
        """Batch number `position` of a stage whose draws are named `key`."""
        epoch, place = divmod(position, self.per_epoch)
        order = torch.randperm(len(self.labels), generator=generator(*key, "order", epoch))
        chosen = order[place * self.batch_size : (place + 1) * self.batch_size]
        images, settings = self.values[chosen], self.augmentation.randaugment
        if settings is not None:
            pixels = randaugment(
                _pixels(images, self.scaling),
                settings.operations,
                settings.magnitude,
                generator(*key, "randaugment", position),
            )
            images = input_values(pixels.permute(0, 2, 3, 1).numpy(), self.scaling)
        images = augment(images, self.augmentation, generator(*key, "augment", position))
        return self._floats(images), self.labels[chosen].to(self.device)

    def coded(self, images: Tensor, key: tuple[object, ...], position: int) -> Tensor:
        """What enters the network for a batch's `images`: themselves, or for Poisson coding
        float32 spikes (T, N, 3, H, W), drawn anew at every `position` of the stage `key`.
        """
        if self.poisson is None:
            return images
        levels = (images / self.scaling.step).round().to(torch.int8).cpu()
        return self._spikes(levels, (*key, "poisson", position), self.poisson.timesteps)

    def plain(self, count: int) -> Iterator[tuple[Tensor, Tensor]]:
        """The first `count` images, in order, not augmented and coded as when the integers run."""
        for start in range(0, min(count, len(self.labels)), self.batch_size):
            stop = min(start + self.batch_size, count)
            values, labels = self.values[start:stop], self.labels[start:stop].to(self.device)
            if self.poisson is None:
                yield self._floats(values), labels
            else:
                yield self._spikes(values, self.poisson.seed, self.poisson.timesteps), labels

    def _floats(self, values: Tensor) -> Tensor:
        floats = values.to(self.device).float().mul_(self.scaling.step)
        return floats.contiguous(memory_format=torch.channels_last)

    def _spikes(self, levels: Tensor, seed: object, timesteps: int) -> Tensor:
        images = levels.permute(0, 2, 3, 1).numpy()
        spikes = torch.from_numpy(signed_spikes(images, self.scaling.step, timesteps, seed))
        return spikes.to(self.device).permute(1, 0, 4, 2, 3).float()


def _pixels(values: Tensor, scaling: InputScaling) -> Tensor:
    """uint8 pixels whose input values are `values`; less than one level a pixel loses none."""
    mean, std = (torch.tensor(part).view(1, 3, 1, 1) for part in (scaling.mean, scaling.std))
    shades = (values.float() * scaling.step * std + mean) * 255
    return shades.round().clamp(0, 255).to(torch.uint8)


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
