"""CutMix (Yun et al. 2019): a part of one image pasted into another, which then shows both."""

from __future__ import annotations

import torch
from torch import Tensor

from hwsim.training.labels import Labels, Mixture


def squares(sides: Tensor, height: int, width: int, random: torch.Generator) -> Tensor:
    """One square for each of `sides` (N,), anywhere, cut off at the edges: bool (N, H, W)."""
    count = len(sides)
    top = torch.randint(0, height, (count,), generator=random) - sides // 2
    left = torch.randint(0, width, (count,), generator=random) - sides // 2
    rows = _between(height, top, sides)
    return rows[:, :, None] & _between(width, left, sides)[:, None, :]


def cutmix(
    images: Tensor, labels: Tensor, probability: float, random: torch.Generator
) -> tuple[Tensor, Labels]:
    """int8 images (N, 3, H, W) of classes (N,), each with `probability` a part of the next one in
    it: a square of a uniformly drawn share of the image, which is Beta(1, 1) of the paper.
    """
    count, _, height, width = images.shape
    mixed = torch.rand(count, generator=random) < probability
    area = torch.rand(count, generator=random) * height * width * mixed
    hit = squares(area.sqrt().round().long(), height, width, random)
    kept = 1 - hit.float().mean((1, 2))
    mixture = Mixture(labels.roll(1), kept)
    return torch.where(hit[:, None], images.roll(1, 0), images), Labels(labels, mixture)


def _between(size: int, start: Tensor, length: Tensor) -> Tensor:
    places = torch.arange(size)[None]
    return (places >= start[:, None]) & (places < (start + length)[:, None])
