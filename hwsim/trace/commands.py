"""`hwsim trace`: record a trace, or check one."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import Literal

import click

from hwsim.errors import InvalidInput, UsageError
from hwsim.network.early_exit import Timesteps
from hwsim.network.timesteps_option import timesteps_option
from hwsim.progress import progress
from hwsim.trace.read import TraceFolder, open_trace
from hwsim.trace.validate import check_trace
from hwsim.trace.write import check_target, write_trace

_PATH = click.Path(path_type=Path)


def image_count(
    context: click.Context, parameter: click.Parameter, text: str
) -> int | Literal["all"]:
    """The value of `--images`: a number from 1, or `all`."""
    if text == "all":
        return "all"
    if not text.isdecimal() or not 1 <= len(text) <= 9 or int(text) < 1:
        raise click.BadParameter(f"{text!r} is not a number from 1, nor 'all'", context, parameter)
    return int(text)


@click.command("trace")
@click.argument("checkpoint", required=False, type=_PATH)
@click.option(
    *("--images", "images"),
    callback=image_count,
    default="all",
    metavar="N|all",
    help="How many test images; all of the sample or, with --data, of the test split by default.",
)
@click.option("--data", type=_PATH, help="Folder of the data set; its test split is recorded.")
@timesteps_option
@click.option("-o", "--output", type=_PATH, help="Folder to write the trace to.")
@click.option("--force", is_flag=True, help="Replace another trace in that folder.")
@click.option(
    *("--check", "checked"),
    type=_PATH,
    metavar="DIR",
    help="Check the trace in DIR (of CHECKPOINT, where one is given) and write nothing.",
)
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def trace_command(
    checkpoint: Path | None,
    images: int | Literal["all"],
    data: Path | None,
    timesteps: Timesteps | None,
    output: Path | None,
    force: bool,
    checked: Path | None,
    quiet: bool,
) -> None:
    """Record the spikes of CHECKPOINT on test images in a folder, or check such a folder.

    Without --data the images are those of the sample that lies beside the checkpoint.
    """
    if checked is not None:
        if output is not None or data is not None or force or timesteps is not None:
            raise UsageError(
                "--check DIR writes nothing: leave out -o, --data, --timesteps and --force"
            )
        _check(checked, checkpoint, quiet)
        return
    if checkpoint is None or output is None:
        raise UsageError("hwsim trace CHECKPOINT -o DIR, or hwsim trace --check DIR")
    check_target(output)
    from hwsim.trace.record import record  # torch, only where it is needed

    with progress(quiet) as tell:
        chunks = record(checkpoint, images, data, partial(tell, "record"), timesteps)
        written = write_trace(output, chunks, force=force)
    if not written:
        click.echo(f"{output}: already holds this trace; verified and kept", err=True)
    click.echo(describe(open_trace(output)))


def describe(trace: TraceFolder) -> str:
    """A trace in a few lines: where it comes from, and how often each layer fires."""
    network, steps = trace.network, len(trace) * trace.network.timesteps
    rows = [
        (layer.name, layer.neurons, spikes / steps, 100 * spikes / steps / layer.neurons)
        for layer, spikes in zip(network.spiking_layers, trace.meta.spikes, strict=True)
    ]
    neurons, total = sum(row[1] for row in rows), sum(row[2] for row in rows)
    if rows:
        rows.append(("total", neurons, total, 100 * total / neurons))
    width = max(len(name) for name in ("layer", *(row[0] for row in rows)))
    lines = [
        f"{trace.path}: {network.name}, T = {network.timesteps}, {len(trace)} images",
        f"recorded from {trace.origin.file} on {trace.origin.images}",
        f"sha256 {trace.sha256}",
        "",
        f"{'layer':<{width}}  {'neurons':>9}  {'spikes / image-timestep':>23}  {'firing':>8}",
    ]
    lines += [
        f"{name:<{width}}  {count:>9,}  {spikes:>23,.1f}  {rate:>6.2f} %"
        for name, count, spikes, rate in rows
    ]
    return "\n".join(lines)


def _check(folder: Path, checkpoint: Path | None, quiet: bool) -> None:
    sha256 = None if checkpoint is None else _sha256(checkpoint)
    with progress(quiet) as tell:
        check_trace(folder, checkpoint_sha256=sha256, progress=partial(tell, "check"))
    click.echo(describe(open_trace(folder)))
    click.echo("valid" if checkpoint is None else f"valid, and of {checkpoint}")


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read: {error.strerror}") from error
