"""Whether the compiled parts of the chip model are there, or the next run has to make them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hwsim.chip import flow_kernel, kernel, scan

KERNELS: dict[str, tuple[Any, ...]] = {
    "packet": (scan.scan_cores,),
    "burst": (scan.scan_cores, kernel.serve_network, kernel.serve_synapses),
}
"""Transport -> what every step of it calls."""

FLOW_KERNELS: dict[str, tuple[Any, ...]] = {
    "packet": (scan.scan_cores,),
    "burst": (scan.scan_cores, flow_kernel.run),
}
"""Transport -> what every flow of it calls."""


def compiled(transport: str, flow: bool = False) -> bool:
    """Whether numba's cache holds the kernels of a transport as they are written now, those of
    its steps or of its flow.

    Looks at files only: nothing is compiled or loaded. A cache of another processor or numba
    passes for this one.
    """
    return all(_is_cached(function) for function in (FLOW_KERNELS if flow else KERNELS)[transport])


def _is_cached(function: Any) -> bool:
    if not hasattr(function, "stats"):
        return True  # compiling is switched off
    source = Path(function.py_func.__code__.co_filename)
    python = f"py{sys.version_info.major}{sys.version_info.minor}"
    # The name that numba gives to the index of one function's compiled versions.
    pattern = f"{source.stem}.{function.py_func.__qualname__}-*.{python}*.nbi"
    try:
        written = source.stat().st_mtime_ns
        indexes = Path(function.stats.cache_path).glob(pattern)
        return any(index.stat().st_mtime_ns >= written for index in indexes)
    except OSError:
        return False
