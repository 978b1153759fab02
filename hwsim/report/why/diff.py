"""`hwsim diff`: what two runs do not have in common, and which input caused it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hwsim.report.why.answer import plain
from hwsim.report.why.attribution import Shift, by_action, shifts
from hwsim.report.why.headlines import Headline, headlines
from hwsim.report.why.inputs import Change, changes
from hwsim.report.why.reasons import Reason, causes, reasons
from hwsim.report.why.run_folder import RunFolder
from hwsim.report.why.step_ends import Ends, ends


@dataclass(frozen=True)
class Delta:
    """A component, a layer or a cause: mean pJ (or ns) in A and B."""

    name: str
    a: Fraction
    b: Fraction

    @property
    def delta(self) -> Fraction:
        """b - a."""
        return self.b - self.a


@dataclass(frozen=True)
class Half:
    """One experiment of both runs."""

    headlines: tuple[Headline, ...]
    by_component: tuple[Delta, ...]
    by_layer: tuple[Delta, ...]
    by_action: tuple[Shift, ...]
    reasons: tuple[Reason, ...]
    step_ends: tuple[Ends, ...]


@dataclass(frozen=True)
class Diff:
    """Everything that differs. `other_files` are those with other bytes."""

    a: str
    b: str
    changes: tuple[Change, ...]
    causes_of_time: tuple[str, ...]
    single: Half
    stream: Half
    other_files: tuple[str, ...]

    @property
    def equal(self) -> bool:
        """Whether every file but the manifest is the same, byte for byte."""
        return not self.other_files

    def to_dict(self) -> dict[str, Any]:
        """As JSON values, numbers as in summary.json."""
        found: dict[str, Any] = {"equal": self.equal, **plain(self)}
        return found


def diff(a: RunFolder, b: RunFolder) -> Diff:
    """Of two finished runs. Raises InvalidInput where a file of them is missing or damaged."""
    found = changes(a, b)
    names = sorted({*a.files, *b.files})
    return Diff(
        a=a.path.as_posix(),
        b=b.path.as_posix(),
        changes=tuple(found),
        causes_of_time=causes(found, "times"),
        single=_half(a, b, "single", found),
        stream=_half(a, b, "stream", found),
        other_files=tuple(name for name in names if a.files.get(name) != b.files.get(name)),
    )


def _half(a: RunFolder, b: RunFolder, experiment: str, found: list[Change]) -> Half:
    moved = shifts(a, b, experiment)
    return Half(
        headlines=tuple(headlines(a, b, experiment)),
        by_component=_grouped((shift.action.split(".")[0], shift) for shift in moved),
        by_layer=_grouped((shift.layer, shift) for shift in moved),
        by_action=tuple(by_action(moved)),
        reasons=tuple(reasons(moved, found)),
        step_ends=tuple(ends(a, b, experiment)),
    )


def _grouped(named: Iterable[tuple[str, Shift]]) -> tuple[Delta, ...]:
    """By size; what did not move is left out."""
    groups: dict[str, list[Shift]] = {}
    for name, shift in named:
        groups.setdefault(name, []).append(shift)
    rows = [
        Delta(name, sum((x.a for x in group), Fraction()), sum((x.b for x in group), Fraction()))
        for name, group in groups.items()
    ]
    return tuple(sorted((row for row in rows if row.delta), key=lambda row: -abs(row.delta)))
