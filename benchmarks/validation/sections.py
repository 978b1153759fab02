"""The tables of docs/validation.md, in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.validation import loihi, mesh, operations, rates, sanafe, spikesim, truenorth
from benchmarks.validation.row import Row


@dataclass(frozen=True)
class Section:
    """A made part of the page. Tests make the rows of all that are not `slow` again; `package` is
    what it needs beside hwsim; `details` is Markdown that stands behind the table."""

    name: str
    rows: Callable[[], list[Row]]
    slow: bool = False
    package: str | None = None
    details: Callable[[], str] | None = None


SECTIONS = (
    Section("rates", rates.rows, slow=True),
    Section("mesh", mesh.rows),
    Section("loihi", loihi.rows),
    Section("operations", operations.rows),
    Section("sanafe_golden", sanafe.golden),
    Section("sanafe", sanafe.rows, slow=True, package="sanafe", details=sanafe.details),
    Section("spikesim", spikesim.rows, slow=True),
    Section("truenorth", truenorth.rows),
)
