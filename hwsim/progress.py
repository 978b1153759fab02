"""Progress on a terminal: one line on stderr that goes away when the work is done."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

PATIENCE_S = 1.0
"""Work shorter than this shows nothing."""


class Tell(Protocol):
    """Called with what is being done, how much of it is done and how much there is."""

    def __call__(self, what: str, done: int, total: int) -> None:
        """Report; cheap enough for every step."""


def silent(what: str, done: int, total: int) -> None:
    """Tell nobody."""


@contextmanager
def progress(quiet: bool = False) -> Iterator[Tell]:
    """A `Tell` that draws a bar for each kind of work where stderr is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Remaining())
    bars = Progress(*columns, console=Console(stderr=True), transient=True)
    tasks: dict[str, object] = {}
    begun = time.monotonic()

    def tell(what: str, done: int, total: int) -> None:
        if what not in tasks:
            tasks[what] = bars.add_task(what, total=total)
        bars.update(tasks[what], completed=done, total=total)  # type: ignore[arg-type]
        if time.monotonic() - begun > PATIENCE_S:
            bars.start()

    try:
        yield tell
    finally:
        bars.stop()
