"""`hwsim arch`: the shipped architectures, the numbers of one, what two differ in."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hwsim.arch.load import LoadedArch, load_arch
from hwsim.errors import UsageError
from hwsim.plugin_option import plugin_option
from hwsim.report.arch_difference import difference_json, difference_table
from hwsim.report.catalogue import catalogue, catalogue_json, catalogue_table
from hwsim.report.datasheet import datasheet, datasheet_json

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")


@click.group("arch")
def arch_command() -> None:
    """List the architectures that come with hwsim, show one, or compare two.

    NAME is a shipped architecture or a file; NAME:VARIANT is one of its variants.
    """


@arch_command.command("list")
@_JSON
def list_command(as_json: bool) -> None:
    """Every shipped architecture and variant: kind, schedule, size, and how far to trust it."""
    items = catalogue()
    click.echo(_text(catalogue_json(items)) if as_json else catalogue_table(items), nl=as_json)


@arch_command.command("show")
@click.argument("name")
@click.option("--variant", metavar="V", help="A variant, as NAME:V.")
@plugin_option
@_JSON
def show_command(name: str, variant: str | None, as_json: bool) -> None:
    """Every number of an architecture with its unit, evidence and source."""
    loaded = _load(name, variant)
    click.echo(_text(datasheet_json(loaded)) if as_json else datasheet(loaded), nl=as_json)


@arch_command.command("diff")
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@plugin_option
@_JSON
def diff_command(one: str, other: str, as_json: bool) -> None:
    """The fields in which two architectures differ, with both values and sources."""
    pair = _load(one), _load(other)
    click.echo(_text(difference_json(*pair)) if as_json else difference_table(*pair), nl=as_json)


def _load(name: str, variant: str | None = None) -> LoadedArch:
    """NAME, a path, or either with `:VARIANT` behind it."""
    base, colon, last = name.rpartition(":")
    if not colon or Path(name).exists():
        return load_arch(name, variant)
    if variant is not None and variant != last:
        raise UsageError(f"{name} --variant {variant}: name one variant")
    return load_arch(base, last)


def _text(value: object) -> str:
    return json.dumps(value, indent=2)
