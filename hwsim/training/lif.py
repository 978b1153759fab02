"""Leaky integrate-and-fire neurons, and the OR pool over their spikes."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hwsim.network.graph import PoolKind
from hwsim.training.spike import TRIANGLE, Surrogate, fires, spike

MIN_THRESHOLD = 0.05
"""Thresholds stay above this; at zero every neuron would fire at rest."""


class LIF(nn.Module):
    """u = leak * u + drive; s = [u > theta]; u = u - theta * s, with u = 0 before an image.

    One trainable `theta` and one trainable `leak` (at most 1) for the layer. As in IIR and
    DIET-SNN no gradient flows through the compare of the reset.
    """

    def __init__(self, surrogate: Surrogate = TRIANGLE) -> None:
        super().__init__()
        self.theta = nn.Parameter(torch.tensor(1.0))
        self.leak = nn.Parameter(torch.tensor(1.0))
        self.surrogate = surrogate

    @torch.no_grad()
    def clamp(self) -> None:
        """Bring `leak` back to [0, 1] and `theta` above `MIN_THRESHOLD` after a step."""
        self.leak.clamp_(0.0, 1.0)
        self.theta.clamp_(min=MIN_THRESHOLD)

    def charge(self, u: Tensor | None, drive: Tensor) -> Tensor:
        """The membrane before the compare; `u` is what `reset` left, None at the first step."""
        return drive if u is None else self.leak.to(drive.dtype) * u + drive

    def fire(self, u: Tensor, pool: int = 1, kind: PoolKind = "or") -> Tensor:
        """The layer's outgoing spikes (0 or 1), pooled over disjoint `pool` x `pool` windows.

        OR over the spikes of a window equals the compare of its largest membrane, which also
        sends the gradient there. `average` gives the count divided by the window's size.
        """
        if pool > 1 and kind == "or":
            return spike(F.max_pool2d(u, pool, ceil_mode=True), self.theta, self.surrogate)
        fired = spike(u, self.theta, self.surrogate)
        return F.avg_pool2d(fired, pool, ceil_mode=True) if pool > 1 else fired

    def reset(self, u: Tensor) -> Tensor:
        """The membrane after the soft reset of every neuron that fired."""
        return u - self.theta.to(u.dtype) * fires(u, self.theta)
