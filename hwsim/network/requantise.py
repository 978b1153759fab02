"""Batch norm and the clipped ReLU of an ANN as one fixed-point multiplication per channel."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hwsim.errors import InvalidInput
from hwsim.network.parameters import Requantise

Floats = npt.NDArray[np.float64]

_LARGEST_SHIFT = 40
_MULTIPLIER_LIMIT = 2**31 - 1
_BIAS_LIMIT = 2**61
"""With accumulators of 32 bits the whole sum stays within 63 bits."""


def requantise(slope: Floats, offset: Floats) -> Requantise:
    """Integers for y = clip(round(slope[c] * acc + offset[c])), in activation steps.

    `slope` (C,) is steps per count of the accumulator, `offset` (C,) steps. Three roundings: the
    multiplier and the bias to 2**-shift, which moves the sum by at most (|acc| + 1) / 2**(shift +
    1) steps, then the sum to a whole step, halves up. `shift` is one for the layer: the largest
    with which its multipliers fit int32 and its biases 62 bits. Raises InvalidInput where there
    is none, or where a value is not finite.
    """
    if not (np.isfinite(slope).all() and np.isfinite(offset).all()):
        raise InvalidInput("activations: batch norm has values that are not finite")
    for shift in range(_LARGEST_SHIFT, 0, -1):
        multiplier, bias = np.rint(slope * 2.0**shift), np.rint(offset * 2.0**shift)
        if np.abs(multiplier).max() <= _MULTIPLIER_LIMIT and np.abs(bias).max() < _BIAS_LIMIT:
            return Requantise(multiplier.astype(np.int32), bias.astype(np.int64), shift)
    raise InvalidInput("activations: one count of the accumulator exceeds 2**30 activation steps")
