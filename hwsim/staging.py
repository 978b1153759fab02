"""Put a folder in place: whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hwsim.errors import HwsimError, InvalidInput

_FULL = (errno.ENOSPC, errno.EDQUOT)


def write_whole(target: Path, data: bytes) -> None:
    """Write one file whole or not at all; errors as in `staging`.

    A link is followed. A device or a pipe cannot be replaced by a file: it is written to.
    """
    place = Path(os.path.realpath(target))
    temporary = place.with_name(f".{place.name}.tmp")
    try:
        if place.exists() and not place.is_file() and not place.is_dir():
            place.write_bytes(data)
            return
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(place)
    except OSError as error:
        raise _explained(target, error) from error
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def staging(target: Path) -> Iterator[Path]:
    """An empty folder to fill, beside `target`, for `put_in_place`; whatever happens, Ctrl-C
    included, nothing of it is left behind where it was not put in place.

    A full disk ends in HwsimError, any other refusal of the system in InvalidInput.
    """
    place = Path(os.path.realpath(target))
    scratch: Path | None = None
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
        fresh = scratch / "new"
        fresh.mkdir()
        yield fresh
    except OSError as error:
        raise _explained(target, error) from error
    finally:
        if scratch is not None:
            shutil.rmtree(scratch, ignore_errors=True)


def put_in_place(fresh: Path, target: Path) -> None:
    """Give the filled folder `fresh` of `staging` the name `target`, in place of what is there."""
    place, replaced = Path(os.path.realpath(target)), fresh.with_name("old")
    _sync(*sorted(fresh.rglob("*")), fresh)
    try:
        if place.exists():
            place.rename(replaced)
        fresh.rename(place)
    except BaseException:
        if replaced.exists() and not place.exists():
            replaced.rename(place)
        raise
    _sync(place.parent)


def _sync(*paths: Path) -> None:
    """Have the system put files and folders on disk now."""
    for path in paths:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _explained(target: Path, error: OSError) -> HwsimError:
    reason = error.strerror or str(error)
    if error.errno in _FULL:
        return HwsimError(f"{target}: {reason}; nothing was left there")
    return InvalidInput(f"{target}: cannot be written: {reason}")
