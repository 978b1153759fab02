"""Weights rounded to the integers that ship, in the float network that is trained or measured."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

from hwsim.training.optimizer import TrainableNetwork


def rounded(weight: Tensor, bits: int, *, per_channel: bool = True) -> Tensor:
    """`weight` (C_out, C_in, kh, kw), each value that of its integer: exactly integers * scales of
    `hwsim.network.quantise.quantise`, on the weight's own device.
    """
    limit = 2 ** (bits - 1) - 1
    dims = (1, 2, 3) if per_channel else (0, 1, 2, 3)
    largest = torch.maximum(weight.amax(dims), -weight.amin(dims))
    scale = torch.where(largest > 0, largest / limit, 1.0).view(-1, 1, 1, 1)
    levels = weight.double().div_(scale.double()).round_().clamp_(-limit, limit)
    return levels.float().mul_(scale)


@contextmanager
def quantised_weights(network: TrainableNetwork) -> Iterator[None]:
    """Inside, every weight has the value of the integer that its network ships.

    With the backward pass inside and the optimizer's step outside this is quantisation-aware
    training with a straight-through estimator: the float weights take the gradient at the
    rounded ones.
    """
    weights = [p for n, p in network.named_parameters() if n.endswith(("weight", "readout"))]
    kept = [(p, p.detach().clone()) for p in weights if p.dim() == 4]
    bits = network.network.weight_bits
    with torch.no_grad():
        for parameter, original in kept:
            per_channel = parameter is not network.readout
            parameter.copy_(rounded(original, bits, per_channel=per_channel))
    try:
        yield
    finally:
        with torch.no_grad():
            for parameter, original in kept:
                parameter.copy_(original)
