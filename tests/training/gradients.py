"""What a convolution gives and passes back."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

Convolution = Callable[[Tensor, Tensor], Tensor]


def sums_and_gradients(
    convolve: Convolution, x: Tensor, weight: Tensor, gradient: Tensor, kind: torch.dtype
) -> tuple[Tensor, Tensor, Tensor]:
    """The sums of `x` and `weight` as `kind`, and the gradients of both for that of the sums."""
    images, weights = (tensor.detach().to(kind).requires_grad_() for tensor in (x, weight))
    y = convolve(images, weights)
    y.backward(gradient.to(y.dtype))
    assert images.grad is not None
    assert weights.grad is not None
    return y.detach(), images.grad, weights.grad


def torchs(x: Tensor, weight: Tensor) -> Tensor:
    """Torch's own, one pixel of zeros around."""
    return torch.nn.functional.conv2d(x, weight, padding=1)
