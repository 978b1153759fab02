"""The architecture files that come with hwsim, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

import hwsim
from hwsim.arch.messages import did_you_mean, listed
from hwsim.errors import InvalidInput

SUFFIXES = (".yaml", ".yml")


def folder() -> Path:
    """Where the shipped files are: inside the wheel, or beside the package in a checkout."""
    package = Path(hwsim.__file__).parent
    packed = package / "_arch_configs"
    return packed if packed.is_dir() else package.parent / "arch_configs"


def names() -> list[str]:
    """The shipped architectures, sorted."""
    return sorted(path.stem for path in folder().glob("*.yaml"))


def find(path_or_name: str) -> Path:
    """The file that a path or a bare name means."""
    path = Path(path_or_name)
    if path.exists() or path_or_name in ("", "."):
        return path
    bare = path.name == path_or_name and path.suffix not in SUFFIXES
    if bare and path_or_name in names():
        return _short(folder() / f"{path_or_name}.yaml")
    hint = did_you_mean(path.name.removesuffix(path.suffix), names())
    there = f"; shipped with hwsim: {listed(names(), 'and')}" if names() and not hint else ""
    raise InvalidInput(f"{path_or_name}: no such architecture file{hint or there}")


def _short(path: Path) -> Path:
    """Relative to the working folder where it lies below it, as a user would type it."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path
