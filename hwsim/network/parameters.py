"""The integers of a network: int8 weights and the constants of its neurons.

Every layer works on an integer accumulator `acc` (design 3.4). Its neurons are one of

* `Compare`, T = 1: batch norm, leak and threshold fold into one compare per channel,

      spike = sign[c] * acc >= threshold[c]

* `FixedPointLif`, T > 1: BNTT as a table of scale and bias per (timestep, channel), and a
  membrane in units of the layer's firing threshold with `fraction_bits` binary places,

      drive = (acc * scale[t, c] + bias[t, c] + 2**(scale_shift - 1)) >> scale_shift
      u     = clip(((u * leak + 2**(leak_shift - 1)) >> leak_shift) + drive)
      spike = u > 2**fraction_bits
      u     = u - spike * 2**fraction_bits

  with `clip` to `membrane_bits` two's complement bits (saturations are counted) and u = 0 at
  the start of an image,

* `Requantise`, an ANN: batch norm and the clipped ReLU become one multiplication per channel,
  and the activation is again a small integer (Jacob et al. 2018),

      y = clip((acc * multiplier[c] + bias[c] + 2**(shift - 1)) >> shift, 0, LARGEST_ACTIVATION)

* `None`, the readout: the accumulator is summed over the timesteps; one scale for the whole
  layer, so that the largest integer is the class (the lowest index wins a tie).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LARGEST_ACTIVATION = 127
"""Activations of an ANN are 0 .. 127: int8, as weights and input are."""

NEVER = np.iinfo(np.int32).max
"""Threshold of a channel that cannot fire (gamma = 0)."""


@dataclass(frozen=True)
class Compare:
    """`threshold` int32 (C,), `sign` int8 (C,) of +1 or -1 (-1 where gamma < 0)."""

    threshold: npt.NDArray[np.int32]
    sign: npt.NDArray[np.int8]


@dataclass(frozen=True)
class FixedPointLif:
    """`scale` int32 (T, C), `bias` int64 (T, C); the rest are scalars of the layer."""

    scale: npt.NDArray[np.int32]
    bias: npt.NDArray[np.int64]
    leak: int
    leak_shift: int
    scale_shift: int
    fraction_bits: int
    membrane_bits: int


@dataclass(frozen=True)
class Requantise:
    """`multiplier` int32 (C,) and `bias` int64 (C,), with `shift` >= 1 binary places."""

    multiplier: npt.NDArray[np.int32]
    bias: npt.NDArray[np.int64]
    shift: int


Neuron = Compare | FixedPointLif | Requantise | None


@dataclass(frozen=True)
class LayerParameters:
    """`weights` int8 (C_out, C_in, kh, kw), `scales` float32 (C_out,): w_float = w * scale."""

    weights: npt.NDArray[np.int8]
    scales: npt.NDArray[np.float32]
    neuron: Neuron


@dataclass(frozen=True)
class InputScaling:
    """How 8-bit pixels become the int8 input: normalise, scale, round half to even, clip.

        q = clip(rint((pixel / 255 - mean[c]) / std[c] / step), -127, 127)

    computed once per (channel, pixel value) into `table`, int8 (channels, 256), so that the
    same image is the same int8 values on every machine.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]
    step: float

    @property
    def table(self) -> npt.NDArray[np.int8]:
        """int8 (channels, 256): the input value of each pixel value."""
        pixels = np.arange(256, dtype=np.float64) / 255.0
        mean, std = np.array(self.mean)[:, None], np.array(self.std)[:, None]
        levels = np.rint((pixels[None, :] - mean) / std / self.step)
        table: npt.NDArray[np.int8] = np.clip(levels, -127, 127).astype(np.int8)
        return table
