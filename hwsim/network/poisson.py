"""Poisson coding: an image as signed spikes, drawn anew in every timestep (Kim & Panda 2021)."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt

_FULL = 1 << 16
_SPIKES_PER_UNIT = 0.5
"""A normalised pixel x spikes with probability min(|x| / 2, 1): the authors' PoissonGen."""


def signed_spikes(
    levels: npt.NDArray[np.int8], step: float, timesteps: int, seed: object
) -> npt.NDArray[np.int8]:
    """-1, 0 or 1, int8 (N, T, H, W, C), for int8 `levels` (N, H, W, C) worth `step` each.

    A pixel x = level * step spikes with its sign and probability min(|x| / 2, 1), to within
    2**-17. The draws of an image depend on `seed` and on its own levels alone: not on its place
    in a batch, and those of the first timesteps not on how many follow.
    """
    chance = np.rint(np.arange(129) * (step * _SPIKES_PER_UNIT * _FULL)).clip(max=_FULL)
    needed = chance.astype(np.uint32)[np.abs(levels.astype(np.int16))]
    spikes = np.empty((len(levels), timesteps, *levels.shape[1:]), np.int8)
    for image, target in enumerate(spikes):
        draws = _draws(levels[image], target.size, seed).reshape(target.shape)
        np.multiply(np.sign(levels[image]), draws < needed[image], out=target)
    return spikes


def _draws(image: npt.NDArray[np.int8], count: int, seed: object) -> npt.NDArray[np.uint16]:
    """`count` numbers of 16 bits; raw bits of Philox, which numpy promises to keep."""
    digest = hashlib.sha256(repr(seed).encode() + np.ascontiguousarray(image).tobytes()).digest()
    words = np.random.Philox(key=int.from_bytes(digest[:16], "little")).random_raw(-(-count // 4))
    draws: npt.NDArray[np.uint16] = words.astype("<u8").view("<u2")[:count]
    return draws
