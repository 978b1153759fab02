"""The spike: a strict compare forward, a surrogate derivative backward."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx

Shape = Literal["triangle", "box"]


@dataclass(frozen=True)
class Surrogate:
    """The derivative that stands for a spike's, of d = u / theta - 1.

    `triangle` is max(0, 1 - |d| / width) / width (Neftci 2019; the shape that BNTT and IIR use,
    here with unit area), `box` is 0.5 / width where |d| < width; `width` is in thresholds.
    """

    shape: Shape = "triangle"
    width: float = 1.0


TRIANGLE = Surrogate()
"""That of a stage whose recipe does not say."""


def fires(u: Tensor, theta: Tensor) -> Tensor:
    """[u > theta] as 0 and 1 in `u`'s dtype, without a gradient."""
    u = u.detach()
    # Written as numbers at once: on a CPU a tensor of booleans takes many times as long.
    return torch.gt(u, theta.detach(), out=torch.empty_like(u))


class _Spike(torch.autograd.Function):
    """s = [u > theta]. The derivative is that of the pseudo-spike f(u / theta - 1)."""

    @staticmethod
    def forward(ctx: FunctionCtx, u: Tensor, theta: Tensor, surrogate: Surrogate) -> Tensor:
        ctx.save_for_backward(u, theta)
        ctx.surrogate = surrogate  # type: ignore[attr-defined]
        return fires(u, theta)

    @staticmethod
    def backward(ctx: FunctionCtx, *grads: Tensor) -> tuple[Tensor, Tensor | None, None]:
        u, theta = ctx.saved_tensors  # type: ignore[attr-defined]
        surrogate: Surrogate = ctx.surrogate  # type: ignore[attr-defined]
        reach = surrogate.width * theta.item()
        distance = (u - theta.item()).abs_()
        if surrogate.shape == "triangle":
            slope = torch.rsub(distance, 1 / reach, alpha=1 / reach**2).clamp_(min=0.0)
        else:
            slope = torch.lt(distance, reach, out=distance).mul_(0.5 / reach)
        grad_u = slope * grads[0]
        grad_theta = None
        if ctx.needs_input_grad[1]:  # type: ignore[attr-defined]
            # d(u / theta - 1) / d theta = -u / theta**2, over all neurons. torch adds bfloat16 up
            # in float32 and rounds once; asking for a float32 sum would copy the tensor first.
            grad_theta = -(grad_u * u).sum().to(theta.dtype) / theta
        return grad_u, grad_theta, None


def spike(u: Tensor, theta: Tensor, surrogate: Surrogate = TRIANGLE) -> Tensor:
    """1 where `u` > `theta` (a scalar tensor > 0), else 0, in `u`'s dtype; backward `surrogate`."""
    result: Tensor = _Spike.apply(u, theta, surrogate)  # type: ignore[no-untyped-call]
    return result
