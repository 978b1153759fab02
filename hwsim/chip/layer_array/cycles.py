"""Cycles of a clock as picoseconds, and bits of a DRAM as cycles."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from hwsim.arch.layer_array import LayerArrayArch
from hwsim.mapping.reach import Ints


def durations_ps(cycles: Sequence[int], arch: LayerArrayArch) -> Ints:
    """Picoseconds of each of several units of so many cycles, one after the other: their ends are
    rounded down, so nothing is lost in their sum."""
    clock = _clock_mhz(arch)
    ends = np.cumsum(np.array([0, *cycles], np.int64))
    ends_ps = ends * (10**6 * clock.denominator) // clock.numerator
    durations: Ints = np.diff(ends_ps)
    return durations


def load_cycles(bits: int, arch: LayerArrayArch) -> int:
    """Cycles that so many bits from DRAM take; 0 where the file gives no rate."""
    rate = arch.dram.gbit_per_s
    if rate is None:
        return 0
    nanoseconds = bits / Fraction(rate.value)
    return -int(-nanoseconds * _clock_mhz(arch) // 1000)


def _clock_mhz(arch: LayerArrayArch) -> Fraction:
    assert arch.clock_mhz is not None
    return Fraction(repr(arch.clock_mhz))


def words(bits: int, word_bits: int) -> int:
    """Words that so many bits touch, from the start of a word."""
    return -(-bits // word_bits)
