"""3 x 3 convolutions of small planes for training on a CPU in bfloat16, by fewer multiplications.

F(2 x 2, 3 x 3) of Lavin & Gray 2016, the smallest tile of `winograd`: four outputs take 16
products in place of 36. Its transforms only add and halve, so that bfloat16 can bear them: sums
and gradients are 0.5 to 0.7 % from exact ones (root mean square), where one rounding is 0.2 %.
A library's own convolution has too few pixels in a plane of 4 x 4 or 2 x 2 to fill its matrix
instructions. Larger planes are left to it: there the transforms cost more than they save.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx
from torch.nn import functional as F

from hwsim.training.winograd import Array, transforms

_PIXELS = range(2, 17)
"""Of the planes where this was measured faster than the library's convolution."""

_BY = transforms(2)

_FILTERS = torch.from_numpy(_BY.filters[:, :3])
_ALL_FILTERS = torch.kron(_FILTERS, _FILTERS).to(torch.bfloat16)
"""(16, 9): G g G^T for a filter g in a row; quarters, which bfloat16 holds exactly."""

_TURNED = [4 * row + column for row in (3, 1, 2, 0) for column in (3, 1, 2, 0)]
"""Where a filter that is turned by 180 degrees has its transform: the points 0 and infinity
change places, 1 and -1 stay.
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
    height, width = x.shape[1:3]
    rows, columns = (height + 1) // 2, (width + 1) // 2
    x = F.pad(x, (0, 0, 1, 2 * columns + 1 - width, 1, 2 * rows + 1 - height))
    return _transformed(x, _BY.image[:, :4], rows, columns)


def _outputs(gradient: Tensor) -> Tensor:
    """(16, N * rows * columns, C): A g A^T of every tile g of 2 x 2 outputs."""
    height, width = gradient.shape[1:3]
    gradient = F.pad(gradient, (0, 0, 0, width % 2, 0, height % 2))
    return _transformed(gradient, _BY.output_gradient[:, :2], (height + 1) // 2, (width + 1) // 2)


def _transformed(x: Tensor, left: Array, rows: int, columns: int) -> Tensor:
    """left d left^T of every tile d of `x` (N, H, W, C), the tiles two pixels apart."""
    count, _, _, channels = x.shape
    size = left.shape[1]
    out = x.new_empty(4, 4, count, rows, columns, channels)
    lines = [x[:, i : i + 2 * rows - 1 : 2] for i in range(size)]
    for place, line in zip(out, _mixed(left, lines), strict=True):
        pixels = [line[:, :, j : j + 2 * columns - 1 : 2] for j in range(size)]
        for target, value in zip(place, _mixed(left, pixels), strict=True):
            target.copy_(value)
    return out.view(16, -1, channels)


def _images(sums: Tensor, count: int, height: int, width: int) -> Tensor:
    """(N, H, W, C): A^T m A of every transformed tile m, cut to the image."""
    rows, columns = (height + 1) // 2, (width + 1) // 2
    left, m = _BY.output[:, :4], sums.view(4, 4, count, rows, columns, -1)
    out = sums.new_empty(count, rows, 2, columns, 2, m.shape[-1])
    for row, line in enumerate(_mixed(left, m)):
        for column, value in enumerate(_mixed(left, line)):
            out[:, :, row, :, column] = value
    return out.view(count, 2 * rows, 2 * columns, -1)[:, :height, :width].contiguous()


def _mixed(left: Array, parts: Sequence[Tensor] | Tensor) -> Iterator[Tensor]:
    """The rows of `left`, of 0, 1 and -1, times `parts`."""
    for row in left:
        plus, minus = ([parts[i] for i in (row == sign).nonzero()[0]] for sign in (1, -1))
        total = plus[0]
        for part in plus[1:]:
            total = total + part
        for part in minus:
            total = total - part
        yield total
