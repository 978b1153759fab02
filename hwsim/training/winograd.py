"""3 x 3 convolutions with a quarter of the multiplications, for training on a CPU.

F(m x m, 3 x 3) of Lavin & Gray 2016: an output tile of m x m comes from an input tile d of n x n,
n = m + 2, as

    Y = A^T [ (G g G^T) * (B^T d B) ] A

with n^2 multiplications in place of 9 m^2. Over all tiles and channels the product * is n^2
matrix products, left to a library. The gradients are the transposes of the same linear maps.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx

from hwsim.training.tiles import COLUMNS, LANES, gather, scatter

_POINTS = (0.0, 1.0, -1.0, 2.0, -2.0)
"""Where the largest tile interpolates, besides infinity (Lavin & Gray 2016)."""

_CHUNK_BYTES = 1 << 23
"""Transformed tiles that exist at once: they should still be in the cache when they are used."""

Array = np.ndarray[tuple[int, ...], np.dtype[np.float32]]


@dataclass(frozen=True)
class Transforms:
    """A^T (m, n), G (n, 3) and B^T (n, n) of F(m, 3), n = m + 2, and their transposes; each
    padded with zeros to `COLUMNS` columns.
    """

    m: int
    output: Array
    output_gradient: Array
    filters: Array
    filters_gradient: Array
    image: Array
    image_gradient: Array

    @property
    def n(self) -> int:
        """The side of an input tile."""
        return self.m + 2


def best_tile(size: int) -> int:
    """The m in 2 to 4 with the fewest multiplications for a plane of size x size outputs."""
    return min((2, 3, 4), key=lambda m: math.ceil(size / m) ** 2 * (m + 2) ** 2)


@cache
def transforms(m: int) -> Transforms:
    """Those of F(m, 3), m from 2 to 4.

    By Toom & Cook: a product of two polynomials follows from its values at n - 1 points and
    infinity. A filter's output is the transpose of the product of an m-vector and a 3-vector.
    """
    points = _POINTS[: m + 1]

    def values(length: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        rows = [[point**k for k in range(length)] for point in points]
        return np.array([*rows, [0.0] * (length - 1) + [1.0]])

    # A scale may move from B to G; these leave whole numbers in B, and the signs too.
    products = [abs(math.prod(p - q for q in points if q != p)) for p in points]
    scale = np.array([*products, 1.0])[:, None]
    a, g = values(m), values(3) / scale
    b = np.linalg.inv(values(m + 2)) * scale.T
    return Transforms(m, *(_padded(matrix) for matrix in (a.T, a, g, g.T, b.T.round(), b.round())))


def _padded(matrix: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Array:
    return np.pad(matrix, ((0, 0), (0, COLUMNS - matrix.shape[1]))).astype(np.float32)


def applies(x: Tensor, weight: Tensor) -> bool:
    """Whether `convolve` is the one: in float32, channels that the compiled loops take."""
    return (
        weight.shape[0] % LANES == weight.shape[1] % LANES == 0
        and x.dtype == torch.float32
        and not torch.is_autocast_enabled("cpu")
    )


class _Convolution(torch.autograd.Function):
    """Everything inside is (N, H, W, C), the memory order of channels_last."""

    @staticmethod
    def forward(ctx: FunctionCtx, x: Tensor, weight: Tensor) -> Tensor:
        x, weight = _channels_last(x), _channels_last(weight)
        by = transforms(best_tile(max(x.shape[1:3])))
        filters = _tiles(weight, by.filters, 3, 3, 0)
        ctx.save_for_backward(x, filters)
        ctx.by = by  # type: ignore[attr-defined]
        y = torch.empty((*x.shape[:3], len(weight)))
        for part in _parts(x, by, len(weight)):
            image = _tiles(x[part], by.image, by.n, by.m, -1)
            _images(torch.bmm(image, filters.mT), by.output, by.m, 0, y[part])
        return y.permute(0, 3, 1, 2)

    @staticmethod
    def backward(ctx: FunctionCtx, *gradients: Tensor) -> tuple[Tensor, Tensor]:
        x, filters = ctx.saved_tensors  # type: ignore[attr-defined]
        by: Transforms = ctx.by  # type: ignore[attr-defined]
        gradient = _channels_last(gradients[0])
        filters_gradient, x_gradient = torch.zeros_like(filters), torch.empty_like(x)
        for part in _parts(x, by, filters.shape[1]):
            image = _tiles(x[part], by.image, by.n, by.m, -1)
            output = _tiles(gradient[part], by.output_gradient, by.m, by.m, 0)
            filters_gradient.baddbmm_(output.mT, image)
            torch.bmm(output, filters, out=image)
            _images(image, by.image_gradient, by.m, -1, x_gradient[part])
        weight_gradient = torch.empty((filters.shape[1], 3, 3, filters.shape[2]))
        _images(filters_gradient, by.filters_gradient, 3, 0, weight_gradient)
        return x_gradient.permute(0, 3, 1, 2), weight_gradient.permute(0, 3, 1, 2)


def convolve(x: Tensor, weight: Tensor) -> Tensor:
    """The convolution of `x` (N, C_in, H, W) with `weight` (C_out, C_in, 3, 3), stride 1 and one
    pixel of zeros around; float32, equal to torch's to 3e-5 of the largest sum.
    """
    result: Tensor = _Convolution.apply(x, weight)  # type: ignore[no-untyped-call]
    return result


def _channels_last(x: Tensor) -> Tensor:
    return x.detach().permute(0, 2, 3, 1).contiguous()


def _parts(x: Tensor, by: Transforms, channels: int) -> Iterator[slice]:
    """The images of `x` in parts of which the transformed tiles stay in the cache."""
    tiles = math.ceil(x.shape[1] / by.m) * math.ceil(x.shape[2] / by.m)
    size = max(_CHUNK_BYTES // (4 * by.n**2 * tiles * max(x.shape[3], channels)), 1)
    return (slice(start, start + size) for start in range(0, len(x), size))


def _tiles(images: Tensor, left: Array, size: int, step: int, offset: int) -> Tensor:
    """(p * p, tiles, C): the transformed tiles of `images` (N, H, W, C)."""
    count, height, width, channels = images.shape
    tiles = count * math.ceil(height / step) * math.ceil(width / step)
    out = torch.empty((len(left), len(left), tiles, channels))
    gather(images.numpy(), left, size, step, offset, out.numpy())
    return out.flatten(0, 1)


def _images(tiles: Tensor, left: Array, step: int, offset: int, out: Tensor) -> None:
    """Fill `out` (N, H, W, C) from transformed tiles (p * p, tiles, C)."""
    side = math.isqrt(len(tiles))
    scatter(tiles.view(side, side, *tiles.shape[1:]).numpy(), left, step, offset, out.numpy())
