"""`hwsim reproduce`: make a run again from its manifest, and compare every byte."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from hwsim import __version__
from hwsim.errors import HwsimError, InvalidInput, UsageError
from hwsim.plugin_option import plugin_option, plugins_named
from hwsim.progress import Tell, progress, silent
from hwsim.report.difference import Difference, difference
from hwsim.report.files_read import FileRead, place_of, sha256_of
from hwsim.report.manifest import MANIFEST, SCHEMA_VERSION, packages
from hwsim.request import Request

_KEYS = ("inputs", "request", "files_read", "files", "packages", "content_hash")
"""What a manifest needs for a rerun."""


@dataclass(frozen=True)
class Reproduction:
    """What became of a rerun: `files` beside the manifest, those that differ, and packages that
    are not of the version of then (name -> then, now)."""

    files: int
    differences: tuple[Difference, ...]
    other_packages: dict[str, tuple[str | None, str | None]]


def reproduce(run: Path, tell: Tell = silent, plugins: Collection[str] = ()) -> Reproduction:
    """Run again what the manifest of the folder `run` says, seen from the working folder.

    Everything but the manifest's times, command line and machine is compared. `plugins` are the
    modules that were loaded: a manifest cannot have one run. Raises InvalidInput where an input
    is missing or is not the one of then, all of them at once, and UsageError for a missing plugin.
    """
    manifest = _manifest(run)
    request = request_of(run, manifest)
    _check_plugins(run, request, plugins)
    _check_version(run, manifest)
    check_inputs(run, manifest)
    with tempfile.TemporaryDirectory(prefix="hwsim-") as folder:
        fresh = _again(request, Path(folder) / "run", tell)
        _check_images(run, manifest, json.loads((fresh / MANIFEST).read_bytes()))
        found = tuple(_differences(run, fresh, manifest))
    now = packages()
    then = manifest["packages"]
    return Reproduction(
        files=len(manifest["files"]),
        differences=found,
        other_packages={n: (then[n], now.get(n)) for n in then if then[n] != now.get(n)},
    )


def _manifest(run: Path) -> dict[str, Any]:
    path = run / MANIFEST
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
        version = found["schema_version"]
        absent = [key for key in _KEYS if key not in found]
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read: {error.strerror}; {run} is no run") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(f"{path}: not a manifest of hwsim: {error}") from error
    if version != SCHEMA_VERSION:
        raise InvalidInput(
            f"{path}: schema_version {version!r}, this version reads {SCHEMA_VERSION}"
        )
    if absent:
        raise InvalidInput(f"{path}: no {', '.join(absent)}: not of a version that can be rerun")
    return found


def request_of(run: Path, manifest: dict[str, Any]) -> Request:
    """What was asked for. Raises InvalidInput for a run that no `hwsim run` of today made."""
    try:
        return Request.from_dict(manifest["request"])
    except (KeyError, TypeError, ValueError, HwsimError) as error:
        raise InvalidInput(
            f"{run / MANIFEST}: does not say what `hwsim run` was asked for, so it cannot be asked "
            f"again"
        ) from error


def _check_plugins(run: Path, request: Request, plugins: Collection[str]) -> None:
    missing = [f"--plugin {name}" for name in request.plugins if name not in plugins]
    if missing:
        raise UsageError(f"{run}: made with {' '.join(missing)}, which must be named again")


def _check_version(run: Path, manifest: dict[str, Any]) -> None:
    then = manifest["inputs"]["hwsim_version"]
    if then != __version__:
        raise InvalidInput(
            f"{run}: made by hwsim {then}, this is {__version__}; run it again under another name "
            f"and compare with hwsim diff"
        )


def check_inputs(run: Path, manifest: dict[str, Any]) -> None:
    """Raise InvalidInput with every input that is missing or is not the one of then."""
    problems = []
    for entry in manifest["files_read"]:
        file = FileRead(**entry)
        try:
            path = place_of(file)
        except InvalidInput as error:
            problems.append(f"{file.role}: {error}")
            continue
        now = sha256_of(path)
        if now is None:
            problems.append(f"{file.role}: {path}: no such file, seen from {Path.cwd()}")
        elif now != file.sha256:
            problems.append(
                f"{file.role}: {path}: not the file of then (sha256 {_short(file.sha256)} then, "
                f"{_short(now)} now)"
            )
    if problems:
        raise InvalidInput("\n".join(f"{run}: {problem}" for problem in problems))


def _again(request: Request, target: Path, tell: Tell) -> Path:
    from hwsim import pipeline
    from hwsim.arch.load import load_arch
    from hwsim.report.why.run_folder import open_run
    from hwsim.report.write import write_run

    earlier = open_run(request.against) if request.against else None
    loaded = load_arch(request.arch, request.variant, request.overrides, request.strict)
    result = pipeline.run(
        request.source,
        loaded,
        request.images,
        request.data,
        request.transport,
        request.mapping_file,
        request.seed,
        tell,
        timesteps=request.timesteps,
    )
    return write_run(result, target, [], 0.0, False, target.parent, request, earlier)


def _check_images(run: Path, then: dict[str, Any], now: dict[str, Any]) -> None:
    """The images of a data folder are known by what they and the network's answers hash to."""
    data = then["request"]["data"]
    if data is not None and then["inputs"]["images"] != now["inputs"]["images"]:
        raise InvalidInput(
            f"{run}: images: {data}: not the test images of then, or the network answers otherwise "
            f"(sha256 {_short(then['inputs']['images']['sha256'])} then, "
            f"{_short(now['inputs']['images']['sha256'])} now)"
        )


def _differences(run: Path, fresh: Path, manifest: dict[str, Any]) -> Iterator[Difference]:
    """File by file; a file that was changed after the run is told from one that comes out other."""
    new = json.loads((fresh / MANIFEST).read_bytes())
    for name in sorted({*manifest["files"], *new["files"]}):
        found = difference(name, run / name, fresh / name)
        if found is None:
            continue
        if sha256_of(run / name) != manifest["files"].get(name) == new["files"].get(name):
            yield Difference(name, f"was changed after the run: {found.first}")
        else:
            yield found
    for key in ("content_hash", "inputs", "files_read"):
        if manifest[key] != new[key]:
            yield Difference(MANIFEST, f"{key} differs")


def _short(sha256: str | None) -> str:
    return "unknown" if sha256 is None else sha256[:12]


@click.command("reproduce")
@click.argument("run", type=click.Path(path_type=Path))
@plugin_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def reproduce_command(run: Path, as_json: bool, quiet: bool) -> None:
    """Make the run in the folder RUN again and compare every byte.

    Call it from the folder in which the run was made: the manifest has its paths as they were
    typed. Exit code 3 where an input is missing or another one, 1 where the output differs.
    """
    with progress(quiet) as tell:
        found = reproduce(run, tell, plugins_named())
    if as_json:
        click.echo(json.dumps({"equal": not found.differences, **asdict(found)}, indent=2))
    for name, (then, now) in found.other_packages.items():
        click.echo(f"note: {name} was {then or 'absent'}, is {now or 'absent'}", err=True)
    if found.differences:
        lines = "\n".join(f"  {one.file}: {one.first}" for one in found.differences)
        raise HwsimError(f"{run}: {len(found.differences)} of {found.files} files differ\n{lines}")
    if not as_json:
        said = f"{found.files} files are equal, byte for byte, and the manifest but for its times"
        click.echo(f"{run}: reproduced; {said}")
