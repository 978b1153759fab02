"""The spike: a strict compare forward, a surrogate derivative backward."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor
from torch.autograd.function import FunctionCtx

Surrogate = Literal["triangle", "box"]


class _Spike(torch.autograd.Function):
    """s = [u > theta]. The derivative is that of the pseudo-spike f(u / theta - 1)."""

    @staticmethod
    def forward(ctx: FunctionCtx, u: Tensor, theta: Tensor, surrogate: Surrogate) -> Tensor:
        ctx.save_for_backward(u, theta)
        ctx.surrogate = surrogate  # type: ignore[attr-defined]
        return (u > theta).to(u.dtype)

    @staticmethod
    def backward(ctx: FunctionCtx, *grads: Tensor) -> tuple[Tensor, Tensor | None, None]:
        u, theta = ctx.saved_tensors  # type: ignore[attr-defined]
        inverse = 1.0 / theta.item()
        distance = (u * (inverse)).sub_(1.0).abs_()
        if ctx.surrogate == "triangle":  # type: ignore[attr-defined]
            slope = distance.neg_().add_(1.0).clamp_(min=0.0)
        else:
            slope = (distance < 1.0).to(u.dtype).mul_(0.5)
        grad_u = slope.mul_(grads[0]).mul_(inverse)
        grad_theta = None
        if ctx.needs_input_grad[1]:  # type: ignore[attr-defined]
            # d(u / theta - 1) / d theta = -u / theta**2, over all neurons. torch adds bfloat16 up
            # in float32 and rounds once; asking for a float32 sum would copy the tensor first.
            grad_theta = -(grad_u * u).sum().to(theta.dtype) / theta
        return grad_u, grad_theta, None


def spike(u: Tensor, theta: Tensor, surrogate: Surrogate = "triangle") -> Tensor:
    """1 where `u` > `theta` (a scalar tensor > 0), else 0, in `u`'s dtype.

    Backward, with d = u / theta - 1: `triangle` is max(0, 1 - |d|) (Neftci 2019; the shape that
    BNTT and IIR use, here with height 1), `box` is 0.5 where |d| < 1. Both have unit area in d.
    """
    result: Tensor = _Spike.apply(u, theta, surrogate)  # type: ignore[no-untyped-call]
    return result
