"""What the images of a training batch show: one class each, or two where CutMix joined them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class Mixture:
    """Of every image of a batch, the class of the part `pasted` in (N,) and the share of the
    image (N,) that is still `kept`: 1 where nothing was pasted.
    """

    pasted: Tensor
    kept: Tensor

    def to(self, device: torch.device) -> Mixture:
        """The same on `device`."""
        return Mixture(self.pasted.to(device), self.kept.to(device))


@dataclass(frozen=True)
class Labels:
    """The classes (N,) of a batch's own images, and what was mixed into them (None: nothing)."""

    own: Tensor
    mixture: Mixture | None = None

    @property
    def largest(self) -> Tensor:
        """The class (N,) that has most of each image."""
        if self.mixture is None:
            return self.own
        return torch.where(self.mixture.kept >= 0.5, self.own, self.mixture.pasted)

    def cross_entropy(self, logits: Tensor, smoothing: float) -> Tensor:
        """The mean over logits (T, N, classes); of a mixed image, that of both its classes by
        their shares (Yun et al. 2019, equation 1).
        """
        flat, repeats = logits.flatten(0, 1), len(logits)
        if self.mixture is None:
            return F.cross_entropy(flat, self.own.repeat(repeats), label_smoothing=smoothing)
        own, pasted = (
            F.cross_entropy(
                flat, classes.repeat(repeats), label_smoothing=smoothing, reduction="none"
            )
            for classes in (self.own, self.mixture.pasted)
        )
        return torch.lerp(pasted, own, self.mixture.kept.repeat(repeats)).mean()

    def to(self, device: torch.device) -> Labels:
        """The same on `device`."""
        return Labels(self.own.to(device), self.mixture and self.mixture.to(device))
