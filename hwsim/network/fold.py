"""Batch norm, leak and threshold as integers: one compare at T = 1, fixed-point tables above.

In real arithmetic on the stored float values a neuron of channel c at timestep t has

    drive = gamma[t, c] * (acc * unit[c] - mean[t, c]) / sqrt(var[t, c] + eps)

and fires where its membrane exceeds theta (strictly). `unit` is what one count of the
accumulator is worth: weight scale x input step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from hwsim.errors import InvalidInput
from hwsim.network.parameters import NEVER, Compare, FixedPointLif

Floats = npt.NDArray[np.float64]

FRACTION_BITS = 12
SCALE_SHIFT = 16
LEAK_SHIFT = 15
MEMBRANE_BITS = 24
_INT32 = np.iinfo(np.int32)


@dataclass(frozen=True)
class FloatNeurons:
    """Trained neurons of one layer: `gamma`, `mean`, `var` (T, C); `eps`, `theta` > 0, `leak`."""

    gamma: Floats
    mean: Floats
    var: Floats
    eps: float
    theta: float
    leak: float

    def __post_init__(self) -> None:
        parts = (self.gamma, self.mean, self.var)
        if len({part.shape for part in parts}) != 1 or self.gamma.ndim != 2:
            raise InvalidInput("neurons: gamma, mean and var must have one shape (T, channels)")
        if not all(np.isfinite(part).all() for part in parts) or (self.var < 0).any():
            raise InvalidInput("neurons: gamma, mean and var must be finite, var not negative")
        if not self.theta > 0 or not 0 <= self.leak <= 1 or not self.eps > 0:
            raise InvalidInput(
                f"neurons: threshold {self.theta} and eps {self.eps} must be > 0, "
                f"leak {self.leak} in 0 .. 1"
            )


def fold(neurons: FloatNeurons, unit: Floats) -> Compare:
    """The exact integer compare of a one-timestep layer.

    Exact: rational arithmetic decides on which side of the threshold each integer lies, so no
    rounding is left that could move a spike. A threshold beyond int32 becomes int32's limit,
    which no accumulator passes.
    """
    if neurons.gamma.shape[0] != 1:
        raise InvalidInput(f"a compare holds one timestep, not {neurons.gamma.shape[0]}")
    channels = neurons.gamma.shape[1]
    thresholds = np.full(channels, NEVER, dtype=np.int32)
    signs = np.ones(channels, dtype=np.int8)
    for c in range(channels):
        gamma, mean, var = (
            float(part[0, c]) for part in (neurons.gamma, neurons.mean, neurons.var)
        )
        if gamma == 0:
            continue
        sign = 1 if gamma > 0 else -1
        sigma = float(np.sqrt(var + neurons.eps))
        guess = sign * (mean + neurons.theta * sigma / gamma) / float(unit[c])
        signs[c] = sign
        if guess >= _INT32.max:
            continue
        if guess < _INT32.min:
            thresholds[c] = _INT32.min
            continue
        # For gamma < 0 the mirrored channel (-gamma, -mean, -acc) has the same drive.
        fires = _predicate(abs(gamma), sign * mean, var, float(unit[c]), neurons)
        smallest = int(np.floor(guess)) + 1
        while fires(smallest - 1):
            smallest -= 1
        while not fires(smallest):
            smallest += 1
        thresholds[c] = min(max(smallest, _INT32.min), _INT32.max)
    return Compare(thresholds, signs)


def _predicate(
    gamma: float, mean: float, var: float, unit: float, neurons: FloatNeurons
) -> Callable[[int], bool]:
    """Whether an accumulator fires, decided without a square root: both sides are squared."""
    slope, offset = Fraction(gamma) * Fraction(unit), Fraction(gamma) * Fraction(mean)
    right = Fraction(neurons.theta) ** 2 * (Fraction(var) + Fraction(neurons.eps))

    def fires(acc: int) -> bool:
        left = slope * acc - offset
        return left > 0 and left * left > right

    return fires


def tabulate(neurons: FloatNeurons, unit: Floats) -> FixedPointLif:
    """The fixed-point neurons of a layer with several timesteps, membrane in units of theta.

    `scale_shift` is at most `SCALE_SHIFT` and smaller where a scale would not fit int32.
    """
    sigma = np.sqrt(neurons.var + neurons.eps)
    per_count = neurons.gamma * unit[None, :] / (sigma * neurons.theta)
    shift = SCALE_SHIFT
    while shift > 0 and np.abs(per_count).max() * 2.0 ** (FRACTION_BITS + shift) >= _INT32.max:
        shift -= 1
    places = 2.0 ** (FRACTION_BITS + shift)
    if np.abs(per_count).max() * places >= _INT32.max:
        raise InvalidInput("neurons: one count of the accumulator exceeds 2**19 thresholds")
    bias = -neurons.gamma * neurons.mean / (sigma * neurons.theta)
    return FixedPointLif(
        scale=np.rint(per_count * places).astype(np.int32),
        bias=np.rint(bias * places).astype(np.int64),
        leak=int(np.rint(neurons.leak * 2**LEAK_SHIFT)),
        leak_shift=LEAK_SHIFT,
        scale_shift=shift,
        fraction_bits=FRACTION_BITS,
        membrane_bits=MEMBRANE_BITS,
    )
