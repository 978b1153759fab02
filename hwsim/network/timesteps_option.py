"""`--timesteps` of `hwsim eval`, `trace`, `run` and `compare`; no numpy before it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from hwsim.network.early_exit import Timesteps


def timesteps_option(command: Any) -> Any:
    """Give `command` the option; its value is a `Timesteps`, None where it is left out."""
    option = click.option(
        "--timesteps",
        callback=_parse,
        metavar="K|gamma[:X]",
        help="Only the first K timesteps, or (gamma) BNTT's early exit: until the mean |gamma| of "
        "every layer is below X, 0.1 by default.",
    )
    decorated: Any = option(command)
    return decorated


def _parse(_: click.Context, __: click.Parameter, text: str | None) -> Timesteps | None:
    from hwsim.network.early_exit import parse_timesteps

    return None if text is None else parse_timesteps(text)
