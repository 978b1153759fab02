"""Batch-norm statistics of the network that ships: full-size images, quantised weights."""

from __future__ import annotations

import torch
from torch import nn

from hwsim.training.batches import Batches
from hwsim.training.bntt import BNTT
from hwsim.training.optimizer import TrainableNetwork
from hwsim.training.quantised import quantised_weights


@torch.no_grad()
def calibrate(network: TrainableNetwork, batches: Batches, images: int) -> None:
    """Replace the running statistics by the mean of those of the first `images` of `batches`.

    Training saw smaller and augmented images, and float weights; these are plain images and
    the weights that ship. Float32 throughout.
    """
    norms = [m for m in network.modules() if isinstance(m, BNTT | nn.BatchNorm2d)]
    momenta = [norm.momentum for norm in norms]
    network.train()
    with quantised_weights(network):
        for count, (values, _) in enumerate(batches.plain(images), start=1):
            for norm in norms:
                norm.momentum = 1.0 / count
            network(values)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum if momentum is not None else 0.1
