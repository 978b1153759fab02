"""A session as a user types it, run in a folder of its own and shortened for a page."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from hwsim.report.text import WIDTH
from pages.paths import ROOT


@dataclass(frozen=True)
class Typed:
    """A command line and what of its output a page shows.

    `keep`: how the sections (parts between empty lines) behind the first begin that are shown,
    None for all; `lines`: how many lines of what is left, 0 for none without a word; `code`: its
    exit code, and a page shows the message of a command that fails.
    """

    line: str
    keep: tuple[str, ...] | None = None
    lines: int | None = None
    code: int = 0

    def run(self, folder: Path) -> str:
        """What a page shows. Raises RuntimeError for another exit code."""
        program, *words = shlex.split(self.line)
        assert program == "hwsim"
        done = subprocess.run(
            [sys.executable, "-m", "hwsim", *words],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != self.code:
            raise RuntimeError(f"{self.line}: exit code {done.returncode}\n{done.stderr}")
        shown = self.shortened(done.stderr if self.code else done.stdout)
        return f"$ {self.line}\n{shown}"

    def shortened(self, text: str) -> str:
        """The parts of an output that a page shows, with a line for what it leaves out."""
        if self.lines == 0:
            return ""
        text = text.rstrip("\n")
        if self.keep is not None:
            text = without(text, self.keep)
        lines = text.splitlines()
        if self.lines and len(lines) > self.lines:
            lines = [*lines[: self.lines], f"[... {len(lines) - self.lines} more lines ...]"]
        return "".join(f"{line}\n" for line in lines)


def without(text: str, keep: tuple[str, ...]) -> str:
    """`text` with its first section and those that begin like one of `keep`."""
    parts: list[str] = []
    dropped: list[str] = []
    first, *sections = [part for part in text.split("\n\n") if part.strip("\n")]
    for section in sections:
        if section.strip("\n").startswith(keep or ("\0",)):
            parts += [_left_out(dropped), section.strip("\n")]
            dropped = []
        else:
            line = section.strip("\n").splitlines()[0].strip()
            title = line.partition(":")[0] if "," in line else line
            dropped.append(title[0].lower() + title[1:])
    parts.append(_left_out(dropped))
    return "\n\n".join([first, *(part for part in parts if part)])


def _left_out(titles: list[str]) -> str:
    return textwrap.fill(f"[... {', '.join(titles)} ...]", WIDTH) if titles else ""
