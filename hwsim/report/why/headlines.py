"""The headline numbers of two runs side by side."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hwsim.report.why.run_folder import RunFolder


@dataclass(frozen=True)
class Headline:
    """A number of summary.json in both runs, `None` where it is unknown, in `unit`."""

    name: str
    unit: str
    a: Fraction | None
    b: Fraction | None

    @property
    def delta(self) -> Fraction | None:
        """b - a, where both are known."""
        return None if self.a is None or self.b is None else self.b - self.a


def headlines(a: RunFolder, b: RunFolder, experiment: str) -> list[Headline]:
    """All of one experiment: times, energies, counts, accesses."""
    ours, theirs = (_numbers(run.summary[experiment]) for run in (a, b))
    units = _units(a.summary[experiment]) | _units(b.summary[experiment])
    return [
        Headline(name, units[name], ours.get(name), theirs.get(name))
        for name in dict.fromkeys([*ours, *theirs])
    ]


def _cells(half: dict[str, Any]) -> dict[str, tuple[str, Any]]:
    """Name -> (unit, number)."""
    energy = half["energy_pj"]
    cells = {"latency": ("ns", half["latency_ns"]["mean"])}
    if "initiation_interval_ns" in half:
        cells["initiation interval"] = ("ns", half["initiation_interval_ns"]["mean"])
    cells |= {
        "energy": ("pJ", energy["total"]),
        "dynamic energy": ("pJ", energy["dynamic"]),
        "leakage": ("pJ", energy["leakage"]),
        "power": ("mW", half["power_mw"]),
        "energy x latency": ("pJ s", half["edp_pj_s"]),
    }
    cells |= {name: ("", count) for name, count in half["counts"].items()}
    cells |= {name: ("", at["count"]) for name, at in half["memory_accesses"].items()}
    return cells


def _numbers(half: dict[str, Any]) -> dict[str, Fraction | None]:
    return {
        name: None if value is None else Fraction(str(value))
        for name, (_, value) in _cells(half).items()
    }


def _units(half: dict[str, Any]) -> dict[str, str]:
    return {name: unit for name, (unit, _) in _cells(half).items()}
