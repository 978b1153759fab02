"""The difference of two energies in at most five parts, each with the inputs that can cause it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from hwsim.energy import LEAKAGE
from hwsim.report.why.attribution import Shift
from hwsim.report.why.inputs import Change, Moves


@dataclass(frozen=True)
class Reason:
    """A part of the difference, mean pJ of an image, and the inputs of which one or more caused
    it: one alone is the cause; none that differs means that other code made the runs."""

    part: str
    delta: Fraction
    inputs: tuple[str, ...]


def reasons(moved: Iterable[Shift], changes: Iterable[Change]) -> list[Reason]:
    """Parts that are not zero, by size; they sum to the difference exactly."""
    shifts, found = list(moved), list(changes)
    dynamic = [shift for shift in shifts if shift.action != LEAKAGE]
    leaked = [shift for shift in shifts if shift.action == LEAKAGE]
    counts, times = causes(found, "counts"), causes(found, "times")
    rows = [
        Reason("counts of actions", _sum(s.by_count for s in dynamic), counts),
        Reason(
            "prices of actions",
            _sum(s.by_price for s in dynamic),
            _fields(found, [f"energy_pj.{s.action}" for s in dynamic if s.by_price]),
        ),
        Reason("leakage: time", _sum(s.by_time for s in leaked), times),
        Reason("leakage: cores", _sum(s.by_cores for s in leaked), counts),
        Reason(
            "leakage: power",
            _sum(s.by_price for s in leaked),
            _fields(found, ["leakage_uw_per_core"]),
        ),
    ]
    return sorted((row for row in rows if row.delta), key=lambda row: -abs(row.delta))


def causes(changes: Iterable[Change], what: Moves) -> tuple[str, ...]:
    """Inputs that differ and can move counts, times or prices; not what follows from others."""
    return tuple(c.name for c in changes if what in c.moves and not c.follows)


def _fields(changes: list[Change], paths: list[str]) -> tuple[str, ...]:
    """The entries of the table that differ, or all that can where none does."""
    wanted = [f"arch.{path}" for path in paths]
    found = tuple(
        c.name
        for c in changes
        if "prices" in c.moves
        and any(c.name == path or c.name.startswith(f"{path}.") for path in wanted)
    )
    return found or causes(changes, "prices")


def _sum(values: Iterable[Fraction]) -> Fraction:
    return sum(values, Fraction())
