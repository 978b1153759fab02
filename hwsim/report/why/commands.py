"""`hwsim explain` and `hwsim diff`."""

from __future__ import annotations

import json
from pathlib import Path

import click

_PATH = click.Path(path_type=Path)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")


@click.command("explain")
@click.argument("run", type=_PATH)
@click.argument("name")
@_JSON
def explain_command(run: Path, name: str, as_json: bool) -> None:
    """Say where the number NAME of the run folder RUN comes from.

    NAME is latency, initiation_interval, throughput, power or edp; energy.total, .dynamic,
    .leakage, .COMPONENT, .COMPONENT.ACTION or .by_layer.LAYER; counts.NAME or
    counts.COMPONENT.ACTION; memory_accesses.COMPONENT.ACTION. E.g. energy.router.hop_x.
    """
    from hwsim.report.why.explain import explain
    from hwsim.report.why.explain_text import explain_text
    from hwsim.report.why.run_folder import open_run

    found = explain(open_run(run), name)
    text = json.dumps(found.to_dict(), indent=2) + "\n" if as_json else explain_text(found)
    click.echo(text, nl=False)


@click.command("diff")
@click.argument("run_a", type=_PATH)
@click.argument("run_b", type=_PATH)
@_JSON
def diff_command(run_a: Path, run_b: Path, as_json: bool) -> None:
    """Say what changed from the run folder RUN_A to RUN_B, and which input caused it."""
    from hwsim.report.why.diff import diff
    from hwsim.report.why.diff_text import diff_text
    from hwsim.report.why.run_folder import open_run

    found = diff(open_run(run_a), open_run(run_b))
    text = json.dumps(found.to_dict(), indent=2) + "\n" if as_json else diff_text(found)
    click.echo(text, nl=False)
