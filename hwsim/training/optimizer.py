"""Orthogonalized momentum for hidden weights, Adam for per-channel constants, SGD for the rest."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import torch
from torch import Tensor, nn

from hwsim.training.analog import AnalogNetwork
from hwsim.training.spiking import SpikingNetwork

TrainableNetwork = AnalogNetwork | SpikingNetwork

_NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
"""Quintic coefficients of Jordan et al. 2024 (Muon): fast, singular values end near 1."""


@cache
def has_bfloat16(device: torch.device) -> bool:
    """Whether `device` multiplies bfloat16 matrices with instructions of its own.

    A CPU that has none takes 40 times as long as with float32.
    """
    if device.type != "cpu":
        return True
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def orthogonalize(matrix: Tensor, steps: int = 4) -> Tensor:
    """The nearest semi-orthogonal matrix to `matrix`, roughly: singular values in 0.7 .. 1.2.

    x <- p(x x^T) x, `steps` times. Every factor is a polynomial of the first x x^T, so they are
    multiplied among themselves, as small square matrices, before the one product with x.
    """
    a, b, c = _NEWTON_SCHULZ
    x = matrix.to(torch.bfloat16 if has_bfloat16(matrix.device) else torch.float32)
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.T
    x = x / (x.norm() + 1e-7)
    gram, product = x @ x.T, None
    for step in range(steps):
        factor = torch.addmm(gram, gram, gram, beta=b, alpha=c)
        factor.diagonal().add_(a)
        product = factor if product is None else factor @ product
        if step + 1 < steps:
            gram = factor @ (gram @ factor)
    assert product is not None
    x = product @ x
    result: Tensor = (x.T if tall else x).to(matrix.dtype)
    return result


@dataclass(frozen=True)
class Rates:
    """Learning rates of one stage at its start: hidden matrices, per-channel and per-layer
    constants (gamma, beta, threshold, leak), readout.
    """

    matrix: float
    constant: float
    readout: float


class Muon:
    """The optimizer measured best on few epochs (reference: Jordan's airbench94, 2024).

    Hidden weights, seen as (out, k * k * in): Nesterov momentum, orthogonalized, then the whole
    matrix is brought back to norm sqrt(out); batch norm makes the network blind to that scale.
    Constants: Adam (0.9, 0.99). Readout: Nesterov SGD.
    """

    def __init__(self, network: TrainableNetwork, rates: Rates, momentum: float = 0.6) -> None:
        self.rates = rates
        self.momentum = momentum
        self.matrices: list[nn.Parameter] = []
        self.constants: list[nn.Parameter] = []
        for name, parameter in network.hidden.named_parameters():
            (
                self.matrices
                if name.endswith("weight") and parameter.dim() == 4
                else self.constants
            ).append(parameter)
        self.readout = network.readout
        self.steps = 0
        self.buffers = [torch.zeros_like(p) for p in (*self.matrices, self.readout)]
        self.first = [torch.zeros_like(p) for p in self.constants]
        self.second = [torch.zeros_like(p) for p in self.constants]

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in (*self.matrices, *self.constants, self.readout):
            parameter.grad = None

    @torch.no_grad()
    def step(self, factor: float) -> None:
        """Update every parameter with its learning rate times `factor`."""
        self.steps += 1
        for parameter, buffer in zip((*self.matrices, self.readout), self.buffers, strict=True):
            if parameter.grad is None:
                continue
            buffer.mul_(self.momentum).add_(parameter.grad)
            direction = parameter.grad.add(buffer, alpha=self.momentum)
            if parameter is self.readout:
                parameter.add_(direction, alpha=-self.rates.readout * factor)
                continue
            # As (out, k * k * in), which channels_last weights are without a copy.
            rows = direction.permute(0, 2, 3, 1)
            update = orthogonalize(rows.flatten(1)).view_as(rows).permute(0, 3, 1, 2)
            parameter.add_(update, alpha=-self.rates.matrix * factor)
            parameter.mul_(math.sqrt(len(parameter)) / parameter.norm())
        self._step_constants(self.rates.constant * factor)

    def _step_constants(self, rate: float) -> None:
        for parameter, first, second in zip(self.constants, self.first, self.second, strict=True):
            if parameter.grad is None:
                continue
            first.lerp_(parameter.grad, 0.1)
            second.lerp_(parameter.grad.square(), 0.01)
            scale = math.sqrt(1 - 0.99**self.steps) / (1 - 0.9**self.steps)
            parameter.addcdiv_(first, second.sqrt().add_(1e-12), value=-rate * scale)

    def state_dict(self) -> dict[str, object]:
        """Everything that a resumed run needs."""
        return {
            "steps": self.steps,
            "buffers": self.buffers,
            "first": self.first,
            "second": self.second,
        }

    @torch.no_grad()
    def load_state_dict(self, state: dict[str, object]) -> None:
        """Continue where `state_dict` was taken."""
        steps = state["steps"]
        assert isinstance(steps, int)
        self.steps = steps
        for name in ("buffers", "first", "second"):
            saved = state[name]
            assert isinstance(saved, list)
            for target, source in zip(getattr(self, name), saved, strict=True):
                target.copy_(source)
