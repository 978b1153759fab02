"""The command line: parse, call the pipeline, print. No logic lives here."""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from hwsim import __version__
from hwsim.errors import HwsimError
from hwsim.network.timesteps_option import timesteps_option
from hwsim.plugin_option import plugin_option, plugins_named

if TYPE_CHECKING:
    from hwsim.network.early_exit import Timesteps

ELSEWHERE = {
    "train": ("hwsim.training.commands", "train_command", "Train a network on a data set."),
    "eval": ("hwsim.training.commands", "eval_command", "Measure a checkpoint's test accuracy."),
    "trace": ("hwsim.trace.commands", "trace_command", "Record a spike trace, or check one."),
    "compare": ("hwsim.compare_commands", "compare_command", "Compare networks on chips."),
    "figures": ("hwsim.compare_commands", "figures_command", "Make the paper's figures."),
    "export": ("hwsim.export.commands", "export_command", "Write a run for another tool."),
    "explain": ("hwsim.report.why.commands", "explain_command", "Say where a number comes from."),
    "diff": ("hwsim.report.why.commands", "diff_command", "Say why two runs differ."),
    "reproduce": ("hwsim.reproduce", "reproduce_command", "Make a run again and compare bytes."),
    "arch": ("hwsim.report.arch_command", "arch_command", "List, show or compare chips."),
}
"""Commands whose modules are imported when they are called: name -> (module, command, help)."""


class _Commands(click.Group):
    """A group that lists commands without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *ELSEWHERE])

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name in ELSEWHERE:
            module, command, _ = ELSEWHERE[name]
            found: click.Command = getattr(importlib.import_module(module), command)
            return found
        return super().get_command(ctx, name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, command.get_short_help_str(100)) for name, command in self.commands.items()]
        rows += [(name, text) for name, (_, _, text) in ELSEWHERE.items()]
        with formatter.section("Commands"):
            formatter.write_dl(sorted(rows))


PATH = click.Path(path_type=Path)
ARCH_OPTIONS = (
    click.option("--variant", metavar="V", help="A variant of the architecture file."),
    click.option(
        *("--set", "overrides"),
        multiple=True,
        metavar="K=V",
        help="Override a value of the architecture, e.g. core.neurons_max=2048.",
    ),
    click.option("--strict", is_flag=True, help="A number without source is an error."),
    plugin_option,
    click.option(
        *("--mapping", "mapping_file"), type=PATH, help="Use the mapping.json of another run."
    ),
    click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else."),
)


def _arch_options(command: Any) -> Any:
    for option in reversed(ARCH_OPTIONS):
        command = option(command)
    return command


def _images(ctx: click.Context, param: click.Parameter, text: str) -> int | Literal["all"]:
    from hwsim.trace.commands import image_count

    return image_count(ctx, param, text)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Simulate trained spiking networks on neuromorphic chips."""


@cli.command()
@click.argument("source", metavar="CHECKPOINT|TRACE", type=PATH)
@click.argument("arch")
@click.option(
    *("--images", "images"),
    callback=_images,
    default="16",
    show_default=True,
    metavar="N|all",
    help="How many test images.",
)
@click.option("--data", type=PATH, help="Folder of the data set; else the sample is used.")
@timesteps_option
@click.option(
    "--transport", type=click.Choice(["packet", "burst"]), default="burst", show_default=True
)
@_arch_options
@click.option("--seed", type=int, default=0, show_default=True, help="Recorded in the manifest.")
@click.option("--out", type=PATH, metavar="RUN_DIR", help="Run folder; by default reports/....")
@click.option("--force", is_flag=True, help="Replace another run in that folder.")
@click.option(
    "--against",
    type=PATH,
    metavar="RUN_DIR",
    help="Have report.html say what changed since that run.",
)
@click.option(
    *("--budget", "budgets"),
    multiple=True,
    metavar="K=V",
    help="latency_us=... or energy_uj=... of one image; exit 5 where it is exceeded.",
)
@click.option(
    "--timeline",
    type=PATH,
    metavar="FILE",
    help="Write a Chrome trace of every server for Perfetto, gzipped if FILE ends in .gz. It is "
    "made by the packet transport.",
)
@click.option(
    "--timeline-steps",
    default="single:0:1",
    show_default=True,
    metavar="[single|stream:]A:B",
    help="Steps A to B - 1 are in the timeline.",
)
@click.option("--timeline-cores", metavar="C,C-C", help="Only these cores and their tiles.")
@click.option("-q", "--quiet", is_flag=True, help="No progress, no notes.")
def run(
    source: Path,
    arch: str,
    images: int | Literal["all"],
    data: Path | None,
    timesteps: Timesteps | None,
    transport: str,
    variant: str | None,
    overrides: tuple[str, ...],
    strict: bool,
    mapping_file: Path | None,
    as_json: bool,
    seed: int,
    out: Path | None,
    force: bool,
    against: Path | None,
    budgets: tuple[str, ...],
    timeline: Path | None,
    timeline_steps: str,
    timeline_cores: str | None,
    quiet: bool,
) -> None:
    """Replay a network's images on a chip: latency, accesses and energy."""
    from hwsim import pipeline
    from hwsim.arch.load import load_arch
    from hwsim.chip.compiled import compiled
    from hwsim.progress import progress
    from hwsim.report.budget import check_budgets, parse_budgets
    from hwsim.report.tables import run_table
    from hwsim.report.timeline import TimelineFile, parse_window
    from hwsim.report.why.run_folder import open_run
    from hwsim.report.write import write_run
    from hwsim.request import Request
    from hwsim.resume import Unfinished

    def say(line: str) -> None:
        if not quiet:
            click.echo(line, err=True)

    begun = time.monotonic()
    limits = parse_budgets(budgets)
    window = parse_window(timeline_steps, timeline_cores)
    shown = TimelineFile(timeline, window, force) if timeline else None
    earlier = open_run(against) if against else None
    loaded = load_arch(arch, variant, overrides, strict)
    for warning in loaded.warnings + loaded.doubts:
        say(f"warning: {warning}")
    if not compiled(transport, loaded.arch.timestep.semantics == "asynchronous"):
        say("compiling the chip model once; later runs start at once")
    reports = Path("reports")
    unfinished = Unfinished(reports if out is None else out.parent, say)
    with progress(quiet) as tell:
        result = pipeline.run(
            *(source, loaded, images, data, transport, mapping_file, seed, tell, unfinished),
            timesteps=timesteps,
            timeline=shown,
        )
    if not result.weights_modelled:
        say("warning: these cores cannot execute the weights: no accuracy is claimed")
    wall_s = time.monotonic() - begun
    request = Request(
        *(source, arch, variant, overrides, strict, images, data, mapping_file, transport, seed),
        timesteps=timesteps,
        against=against,
        plugins=plugins_named(),
    )
    folder = write_run(result, out, sys.argv[1:], wall_s, force, reports, request, earlier)
    unfinished.remove()
    numbers = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    if as_json:
        click.echo(json.dumps(numbers, indent=2))
    else:
        click.echo(run_table(numbers, styled=sys.stdout.isatty()), nl=False)
    say(f"written to {folder}" + (f"; timeline in {timeline}" if timeline else ""))
    check_budgets(limits, numbers)


@cli.command()
@click.argument("source", metavar="CHECKPOINT|TRACE", type=PATH)
@click.argument("arch")
@_arch_options
def check(
    source: Path,
    arch: str,
    variant: str | None,
    overrides: tuple[str, ...],
    strict: bool,
    mapping_file: Path | None,
    as_json: bool,
) -> None:
    """Say whether a network fits a chip, layer by layer, and what would make it fit."""
    from hwsim import pipeline
    from hwsim.arch.load import load_arch
    from hwsim.errors import DoesNotFit
    from hwsim.report.fit_table import fit_json, fit_table

    loaded = load_arch(arch, variant, overrides, strict)
    network, fit = pipeline.check(source, loaded, mapping_file)
    if as_json:
        click.echo(json.dumps(fit_json(network, fit), indent=2))
    else:
        click.echo(fit_table(network, fit), nl=False)
    if not fit.fits:
        raise DoesNotFit(fit.message)


def main() -> None:
    """Run the command line; a user's mistake ends in one message and its exit code."""
    try:
        cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        sys.exit(130)
    except HwsimError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
