"""`--plugin MODULE`: the option of every command that reads an architecture file."""

from __future__ import annotations

import click

_NAMED = "hwsim.plugins"


def _load(ctx: click.Context, param: click.Parameter, modules: tuple[str, ...]) -> None:
    from hwsim.plugins import load, load_installed

    for problem in load_installed():
        click.echo(f"warning: {problem}", err=True)
    for module in modules:
        load(module)
    ctx.meta[_NAMED] = modules


def plugins_named() -> tuple[str, ...]:
    """The modules that this command was given."""
    named: tuple[str, ...] = click.get_current_context().meta.get(_NAMED, ())
    return named


plugin_option = click.option(
    "--plugin",
    multiple=True,
    metavar="MODULE",
    expose_value=False,
    callback=_load,
    help="A Python module with a core kind of your own.",
)
"""Registers what is installed and what is named, before the command begins."""
