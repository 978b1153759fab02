"""hwsim: from a trained spiking network to latency, memory accesses and energy on a chip.

In a notebook (docs/api.md): `load_network`, `load_arch`, `trace`, `replay` and `compare`. They are
imported when they are first used, so that `import hwsim` is light.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_FUNCTIONS = ("load_arch", "load_network", "replay")
_FOLDERS = ("compare", "trace")
"""Folders that are also functions (`hwsim.called`)."""


def __getattr__(name: str) -> Any:
    if name in _FOLDERS:
        return import_module(f"hwsim.{name}")
    if name in _FUNCTIONS:
        return getattr(import_module("hwsim.api"), name)
    raise AttributeError(f"module 'hwsim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_FUNCTIONS, *_FOLDERS])
