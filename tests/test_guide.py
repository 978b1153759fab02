"""docs/guide.md names commands that there are, with options that they take."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click

from hwsim.cli import cli

GUIDE = (Path(__file__).parent.parent / "docs" / "guide.md").read_text(encoding="utf-8")


def test_sections_are_commands() -> None:
    sections = re.findall(r"^## hwsim (\w+)$", GUIDE, re.MULTILINE)
    assert sorted(sections) == cli.list_commands(click.Context(cli))


def test_every_line_that_is_typed_parses() -> None:
    typed = re.findall(r"^\$ hwsim (.+)$", GUIDE, re.MULTILINE)
    assert typed
    for line in typed:
        name, *words = shlex.split(line)
        command = cli.get_command(click.Context(cli), name)
        assert command is not None, line
        command.make_context(name, words)
