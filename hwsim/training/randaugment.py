"""RandAugment (Cubuk et al. 2020): some of 14 operations, each image its own, in whole batches.

The operations are those of Pillow on 8-bit pixels, with the ranges of the paper.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

LEVELS = 30
"""The largest magnitude; the ranges below are reached there."""

_FILL = 128.0
Operation = Callable[[Tensor, Tensor], Tensor]
"""float pixels (n, 3, H, W) in 0 .. 255 and a strength (n,) in -1 .. 1 to pixels."""


def randaugment(pixels: Tensor, operations: int, magnitude: int, random: torch.Generator) -> Tensor:
    """uint8 `pixels` (N, 3, H, W) after `operations` random ones of `magnitude` (0 .. LEVELS).

    Every image draws its operations, and the direction of those that have two, from `random`.
    """
    result = pixels.clone()
    for _ in range(operations):
        kinds = torch.randint(len(OPERATIONS), (len(pixels),), generator=random)
        signs = torch.randint(2, (len(pixels),), generator=random) * 2 - 1
        for kind, operation in enumerate(OPERATIONS.values()):
            chosen = kinds == kind
            if chosen.any():
                strength = signs[chosen] * (magnitude / LEVELS)
                out = operation(result[chosen].float(), strength)
                result[chosen] = out.round().clamp(0, 255).to(torch.uint8)
    return result


def _column(values: Tensor) -> Tensor:
    return values.view(-1, 1, 1, 1)


def _moved(x: Tensor, matrix: tuple[tuple[Tensor | float, ...], ...]) -> Tensor:
    """Nearest pixels, seen from the center in units of half the image; grey from outside."""
    rows = [torch.stack([torch.as_tensor(v).expand(len(x)) for v in row], 1) for row in matrix]
    grid = F.affine_grid(torch.stack(rows, 1).float(), list(x.shape), align_corners=False)
    return F.grid_sample(x - _FILL, grid, mode="nearest", align_corners=False) + _FILL


def _rotate(x: Tensor, s: Tensor) -> Tensor:
    angle = s * math.radians(30)
    cos, sin = angle.cos(), angle.sin()
    return _moved(x, ((cos, -sin, 0.0), (sin, cos, 0.0)))


def _shear_x(x: Tensor, s: Tensor) -> Tensor:
    return _moved(x, ((1.0, 0.3 * s, 0.0), (0.0, 1.0, 0.0)))


def _shear_y(x: Tensor, s: Tensor) -> Tensor:
    return _moved(x, ((1.0, 0.0, 0.0), (0.3 * s, 1.0, 0.0)))


def _translate_x(x: Tensor, s: Tensor) -> Tensor:
    """By up to 150 of 331 pixels; the grid is 2 wide."""
    return _moved(x, ((1.0, 0.0, s * (2 * 150 / 331)), (0.0, 1.0, 0.0)))


def _translate_y(x: Tensor, s: Tensor) -> Tensor:
    return _moved(x, ((1.0, 0.0, 0.0), (0.0, 1.0, s * (2 * 150 / 331))))


def _blend(x: Tensor, plain: Tensor, s: Tensor) -> Tensor:
    """`plain` at -1 / 0.9, the image at 0, as far beyond it at 1 / 0.9."""
    return plain + (1 + 0.9 * _column(s)) * (x - plain)


def _grey(x: Tensor) -> Tensor:
    weights = torch.tensor((0.299, 0.587, 0.114)).view(1, 3, 1, 1)
    return (x * weights).sum(1, keepdim=True).round()


def _color(x: Tensor, s: Tensor) -> Tensor:
    return _blend(x, _grey(x).expand_as(x), s)


def _contrast(x: Tensor, s: Tensor) -> Tensor:
    return _blend(x, _grey(x).mean((1, 2, 3), keepdim=True).round(), s)


def _brightness(x: Tensor, s: Tensor) -> Tensor:
    return _blend(x, torch.zeros_like(x), s)


def _sharpness(x: Tensor, s: Tensor) -> Tensor:
    """Against a slightly blurred image, whose edge pixels stay."""
    kernel = torch.ones(3, 1, 3, 3)
    kernel[:, :, 1, 1] = 5
    smooth = x.clone()
    smooth[..., 1:-1, 1:-1] = F.conv2d(x, kernel / 13, groups=3).round()
    return _blend(x, smooth, s)


def _posterize(x: Tensor, s: Tensor) -> Tensor:
    """Down to the 4 highest bits."""
    place = _column(2.0 ** (s.abs() * 4).round())
    return (x / place).floor() * place


def _solarize(x: Tensor, s: Tensor) -> Tensor:
    return torch.where(x >= _column(256 * (1 - s.abs())), 255 - x, x)


def _autocontrast(x: Tensor, _: Tensor) -> Tensor:
    """Each channel from its darkest to its brightest pixel, stretched to 0 .. 255."""
    low, high = x.amin((2, 3), keepdim=True), x.amax((2, 3), keepdim=True)
    return torch.where(high > low, (x - low) * (255 / (high - low).clamp(min=1)), x)


def _equalize(x: Tensor, _: Tensor) -> Tensor:
    """Each channel's histogram made flat, as Pillow rounds it."""
    flat = x.flatten(2).flatten(0, 1).long()
    counts = torch.zeros(len(flat), 256, dtype=torch.long)
    counts.scatter_add_(1, flat, torch.ones_like(flat))
    last = counts.gather(1, flat.amax(1, keepdim=True))
    step = (flat.shape[1] - last) // 255
    table = (counts.cumsum(1) - counts + step // 2) // step.clamp(min=1)
    flattened = table.clamp(max=255).gather(1, flat).view_as(x).to(x.dtype)
    return torch.where(step.view(len(x), -1, 1, 1) > 0, flattened, x)


OPERATIONS: dict[str, Operation] = {
    "identity": lambda x, _: x,
    "autocontrast": _autocontrast,
    "equalize": _equalize,
    "rotate": _rotate,
    "solarize": _solarize,
    "color": _color,
    "posterize": _posterize,
    "contrast": _contrast,
    "brightness": _brightness,
    "sharpness": _sharpness,
    "shear_x": _shear_x,
    "shear_y": _shear_y,
    "translate_x": _translate_x,
    "translate_y": _translate_y,
}
"""The paper's list, in its order."""
