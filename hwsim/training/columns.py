"""3 x 3 convolutions of small planes as one matrix product, for training on a CPU in bfloat16.

What the output pixel (y, x) sees, 3 x 3 pixels of all channels, becomes a row of a matrix (im2col;
Chellapilla et al. 2006). A library's own convolution has too few pixels in a plane of 4 x 4 or
2 x 2 to fill its matrix instructions, and its gradient of the weights has least.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx
from torch.nn import functional as F

_LARGEST_PLANE = 16
"""Pixels up to which the product was measured faster than the library's convolution."""


def applies(x: Tensor) -> bool:
    """Whether `convolve` is the one for this input: a small plane, under bfloat16 autocast."""
    return x.shape[2] * x.shape[3] <= _LARGEST_PLANE and torch.is_autocast_enabled("cpu")


class _Convolution(torch.autograd.Function):
    """Everything inside is (N, H, W, C), the memory order of channels_last."""

    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor, weight: Tensor) -> Tensor:
        x, weight = _channels_last(x), _channels_last(weight)
        ctx.save_for_backward(x, weight)
        y = _columns(x) @ weight.flatten(1).T
        return y.view(*x.shape[:3], -1).permute(0, 3, 1, 2)

    @staticmethod
    def backward(ctx: FunctionCtx, *gradients: Tensor) -> tuple[Tensor, Tensor]:
        x, weight = ctx.saved_tensors  # type: ignore[attr-defined]
        gradient = _channels_last(gradients[0])
        weight_gradient = (gradient.flatten(0, 2).T @ _columns(x)).view_as(weight)
        # Each pixel's gradient is what it gave to its 3 x 3 neighbours: the kernel, turned.
        turned = weight.flip(1, 2).permute(1, 2, 0, 3).flatten(0, 2)
        x_gradient = (_columns(gradient) @ turned).view_as(x)
        return x_gradient.permute(0, 3, 1, 2), weight_gradient.permute(0, 3, 1, 2).float()


def convolve(x: Tensor, weight: Tensor) -> Tensor:
    """The convolution of `x` (N, C_in, H, W) with `weight` (C_out, C_in, 3, 3), stride 1 and one
    pixel of zeros around: bfloat16, summed in float32.
    """
    result: Tensor = _Convolution.apply(x, weight)  # type: ignore[no-untyped-call]
    return result


def _channels_last(x: Tensor) -> Tensor:
    return x.detach().permute(0, 2, 3, 1).to(torch.bfloat16).contiguous()


def _columns(x: Tensor) -> Tensor:
    """(N * H * W, 9 * C): the 3 x 3 neighbours of every pixel of `x` (N, H, W, C)."""
    count, height, width, channels = x.shape
    padded = F.pad(x, (0, 0, 1, 1, 1, 1))
    image, row, pixel, _ = padded.stride()
    # Three neighbours in a row lie side by side in memory, so they are copied as one.
    patches = padded.as_strided(
        (count, height, width, 3, 3 * channels), (image, row, pixel, row, 1)
    )
    return patches.reshape(count * height * width, 9 * channels)
