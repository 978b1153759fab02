"""`hwsim compare` and `hwsim figures`: parse, call the pipeline, print."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import click

from hwsim import pipeline
from hwsim.compare.arguments import ArchName, tell_apart
from hwsim.compare.paper import ARCHS, IMAGES, paper_networks
from hwsim.compare.text import compare_table
from hwsim.compare.write import DOCUMENT, check_folder, write_comparison
from hwsim.errors import DoesNotFit
from hwsim.network.early_exit import Timesteps
from hwsim.network.timesteps_option import timesteps_option
from hwsim.plugin_option import plugin_option, plugins_named
from hwsim.progress import progress
from hwsim.trace.commands import image_count

_PATH = click.Path(path_type=Path)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
_QUIET = click.option("-q", "--quiet", is_flag=True, help="No progress, no notes.")
Images = int | Literal["all"]


@click.command("compare")
@click.argument("words", nargs=-1, required=True, metavar="CHECKPOINT|TRACE... ARCH[:VARIANT]...")
@click.option(
    *("--images", "images"),
    callback=image_count,
    default="16",
    show_default=True,
    metavar="N|all",
    help="How many test images.",
)
@click.option("--data", type=_PATH, help="Folder of the data set; else the sample is used.")
@click.option(
    "--ann",
    type=_PATH,
    help="The quantised ANN to compare with; by default that of its data set beside a checkpoint.",
)
@timesteps_option
@click.option("--out", type=_PATH, metavar="DIR", help="By default reports/compare-....")
@plugin_option
@_JSON
@_QUIET
def compare_command(
    words: tuple[str, ...],
    images: Images,
    data: Path | None,
    ann: Path | None,
    timesteps: Timesteps | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Networks x architectures in one report, beside the papers' proxy and the quantised ANN.

    An ARCH is a .yaml file or a shipped name, everything else a network. A pair that does not fit
    is a row that says so. The runs are kept: the same command goes on where it was stopped.
    """
    networks, archs = tell_apart(words)
    if out is None:
        asked = json.dumps([sorted(words), images, str(data), str(ann), str(timesteps)])
        out = Path("reports") / f"compare-{hashlib.sha256(asked.encode()).hexdigest()[:8]}"
    _compare(networks, archs, out, images, data, ann, timesteps, as_json, quiet)


@click.command("figures")
@click.argument("which", type=click.Choice(["paper"]))
@click.option("--out", type=_PATH, metavar="DIR", default=Path("reports/paper"), show_default=True)
@_JSON
@_QUIET
def figures_command(which: str, out: Path, as_json: bool, quiet: bool) -> None:
    """Make the paper's figures and tables from the shipped networks, trained/*_t1.pt to _t5.pt."""
    _compare(paper_networks(), ARCHS, out, IMAGES, None, None, None, as_json, quiet)


def _compare(
    networks: Sequence[Path],
    archs: Sequence[ArchName],
    out: Path,
    images: Images,
    data: Path | None,
    ann: Path | None,
    timesteps: Timesteps | None,
    as_json: bool,
    quiet: bool,
) -> None:
    def say(line: str) -> None:
        if not quiet:
            click.echo(line, err=True)

    check_folder(out)
    with progress(quiet) as tell:
        found = pipeline.compare(
            *(networks, archs, out, images, data, ann, timesteps, sys.argv[1:], tell, say),
            plugins=plugins_named(),
        )
    write_comparison(found, out)
    if as_json:
        click.echo((out / DOCUMENT).read_text(encoding="utf-8"), nl=False)
    else:
        click.echo(compare_table(found, styled=sys.stdout.isatty()), nl=False)
    say(f"written to {out}")
    if not found.ran:
        raise DoesNotFit("\n".join(dict.fromkeys(pair.reason or "" for pair in found.pairs)))
