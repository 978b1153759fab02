"""latency.csv: where the time of each step goes, mean over the images."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from hwsim.chip.timing import Ps
from hwsim.report.spread import DIGITS, decimal_text
from hwsim.report.table_file import csv_bytes
from hwsim.result import Outcome, Run

HEADER = (
    "experiment",
    "step",
    "ended_by_scan_images",
    "scan_end_ns",
    "absorption_end_ns",
    "barrier_ns",
    "step_ns",
)


def latency_csv(run: Run) -> bytes:
    """One row a step: `single` has the steps of an image, `stream` those of its interval."""
    rows = (row for outcome in (run.single, run.stream) for row in _rows(outcome))
    return csv_bytes(HEADER, rows)


def _rows(outcome: Outcome) -> Iterator[tuple[object, ...]]:
    timing = outcome.timing
    scan, absorb, step = (
        mean_ns(values) for values in (timing.scan_ps, timing.absorb_ps, timing.step_ps)
    )
    by_scan = (timing.scan_ps >= timing.absorb_ps).sum(axis=0)
    for index in range(timing.scan_ps.shape[1]):
        times = (scan[index], absorb[index], Fraction(timing.barrier_ps, 1000), step[index])
        yield (
            timing.experiment,
            index,
            int(by_scan[index]),
            *(decimal_text(value, DIGITS) for value in times),
        )


def mean_ns(values: Ps) -> list[Fraction]:
    """Mean over images of (N, steps) picoseconds, in ns."""
    images = values.shape[0]
    return [Fraction(int(total), 1000 * images) for total in np.sum(values, axis=0)]
