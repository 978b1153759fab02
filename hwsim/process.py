"""Settings of a process that runs hwsim and nothing else."""

from __future__ import annotations

import ctypes
import gc

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""glibc's names for what `mallopt` sets (malloc.h)."""


def tune() -> None:
    """Make few cycle searches, and keep freed memory.

    Such a process is short and makes few cycles: looking for them costs a tenth of its time. A
    step of a replay takes and frees the same large arrays as the one before; a C library that
    hands them back to the system each time makes a step up to a quarter slower.
    """
    gc.set_threshold(200_000, 50, 100)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, -1)  # never
        mallopt(_MMAP_THRESHOLD, 1 << 30)


def leave() -> None:
    """Before the process ends: what is still held need not be searched once more."""
    gc.freeze()
