"""Figures with and without a switch, as tables of docs/assumptions.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.assumptions.measure import Figures
from benchmarks.assumptions.switch import Switch
from benchmarks.findings import table

PAGE = Path("docs/assumptions.md")
HEADER = (
    "instead", "switched by", "energy alone, uJ", "latency alone, ms", "energy in the stream, uJ",
    "interval, ms", "packet hops", "membrane words", "cores",
)  # fmt: skip


def effects(base: Figures, found: Sequence[tuple[Switch, Figures]]) -> str:
    """A line of the base, then one a switch with its change."""
    rows = [("as shipped", "", *_cells(base, base))]
    rows += [(switch.assumption, switch.field, *_cells(base, f)) for switch, f in found]
    return table(HEADER, rows)


def _cells(base: Figures, now: Figures) -> tuple[str, ...]:
    pairs = [
        (base.energy_alone, now.energy_alone, ",.1f"),
        (base.latency_alone, now.latency_alone, ".4f"),
        (base.energy_stream, now.energy_stream, ",.1f"),
        (base.interval, now.interval, ".4f"),
        (base.hops, now.hops, ",.0f"),
        (base.membrane, now.membrane, ",.0f"),
        (base.cores, now.cores, "d"),
    ]
    return tuple(_cell(*pair) for pair in pairs)


def _cell(before: float, after: float, form: str) -> str:
    if before == after:
        return format(after, form)
    return f"{after:{form}} ({100 * (after / before - 1):+.2g} %)"
