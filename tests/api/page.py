"""docs/api.md, run: its code as typed, and what that prints.

python -m tests.api.page        writes the page with the output of today
"""

from __future__ import annotations

import doctest
import os
import re
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "api.md"
BLOCK = re.compile(r"(?<=```python\n)(.*?)(?=```)", re.DOTALL)


class _Runner(doctest.DocTestRunner):
    """Keeps what every example printed."""

    def __init__(self) -> None:
        super().__init__(verbose=False)
        self.printed: list[str] = []

    def _keep(self, out: Any, test: Any, example: Any, got: str) -> None:
        self.printed.append(got)

    report_start = lambda self, out, test, example: None  # noqa: E731
    report_success = report_failure = _keep

    def report_unexpected_exception(self, out: Any, test: Any, example: Any, exc_info: Any) -> None:
        raise exc_info[1]


def run(text: str) -> str:
    """The page with the output that its code has now, in a folder where `trained/` lies."""
    names: dict[str, Any] = {}
    return BLOCK.sub(lambda block: _block(block[0], names), text)


def _block(code: str, names: dict[str, Any]) -> str:
    examples = doctest.DocTestParser().get_examples(code)
    runner = _Runner()
    test = doctest.DocTest(examples, names, "api", str(PAGE), 0, None)
    runner.run(test, clear_globs=False)
    names.update(test.globs)
    lines = []
    for example, printed in zip(examples, runner.printed, strict=True):
        source = example.source.rstrip("\n").split("\n")
        lines += [f">>> {source[0]}", *(f"... {line}" for line in source[1:])]
        lines += [line.rstrip() for line in printed.rstrip("\n").split("\n") if printed]
    return "\n".join(lines) + "\n"


def in_folder(folder: Path) -> str:
    """The page as it should be; `folder` becomes the working one."""
    (folder / "trained").symlink_to(ROOT / "trained")
    os.chdir(folder)
    return run(PAGE.read_text(encoding="utf-8"))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        PAGE.write_text(in_folder(Path(scratch)), encoding="utf-8")
