"""One network on one chip: what was measured there, or why it does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from hwsim.activity import Experiment
from hwsim.arch.load import LoadedArch
from hwsim.compare.shares import shares
from hwsim.compare.subject import Subject
from hwsim.report.why.run_folder import RunFolder

EXPERIMENTS: tuple[Experiment, ...] = ("single", "stream")


@dataclass(frozen=True)
class Chip:
    """One architecture of a comparison; `name` is what tables call it, with its variant."""

    name: str
    loaded: LoadedArch


@dataclass(frozen=True)
class Measured:
    """One experiment of a pair. Energies are of the mean image, in pJ; `latency_ns` and
    `interval_ns` (None in `single`) hold mean, sd, min and max as summary.json does. `low_pj` and
    `high_pj` are what the bounds of the table's prices give, `not_measured` the share of the energy
    that rests on derived, assumed or projected prices."""

    experiment: Experiment
    energy_pj: Fraction
    energy_sd_pj: float | None
    per_correct_pj: Fraction | None
    latency_ns: dict[str, Any]
    interval_ns: dict[str, Any] | None
    power_mw: float | None
    edp_pj_s: float | None
    by_component: dict[str, Fraction]
    shares: dict[str, Fraction]
    accesses: dict[str, dict[str, Any]]
    low_pj: float
    high_pj: float
    not_measured: float | None
    unpublished: tuple[str, ...]

    @property
    def interval_mean_ns(self) -> float | None:
        """Mean initiation interval; None in `single`."""
        return None if self.interval_ns is None else float(self.interval_ns["mean"])


@dataclass(frozen=True)
class Pair:
    """`run` is None where the network does not fit the chip, and `reason` says why."""

    subject: Subject
    chip: Chip
    run: RunFolder | None
    reason: str | None = None

    @property
    def accuracy_percent(self) -> float | None:
        """As the checkpoint states it; None where it does not, or where the cores cannot execute
        the weights."""
        if self.run is None:
            return None
        stated: float | None = self.run.summary["checkpoint"]["test_accuracy_percent"]
        return stated

    @cached_property
    def measured(self) -> dict[Experiment, Measured]:
        """Both experiments; none where the network does not fit."""
        if self.run is None:
            return {}
        return {e: _measured(self.subject, self.run, e) for e in EXPERIMENTS}


def _measured(subject: Subject, run: RunFolder, experiment: Experiment) -> Measured:
    said = run.summary[experiment]
    lines = [line for line in run.bill if line.experiment == experiment]
    total = sum((line.energy for line in lines), Fraction())
    components = dict.fromkeys(line.component for line in lines)
    sure, correct = said["energy_pj"]["confidence"], run.summary["correct"]
    return Measured(
        experiment=experiment,
        energy_pj=total / subject.images,
        energy_sd_pj=said["energy_pj"]["sd"],
        per_correct_pj=total / correct if correct else None,
        latency_ns=said["latency_ns"],
        interval_ns=said.get("initiation_interval_ns"),
        power_mw=said["power_mw"],
        edp_pj_s=said["edp_pj_s"],
        by_component={
            name: sum((x.energy for x in lines if x.component == name), Fraction()) / subject.images
            for name in components
        },
        shares=shares(lines, said["memory_accesses"]),
        accesses=said["memory_accesses"],
        low_pj=sure["low"],
        high_pj=sure["high"],
        not_measured=sure["not_measured"],
        unpublished=tuple(said["energy_pj"]["unpublished"]),
    )
