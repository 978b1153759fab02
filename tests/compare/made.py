"""Comparisons of small runs that are written to a folder and read back."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from hwsim.compare.ann import Ann
from hwsim.compare.comparison import Comparison
from hwsim.compare.pair import Chip, Pair
from hwsim.compare.subject import Subject
from hwsim.report.why.run_folder import open_run
from hwsim.report.write import write_run
from hwsim.result import Run
from hwsim.survey import Survey
from tests.report import runs

FAMILY = ("toy", "none")


def toy_run(timesteps: int) -> Run:
    """Three images, two of them right, and a recorded accuracy."""
    original = runs.run(timesteps)
    origin = replace(original.origin, test_accuracy_percent=80.5)
    labels, predictions = np.array([1, 2, 3]), np.array([1, 2, 0])
    return replace(original, origin=origin, labels=labels, predictions=predictions)


def subject(run: Run) -> Subject:
    found = Survey(run.labels, run.predictions, run.dense_synops, run.fired, "0" * 64)
    timesteps = run.network.timesteps
    return Subject(f"toy_t{timesteps}", run.network, run.origin, found, timesteps)


def comparison(
    folder: Path, timesteps: tuple[int, ...] = (1, 2), *, ann: bool = True
) -> Comparison:
    """Toy networks on the toy chip, and on one that nothing fits."""
    made = [toy_run(t) for t in timesteps]
    subjects = tuple(subject(run) for run in made)
    chips = (Chip("toy", made[0].arch), Chip("small:half", made[0].arch))
    pairs = []
    for run, mine in zip(made, subjects, strict=True):
        written = write_run(run, folder / mine.name, [], 1.0, False, folder)
        pairs.append(Pair(mine, chips[0], open_run(written)))
        pairs.append(Pair(mine, chips[1], None, "conv1 needs 9 cores & has 1"))
    network = made[0].network
    half = tuple(Fraction(layer.macs, 2) for layer in network.layers)
    anns = {FAMILY: Ann("toy_ann.pt", half, 2, 3, 90.0)} if ann else {}
    return Comparison(subjects, chips, tuple(pairs), anns)
