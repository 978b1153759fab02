"""Plain text in columns, at most 100 characters wide."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

WIDTH = 100

Row = Sequence[str]


def columns(rows: Sequence[Row], header: Row | None = None, indent: int = 2) -> list[str]:
    """Rows as lines: the first column flush left, the others flush right, the first cut short
    where the line would pass `WIDTH`."""
    everything = [*([header] if header else []), *rows]
    if not everything:
        return []
    widths = [max(len(row[i]) for row in everything) for i in range(len(everything[0]))]
    excess = indent + sum(widths) + 2 * (len(widths) - 1) - WIDTH
    widths[0] = max(widths[0] - max(excess, 0), 8)
    return [_line(row, widths, indent) for row in everything]


def _line(row: Row, widths: Sequence[int], indent: int) -> str:
    first = row[0] if len(row[0]) <= widths[0] else row[0][: widths[0] - 2] + ".."
    cells = [first.ljust(widths[0])]
    cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
    return (" " * indent + "  ".join(cells)).rstrip()


def wrapped(text: str, indent: int = 2, hanging: int = 2) -> list[str]:
    """A sentence over as many lines as it needs."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )
