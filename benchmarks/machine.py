"""The machine and the versions that a table was measured with."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path


def machine() -> str:
    """Processor, memory and versions as Markdown lines."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "simpy"))
    return "\n".join(
        [
            f"- processor: {_entry('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores",
            f"- memory: {_gigabytes():.0f} GB",
            f"- Python {platform.python_version()}, {packages}",
        ]
    )


def _entry(file: str, name: str) -> str:
    """The first `name: value` of a file of /proc; `unknown` where there is none."""
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return "unknown"
    found = (line.split(":", 1)[1].strip() for line in lines if line.startswith(name))
    return next(found, "unknown")


def _gigabytes() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
