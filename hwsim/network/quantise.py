"""Float weights to small symmetric integers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def quantise(
    weights: npt.NDArray[np.float32], *, bits: int = 8, per_channel: bool = True
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """`weights` (C_out, C_in, kh, kw) as integers in -(2**(bits-1) - 1) .. 2**(bits-1) - 1.

    Returns the integers (int8, for 2 to 8 bits) and `scales` float32 (C_out,), so that
    w ~ integers * scale; the largest magnitude of a channel (of the whole layer, where
    `per_channel` is False) maps to the largest integer, halves round to even. A channel of
    zeros gets scale 1.
    """
    limit = 2 ** (bits - 1) - 1
    channels = weights.shape[0]
    largest = np.abs(weights.reshape(channels, -1)).max(axis=1)
    if not per_channel:
        largest = np.full(channels, largest.max())
    scales = np.where(largest > 0, largest / limit, 1.0).astype(np.float32)
    # In float64, so that the quotient by the stored scale is rounded once.
    levels = np.rint(weights.astype(np.float64) / scales.astype(np.float64)[:, None, None, None])
    return np.clip(levels, -limit, limit).astype(np.int8), scales
