"""Core kinds that hwsim does not ship: a module named on the command line, or one installed.

Such a module has an attribute `CORE_KIND`, an instance of `hwsim.chip.kind.CoreKind`
(docs/plugin.md). It is Python that runs: hwsim loads one only where a user names it or has
installed it, never because a file says so.
"""

from __future__ import annotations

import importlib
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from hwsim.arch import kinds as schemas
from hwsim.chip import kinds
from hwsim.chip.kind import CoreKind
from hwsim.errors import InvalidInput, UsageError

GROUP = "hwsim.core_kinds"
"""The entry points of installed plugins."""


def register(kind: CoreKind[Any], where: str) -> None:
    """Make a core kind known; once more is no harm. `where` begins the message of an error.

    Raises InvalidInput where another kind has its name.
    """
    there = kinds.KINDS.get(kind.name)
    if there is not None and type(there).__module__ != type(kind).__module__:
        raise InvalidInput(f"{where}: there is a core kind {kind.name!r} already")
    kinds.KINDS[kind.name] = kind
    schemas.KINDS[kind.name] = kind.arch


def load(module: str) -> None:
    """Register the core kind of a module, found in the working folder or where Python looks.

    Raises UsageError where there is no such module, InvalidInput where it has no core kind.
    """
    where = f"--plugin {module}"
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.append(here)
    try:
        found = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{module}.".startswith(f"{error.name}."):
            raise UsageError(
                f"{where}: no module of that name in the working folder or where Python looks"
            ) from None
        raise _broken(where, error) from error
    except Exception as error:
        raise _broken(where, error) from error
    register(_core_kind(getattr(found, "CORE_KIND", None), where), where)


def load_installed() -> list[str]:
    """Register the core kinds of installed packages; a line for each that cannot be."""
    problems = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        where = f"entry point {point.name} of {GROUP}"
        try:
            register(_core_kind(point.load(), where), where)
        except InvalidInput as error:
            problems.append(str(error))
        except Exception as error:
            problems.append(str(_broken(where, error)))
    return problems


def _core_kind(found: object, where: str) -> CoreKind[Any]:
    if isinstance(found, CoreKind):
        return found
    has = "has no CORE_KIND" if found is None else f"CORE_KIND is {found!r}"
    raise InvalidInput(f"{where}: {has}; it must be an instance of hwsim.chip.kind.CoreKind")


def _broken(where: str, error: Exception) -> InvalidInput:
    return InvalidInput(f"{where}: cannot be imported: {type(error).__name__}: {error}")
