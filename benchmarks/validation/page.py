"""Rows as a table of docs/validation.md, and what all tables of the page say together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks.findings import table
from benchmarks.marked import made, replaced
from benchmarks.validation.row import Row

PAGE = Path("docs/validation.md")
SUMMARY = "summary"
HEADER = ("claim", "published", "hwsim", "difference", "tag", "result", "source")
_RESULT = re.compile(r"\| (calibration|regression|prediction) \| (exact|holds|fails|shown) \|")


def rows_table(rows: Iterable[Row]) -> str:
    """A table of rows."""
    return table(HEADER, map(_cells, rows))


def with_part(page: str, name: str, text: str) -> str:
    """The page with another text of one part, and the summary that follows."""
    page = replaced(page, name, text)
    return replaced(page, SUMMARY, summary(page))


def summary(page: str) -> str:
    """How many rows of each tag the page has, and how they ended."""
    parts = made(page)
    rows = [_RESULT.findall(text) for name, text in parts.items() if name != SUMMARY]
    found = Counter(result for part in rows for result in part)

    def said(tag: str, result: str) -> int:
        return found[tag, result]

    predicted = [said("prediction", result) for result in ("holds", "fails", "shown")]
    calibrated = [said("calibration", result) for result in ("holds", "fails")]
    exact, wrong = said("regression", "exact"), said("regression", "fails")
    return (
        f"Validated: {predicted[0]} of the {predicted[0] + predicted[1]} predictions that can fail "
        f"hold, {predicted[1]} not; {predicted[2]} more are shown without a bound. "
        f"Not validation: {exact} of {exact + wrong} regressions are exact, {calibrated[0]} of "
        f"{sum(calibrated)} calibrations hold."
    )


def _cells(row: Row) -> tuple[str, ...]:
    unit = f" {row.unit}" if row.unit else ""
    if isinstance(row.published, tuple):
        published = " to ".join(_number(end, row) for end in row.published)
    else:
        published = _number(row.published, row)
    ours = _number(row.ours, row)
    return (
        row.claim, published + unit, ours + unit, _percent(row.difference), row.tag, row.verdict,
        row.source,
    )  # fmt: skip


def _number(value: float, row: Row) -> str:
    if row.tag == "regression":
        return f"{value:,.{row.digits}f}"
    return f"{value:,.4g}"


def _percent(difference: float) -> str:
    if abs(difference) < 1e-12:
        return "0"
    percent = 100 * difference
    return f"{percent:+.2f} %" if abs(percent) >= 0.01 else f"{percent:+.1g} %"
