"""What a benchmark finds: rows of the table, and details behind them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measure beside its bar; `holds` is None where nothing was measured."""

    measure: str
    ours: str
    bar: str
    beyond: str
    how: str
    holds: bool | None

    @property
    def verdict(self) -> str:
        """Whether the bar holds, as a word."""
        return {True: "holds", False: "missed", None: "not measured"}[self.holds]


@dataclass(frozen=True)
class Findings:
    """The rows of one benchmark and the Markdown that explains them ("" for nothing)."""

    rows: tuple[Row, ...]
    details: str = ""


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
