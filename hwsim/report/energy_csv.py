"""energy.csv: the bill, each line with its price, source and evidence."""

from __future__ import annotations

from collections.abc import Iterator

from hwsim.energy import Energy
from hwsim.report.spread import decimal_text
from hwsim.report.table_file import csv_bytes
from hwsim.result import Run

HEADER = (
    "experiment",
    "layer",
    "component",
    "action",
    "count",
    "energy_pj_each",
    "energy_pj",
    "source",
    "evidence",
    "pricing",
    "low_pj_each",
    "high_pj_each",
)


def energy_csv(run: Run) -> bytes:
    """Both experiments, summed over the images, exact; zero counts left out.

    `pricing` is `priced`, `unpublished` or `included` (`source` then says in which actions).
    """
    rows = (row for outcome in (run.single, run.stream) for row in _rows(outcome.energy))
    return csv_bytes(HEADER, rows)


def _rows(energy: Energy) -> Iterator[tuple[object, ...]]:
    for number, entry in enumerate(energy.entries):
        count = energy.counted(number)
        if not count:
            continue
        priced = entry.pricing == "priced"
        yield (
            energy.experiment,
            entry.place,
            entry.component,
            entry.action.rpartition(".")[2],
            count,
            decimal_text(entry.price_pj) if priced else "",
            decimal_text(entry.price_pj * count) if priced else "",
            "in " + ", ".join(entry.included_in) if entry.included_in else entry.source or "",
            entry.evidence or "",
            entry.pricing,
            decimal_text(entry.low_pj),
            decimal_text(entry.high_pj),
        )
