"""What changed since an earlier run: inputs, headlines, and why the energy differs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from hwsim import units
from hwsim.report.against import Against
from hwsim.report.html import show
from hwsim.report.html.show import EXPERIMENTS
from hwsim.report.html.table import Cell, Column, Table, code, number, text
from hwsim.report.why.diff import Half
from hwsim.report.why.formula import scaled
from hwsim.report.why.inputs import Change

_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Difference:
    """Which run was before, and the tables; `words` counts the changed sources, notes and bounds,
    which move no number."""

    before: str
    inputs: Table
    words: int
    headlines: Table
    reasons: Table
    components: Table
    layers: Table


def difference(found: Against) -> Difference:
    """The difference as the page shows it: only what differs."""
    diff = found.diff
    halves = dict(zip(EXPERIMENTS, (diff.single, diff.stream), strict=True))
    moving = [change for change in diff.changes if change.moves]
    return Difference(
        before=f"{found.network}, T = {found.timesteps}, on {found.arch} "
        f"(content {found.content_hash[:16]})",
        inputs=_inputs(moving),
        words=len(diff.changes) - len(moving),
        headlines=_table("Headlines that differ", _headlines(halves)),
        reasons=_reasons(halves),
        components=_table("Energy by component", _parts(halves, "by_component")),
        layers=_table("Energy by layer", _parts(halves, "by_layer")),
    )


def _inputs(changes: list[Change]) -> Table:
    return Table(
        "Inputs that differ",
        [
            Column("input", "text"),
            Column("before", "long"),
            Column("now", "long"),
            Column("can move", "text"),
        ],
        [[code(c.name), text(_value(c.a)), text(_value(c.b)), text(_moves(c))] for c in changes],
    )


def _value(value: object) -> str:
    return "not there" if value is None else str(value)


def _moves(change: Change) -> str:
    return "follows from the others" if change.follows else ", ".join(sorted(change.moves))


Row = tuple[str, str, str, Fraction | None, Fraction | None]
"""Name, experiment, unit, before, now."""


def _headlines(halves: dict[str, Half]) -> Iterable[Row]:
    for experiment, half in halves.items():
        for row in half.headlines:
            if row.a != row.b:
                yield row.name, experiment, row.unit, row.a, row.b


def _parts(halves: dict[str, Half], key: str) -> Iterable[Row]:
    for experiment, half in halves.items():
        for row in getattr(half, key):
            yield row.name, experiment, "pJ", row.a, row.b


def _table(caption: str, rows: Iterable[Row]) -> Table:
    return Table(
        caption,
        [
            Column("what", "text"),
            Column("experiment", "text"),
            Column("before"),
            Column("now"),
            Column("change"),
            Column("change, %"),
        ],
        [
            [text(name), text(experiment), _number(a, unit), _number(b, unit), *_change(a, b, unit)]
            for name, experiment, unit, a, b in rows
        ],
    )


def _reasons(halves: dict[str, Half]) -> Table:
    return Table(
        "Why the energy differs",
        [
            Column("by", "text"),
            Column("experiment", "text"),
            Column("change"),
            Column("caused by one or more of", "long"),
        ],
        [
            [
                text(reason.part),
                text(experiment),
                number(_signed(reason.delta, "pJ"), reason.delta),
                text(", ".join(reason.inputs) or "no input that differs: other code"),
            ]
            for experiment, half in halves.items()
            for reason in half.reasons
        ],
    )


def _number(value: Fraction | None, unit: str) -> Cell:
    return number("\N{EN DASH}" if value is None else units.micro(scaled(value, unit)), value)


def _change(a: Fraction | None, b: Fraction | None, unit: str) -> list[Cell]:
    if a is None or b is None:
        return [number("\N{EN DASH}", None)] * 2
    delta = b - a
    share = delta / a if a else None
    sign = _MINUS if delta < 0 else "+"
    shown = "\N{EN DASH}" if share is None else sign + show.percent(abs(share))
    return [number(_signed(delta, unit), delta), number(shown, share)]


def _signed(delta: Fraction, unit: str) -> str:
    return (_MINUS if delta < 0 else "+") + units.micro(scaled(abs(delta), unit))
