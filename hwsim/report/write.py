"""Put a run's files in place: all of them or none."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Mapping as Dict
from pathlib import Path

from hwsim.errors import HwsimError, InvalidInput
from hwsim.report.files import MANIFEST, render
from hwsim.report.manifest import folder_name, manifest, written_files
from hwsim.result import Run

_FULL = (errno.ENOSPC, errno.EDQUOT)


def write_run(
    run: Run, out: Path | None, argv: list[str], wall_s: float, force: bool, reports: Path
) -> Path:
    """Write the run folder and return its path: `out`, or one named by content under `reports`.

    The folder appears whole or not at all. One that already holds the same run is left as it is;
    one that holds another run is replaced only with `force`, and a folder that hwsim did not
    write, never. Raises InvalidInput, or HwsimError where the disk is full.
    """
    target = reports / folder_name(run) if out is None else out
    files = render(run)
    try:
        if _holds(target, files):
            return target
        if target.exists():
            _check_replaceable(target, files, force)
        _put(target, {**files, MANIFEST: manifest(run, files, argv, wall_s)})
    except OSError as error:
        raise _explained(target, error) from error
    return target


def _holds(target: Path, files: Dict[str, bytes]) -> bool:
    """Whether a finished run with these very bytes lies there."""
    if not (target / MANIFEST).is_file():
        return False
    return not _differing(target, files)


def _differing(target: Path, files: Dict[str, bytes]) -> list[str]:
    def same(name: str) -> bool:
        path = target / name
        return path.is_file() and path.read_bytes() == files[name]

    return [name for name in files if not same(name)]


def _check_replaceable(target: Path, files: Dict[str, bytes], force: bool) -> None:
    if not target.is_dir():
        raise InvalidInput(f"{target}: is a file, not a folder for a run")
    present = {
        path.relative_to(target).as_posix() for path in target.rglob("*") if not path.is_dir()
    }
    if not present:
        return
    if MANIFEST not in present:
        raise InvalidInput(f"{target}: holds files but no run of hwsim; it is left alone")
    foreign = sorted(present - written_files(target / MANIFEST) - {MANIFEST})
    if foreign:
        raise InvalidInput(
            f"{target}: holds another run, and {', '.join(foreign[:5])}, which hwsim did not "
            f"write; move that away or choose another --out"
        )
    if not force:
        names = _differing(target, files)
        raise InvalidInput(
            f"{target}: holds another run ({', '.join(names[:5])} "
            f"{'differs' if len(names) == 1 else 'differ'}); replace it with --force or choose "
            f"another --out"
        )


def _put(target: Path, files: Dict[str, bytes]) -> None:
    """Write beside the target, on disk, then rename."""
    place = Path(os.path.realpath(target))
    place.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{place.name}.", dir=place.parent))
    try:
        fresh, replaced = scratch / "new", scratch / "old"
        fresh.mkdir()
        for name, data in files.items():
            _write(fresh / name, data)
        for folder in {(fresh / name).parent for name in files}:
            _sync(folder)
        try:
            if place.exists():
                place.rename(replaced)
            fresh.rename(place)
        except BaseException:
            if replaced.exists() and not place.exists():
                replaced.rename(place)
            raise
        _sync(place.parent)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _explained(target: Path, error: OSError) -> HwsimError:
    reason = error.strerror or str(error)
    if error.errno in _FULL:
        return HwsimError(f"{target}: {reason}; nothing was left there")
    return InvalidInput(f"{target}: cannot write the run: {reason}")
