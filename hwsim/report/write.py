"""Put a run's files in place: all of them or none."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from pathlib import Path

from hwsim.errors import InvalidInput
from hwsim.report.files import render
from hwsim.report.manifest import MANIFEST, folder_name, manifest, written_files
from hwsim.report.why.run_folder import RunFolder
from hwsim.request import Request
from hwsim.result import Run
from hwsim.staging import put_in_place, staging


def write_run(
    run: Run,
    out: Path | None,
    argv: list[str],
    wall_s: float,
    force: bool,
    reports: Path,
    request: Request | None = None,
    earlier: RunFolder | None = None,
) -> Path:
    """Write the run folder and return its path: `out`, or one named by content under `reports`.

    The folder appears whole or not at all. One that already holds the same run is left as it is;
    one that holds another run is replaced only with `force`, and a folder that hwsim did not
    write, never. `request` goes into the manifest, what changed since `earlier` into report.html.
    Raises InvalidInput, or HwsimError where the disk is full.
    """
    target = reports / folder_name(run) if out is None else out
    files = render(run, earlier)
    try:
        if _holds(target, files):
            return target
        if target.exists():
            _check_replaceable(target, files, force)
    except OSError as error:
        raise InvalidInput(f"{target}: cannot be read: {error.strerror or error}") from error
    _put(target, {**files, MANIFEST: manifest(run, files, argv, wall_s, request)})
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
    with staging(target) as fresh:
        for name, data in files.items():
            path = fresh / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
        put_in_place(fresh, target)
