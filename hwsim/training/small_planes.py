"""3 x 3 convolutions of small planes for training on a CPU in bfloat16, by fewer multiplications.

F(2 x 2, 3 x 3) of Lavin & Gray 2016, the smallest tile of `winograd`: four outputs take 16
products in place of 36. Its transforms only add and halve, so that bfloat16 can bear them: sums
and gradients are 0.6 % from the exact ones (root mean square), where one rounding is 0.2 %.
A library's own convolution has too few pixels in a plane of 4 x 4 or 2 x 2 to fill its matrix
instructions. Larger planes are left to it: there the transforms cost more than they save.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx
from torch.nn import functional as F

_PIXELS = range(2, 17)
"""Of the planes where this was measured faster than the library's convolution."""

_FILTERS = torch.tensor([[1.0, 0.0, 0.0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0.0, 0.0, 1.0]])
"""G of F(2, 3)."""

_ALL_FILTERS = torch.kron(_FILTERS, _FILTERS).to(torch.bfloat16)
"""(16, 9): G g G^T for a filter g in a row; quarters, which bfloat16 holds exactly."""

_TURNED = [4 * row + column for row in (3, 1, 2, 0) for column in (3, 1, 2, 0)]
"""Where a filter that is turned by 180 degrees has its transform: the first and the last of the
four points change places.
"""


def applies(x: Tensor) -> bool:
    """Whether `convolve` is the one for this input: a small plane, under bfloat16 autocast."""
    return x.shape[2] * x.shape[3] in _PIXELS and torch.is_autocast_enabled("cpu")


class _Convolution(torch.autograd.Function):
    """Everything inside is (N, H, W, C), the memory order of channels_last."""

    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor, weight: Tensor) -> Tensor:
        images, filters = _tiles(_channels_last(x)), _filters(weight)
        ctx.save_for_backward(images, filters)
        sums = torch.bmm(images, filters.mT)
        return _images(sums, x.shape[0], x.shape[2], x.shape[3]).permute(0, 3, 1, 2)

    @staticmethod
    def backward(ctx: FunctionCtx, *gradients: Tensor) -> tuple[Tensor, Tensor]:
        images, filters = ctx.saved_tensors  # type: ignore[attr-defined]
        gradient = _channels_last(gradients[0])
        outputs = _outputs(gradient)
        filters_gradient = torch.bmm(outputs.mT, images).flatten(1)
        rows = (_ALL_FILTERS.T @ filters_gradient).view(3, 3, *filters.shape[1:])
        # Each pixel's gradient is what it gave to its 3 x 3 neighbours: the filter, turned.
        sums = torch.bmm(_tiles(gradient), filters[_TURNED])
        x_gradient = _images(sums, *gradient.shape[:3])
        return x_gradient.permute(0, 3, 1, 2), rows.permute(2, 3, 0, 1).float()


def convolve(x: Tensor, weight: Tensor) -> Tensor:
    """The convolution of `x` (N, C_in, H, W) with `weight` (C_out, C_in, 3, 3), stride 1 and one
    pixel of zeros around: bfloat16, with sums in float32 over channels.
    """
    result: Tensor = _Convolution.apply(x, weight)  # type: ignore[no-untyped-call]
    return result


def _channels_last(x: Tensor) -> Tensor:
    return x.detach().permute(0, 2, 3, 1).to(torch.bfloat16).contiguous()


def _filters(weight: Tensor) -> Tensor:
    """(16, C_out, C_in): G g G^T."""
    outs, ins = weight.shape[:2]
    rows = weight.detach().permute(2, 3, 0, 1).to(torch.bfloat16).reshape(9, outs * ins)
    return (_ALL_FILTERS @ rows).view(16, outs, ins)


def _tiles(x: Tensor) -> Tensor:
    """(16, N * rows * columns, C): B^T d B of every tile d of 4 x 4 pixels, two pixels apart."""
    count, height, width, channels = x.shape
    rows, columns = (height + 1) // 2, (width + 1) // 2
    x = F.pad(x, (0, 0, 1, 2 * columns + 1 - width, 1, 2 * rows + 1 - height))
    out = x.new_empty(4, 4, count, rows, columns, channels)
    d = [x[:, i : i + 2 * rows - 1 : 2] for i in range(4)]
    for place, half in zip(out, _points(d), strict=True):
        e = [half[:, :, j : j + 2 * columns - 1 : 2] for j in range(4)]
        for target, value in zip(place, _points(e), strict=True):
            target.copy_(value)
    return out.view(16, -1, channels)


def _points(d: list[Tensor]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """B^T d along one axis: the tile at the points 0, 1, -1 and infinity."""
    return d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]


def _outputs(gradient: Tensor) -> Tensor:
    """(16, N * rows * columns, C): A g A^T of every tile g of 2 x 2 outputs."""
    count, height, width, channels = gradient.shape
    gradient = F.pad(gradient, (0, 0, 0, width % 2, 0, height % 2))
    rows, columns = gradient.shape[1] // 2, gradient.shape[2] // 2
    out = gradient.new_empty(4, 4, count, rows, columns, channels)
    for place, half in zip(out, _spread(gradient[:, ::2], gradient[:, 1::2]), strict=True):
        pair = half[:, :, ::2], half[:, :, 1::2]
        for target, value in zip(place, _spread(*pair), strict=True):
            target.copy_(value)
    return out.view(16, -1, channels)


def _spread(first: Tensor, second: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """A g along one axis, the transpose of `_gathered`."""
    return first, first + second, first - second, -second


def _images(sums: Tensor, count: int, height: int, width: int) -> Tensor:
    """(N, H, W, C): A^T m A of every transformed tile m, cut to the image."""
    rows, columns = (height + 1) // 2, (width + 1) // 2
    m = sums.view(4, 4, count, rows, columns, -1)
    out = sums.new_empty(count, rows, 2, columns, 2, m.shape[-1])
    for row, half in enumerate(_gathered(m)):
        for column, value in enumerate(_gathered(half)):
            out[:, :, row, :, column] = value
    return out.view(count, 2 * rows, 2 * columns, -1)[:, :height, :width].contiguous()


def _gathered(m: Tensor) -> tuple[Tensor, Tensor]:
    """A^T m along the first axis."""
    return m[0] + m[1] + m[2], m[1] - m[2] - m[3]
