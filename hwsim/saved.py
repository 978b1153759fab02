"""Named arrays in a file: what a run that was killed had done, for the next one to go on from."""

from __future__ import annotations

import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = dict[str, npt.NDArray[Any]]

_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError),
    *(OverflowError, MemoryError, SyntaxError, KeyError),
)
"""What numpy and zipfile raise, beside ValueError, for bytes that no writer meant."""


@dataclass(frozen=True)
class Saved:
    """Arrays that were read back. All that is asked of them raises ValueError where it is not
    there or not as it should be."""

    arrays: Mapping[str, npt.NDArray[Any]]

    def integers(self, name: str, shape: tuple[int | None, ...]) -> npt.NDArray[np.int64]:
        """An int64 array; None in `shape` is any length."""
        values = self._of(name)
        fits = values.ndim == len(shape) and all(
            wanted in (None, size) for wanted, size in zip(shape, values.shape, strict=True)
        )
        if values.dtype != np.int64 or not fits:
            raise ValueError(f"{name} is {values.dtype} {values.shape}, not int64 {shape}")
        return values

    def words(self, name: str) -> list[str]:
        """A list of words."""
        values = self._of(name)
        if values.dtype.kind != "U" or values.ndim != 1:
            raise ValueError(f"{name} is {values.dtype} {values.shape}, not a list of words")
        return [str(word) for word in values]

    def part(self, prefix: str) -> Saved:
        """The arrays whose names begin with `prefix`, without it."""
        own = {n.removeprefix(prefix): a for n, a in self.arrays.items() if n.startswith(prefix)}
        return Saved(own)

    def _of(self, name: str) -> npt.NDArray[Any]:
        if name not in self.arrays:
            raise ValueError(f"no {name}")
        return self.arrays[name]


def prefixed(prefix: str, arrays: Arrays) -> Arrays:
    """What `Saved.part` undoes."""
    return {f"{prefix}{name}": array for name, array in arrays.items()}


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write an .npz file: what was there is replaced when all of it is on disk, not before.

    Raises OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def read_arrays(path: Path) -> Saved | None:
    """What `write_arrays` wrote, None where there is no file; nothing in it is executed.

    Raises ValueError where it is damaged, OSError where it cannot be read.
    """
    try:
        with path.open("rb") as file:
            with zipfile.ZipFile(file) as archive:
                if broken := archive.testzip():
                    raise ValueError(f"{broken} does not have its checksum")
            file.seek(0)
            with np.load(file, allow_pickle=False) as arrays:
                return Saved(dict(arrays))
    except FileNotFoundError:
        return None
    except _DAMAGED as error:
        raise ValueError(str(error) or type(error).__name__) from error
