"""`hwsim export`: a run in the forms of other tools."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from hwsim.progress import Tell, progress
from hwsim.report.why.run_folder import RunFolder, open_run

_PATH = click.Path(path_type=Path)


@click.command("export")
@click.argument("run", type=_PATH)
@click.argument("form", metavar="FORM", type=click.Choice(["neurobench", "accelergy", "parquet"]))
@click.option("--out", type=_PATH, metavar="DIR", help="By default the folder that RUN is in.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def export_command(run: Path, form: str, out: Path | None, quiet: bool) -> None:
    """Write the run folder RUN in the FORM of another tool, as files beside it.

    neurobench: NeuroBench's metrics of the network, for which its checkpoint runs again.
    accelergy: action counts for an energy estimator, of one image alone and of the stream.
    parquet: activity.csv and energy.csv with types.
    """
    from hwsim.staging import write_whole

    found = open_run(run)
    with progress(quiet) as tell:
        files = _FORMS[form](found, tell)
    folder = run.resolve().parent if out is None else out
    folder.mkdir(parents=True, exist_ok=True)
    for ending, data in files.items():
        path = folder / f"{run.resolve().name}.{ending}"
        write_whole(path, data)
        click.echo(_as_typed(path))


def _neurobench(run: RunFolder, tell: Tell) -> dict[str, bytes]:
    from hwsim.export.network_of import network_of
    from hwsim.export.neurobench import neurobench

    metrics: dict[str, Any] = neurobench(*network_of(run, tell))
    return {"neurobench.json": (json.dumps(metrics, indent=2) + "\n").encode()}


def _accelergy(run: RunFolder, tell: Tell) -> dict[str, bytes]:
    from hwsim.export.accelergy import action_counts

    return {
        "single.action_counts.yaml": action_counts(run, "single"),
        "stream.action_counts.yaml": action_counts(run, "stream"),
    }


def _parquet(run: RunFolder, tell: Tell) -> dict[str, bytes]:
    from hwsim.export.parquet import TABLES, parquet

    return {f"{table}.parquet": parquet(run, table) for table in TABLES}


def _as_typed(path: Path) -> str:
    """Relative to the working folder where it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


_FORMS: dict[str, Callable[[RunFolder, Tell], dict[str, bytes]]] = {
    "neurobench": _neurobench,
    "accelergy": _accelergy,
    "parquet": _parquet,
}
