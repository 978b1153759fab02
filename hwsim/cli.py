"""The command line: parse, call the pipeline, print. No logic lives here."""

from __future__ import annotations

import sys

import click

from hwsim import __version__
from hwsim.errors import HwsimError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def cli() -> None:
    """Simulate trained spiking networks on neuromorphic chips."""


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
