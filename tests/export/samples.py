"""The two small networks whose metrics NeuroBench itself was asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from hwsim.network.checkpoint import Checkpoint
from tests.network.nets import random_checkpoint, random_images

CASES = (1, 3)
"""Timesteps."""
IMAGES = 3


def checkpoint(timesteps: int) -> Checkpoint:
    """A random VGG9 with a tenth of its weights set to zero."""
    whole = random_checkpoint(timesteps)
    rng = np.random.default_rng(1)
    pruned = tuple(
        replace(entry, weights=entry.weights * (rng.random(entry.weights.shape) > 0.1))
        for entry in whole.parameters
    )
    return replace(whole, parameters=pruned)


def pixels() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Images and labels."""
    return random_images(IMAGES), np.random.default_rng(2).integers(0, 10, IMAGES)
