"""activity.csv: every count, summed over the images."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hwsim.report.table_file import csv_bytes
from hwsim.result import Outcome, Run

CHIP = "chip"
"""Stands for the layer of what belongs to no core: host input, barriers."""
IDLE = "idle"
"""Stands for the timestep of steps in which the layer had none in work."""

HEADER = ("experiment", "timestep", "layer", "core", "component", "action", "count")


def activity_csv(run: Run) -> bytes:
    """Both experiments, zero counts left out."""
    rows = (row for outcome in (run.single, run.stream) for row in _rows(run, outcome))
    return csv_bytes(HEADER, rows)


def _rows(run: Run, outcome: Outcome) -> Iterator[tuple[object, ...]]:
    activity, timesteps = outcome.activity, run.network.timesteps
    names = [run.network.layers[part.layer].name for part in run.mapping.slices] + [CHIP]
    cores = [str(part.core) for part in run.mapping.slices] + [""]
    for action, counts in activity.totals.items():
        component, name = action.value.split(".")
        for timestep, place in np.argwhere(counts):
            yield (
                activity.experiment,
                IDLE if timestep == timesteps else int(timestep),
                names[place],
                cores[place],
                component,
                name,
                int(counts[timestep, place]),
            )
