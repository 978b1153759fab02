"""Where the time of an image goes: steps that a scan ended, steps that an absorption ended."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hwsim.report.why.rows import Step
from hwsim.report.why.run_folder import RunFolder

SCAN, ABSORPTION, MIXED, BARRIER = "scan", "absorption", "scan or absorption", "barrier"
PASS, OVERLAP = "pass", "overlap"


@dataclass(frozen=True)
class Ends:
    """A kind of end: mean ns of an image and steps in A and in B. `scan` and `absorption` are the
    work of steps that ended so in every image, `scan or absorption` of those that differ between
    images, `pass` of layers that ran as a whole, `barrier` what every step adds, `overlap`
    (negative) what passes beside each other save. They sum to the latency of `single` and to the
    interval of `stream`."""

    kind: str
    a: Fraction
    b: Fraction
    steps_a: int
    steps_b: int

    @property
    def delta(self) -> Fraction:
        """b - a."""
        return self.b - self.a


def ends(a: RunFolder, b: RunFolder, experiment: str) -> list[Ends]:
    """The kinds that either run has, by size of their difference."""
    ours, theirs = (_kinds(run, experiment) for run in (a, b))
    none = (Fraction(), 0)
    rows = []
    for kind in dict.fromkeys([*ours, *theirs]):
        (time_a, steps_a), (time_b, steps_b) = ours.get(kind, none), theirs.get(kind, none)
        rows.append(Ends(kind, time_a, time_b, steps_a, steps_b))
    return sorted(rows, key=lambda row: -abs(row.delta))


def _kinds(folder: RunFolder, experiment: str) -> dict[str, tuple[Fraction, int]]:
    kinds: dict[str, tuple[Fraction, int]] = {}
    for step in folder.steps:
        if step.experiment == experiment:
            end = PASS if folder.passes else _end(step, len(folder.images))
            work = (end, step.length - step.barrier)
            for kind, time in (work, (BARRIER, step.barrier)):
                before, steps = kinds.get(kind, (Fraction(), 0))
                kinds[kind] = before + time, steps + 1
    whole = sum((time for time, _ in kinds.values()), Fraction())
    took = sum((image.time(experiment) for image in folder.images), Fraction())
    if folder.passes and abs(took - whole * len(folder.images)) > took / 10**6:
        kinds[OVERLAP] = took / len(folder.images) - whole, 0
    return kinds


def _end(step: Step, images: int) -> str:
    if step.by_scan in (0, images):
        return SCAN if step.by_scan else ABSORPTION
    return MIXED
