"""A folder of the package that is also a function.

A notebook calls `hwsim.trace(...)` and `hwsim.compare(...)`, and `hwsim.trace` is the folder of the
trace's modules. An attribute of the package would be the function until somebody imports the
folder, and the folder from then on; so the folder itself can be called.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any


class _Called(ModuleType):
    """A module that stands for the function of the same name in `hwsim.api`."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        function = getattr(import_module("hwsim.api"), self.__name__.rpartition(".")[2])
        return function(*arguments, **options)


def also_a_function(name: str) -> None:
    """Let the module `name` be called."""
    sys.modules[name].__class__ = _Called
