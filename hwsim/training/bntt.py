"""Batch normalization through time: one batch norm per timestep, without a shift."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

EPS = 1e-4
"""Added to the variance: the value in the authors' code (Kim & Panda 2021)."""


class BNTT(nn.Module):
    """BNTT_t(x) = gamma_t * (x - mu_t) / sqrt(var_t + eps), no beta, per channel.

    `gamma`, `running_mean` and `running_var` are (timesteps, channels); in training mode the
    batch's own statistics normalize and the running ones follow them with `momentum`.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, timesteps: int, channels: int, momentum: float = 0.1) -> None:
        super().__init__()
        self.timesteps = timesteps
        self.momentum = momentum
        self.gamma = nn.Parameter(torch.ones(timesteps, channels))
        self.register_buffer("running_mean", torch.zeros(timesteps, channels))
        self.register_buffer("running_var", torch.ones(timesteps, channels))

    def forward(self, x: Tensor, t: int) -> Tensor:
        """`x` (N, C, ...) of timestep `t` (from 0), normalized."""
        return F.batch_norm(
            x,
            self.running_mean[t],
            self.running_var[t],
            self.gamma[t],
            None,
            self.training,
            self.momentum,
            EPS,
        )
