"""Two runs side by side, for a person."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from hwsim import units
from hwsim.report.text import columns, wrapped
from hwsim.report.why.diff import Delta, Diff, Half
from hwsim.report.why.formula import scaled
from hwsim.report.why.inputs import Change
from hwsim.report.why.step_ends import Ends

TOP = 8
"""Layers, actions and causes that are printed; `--json` has all."""
SAID = ("seed", "arch.name", "arch.variant")
"""Inputs that are printed though they move no number."""


def diff_text(diff: Diff) -> str:
    """At most 100 characters wide."""
    lines = [*wrapped(f"A: {diff.a}", indent=0), *wrapped(f"B: {diff.b}", indent=0), ""]
    if diff.equal and not diff.changes:
        return "\n".join([*lines, "equal: the same inputs, the same bytes in every file"]) + "\n"
    lines += _inputs(diff)
    if diff.equal:
        lines += wrapped("equal in every file but the manifest", indent=0)
        return "\n".join(lines) + "\n"
    for name, half in (("single", diff.single), ("stream", diff.stream)):
        lines += ["", name, *_half(half, diff.causes_of_time)]
    lines += ["", *wrapped(f"files with other bytes: {', '.join(diff.other_files)}", indent=0)]
    return "\n".join(lines) + "\n"


def _inputs(diff: Diff) -> list[str]:
    if not diff.changes:
        return wrapped("no input differs: other code, or another machine, made B", indent=0)
    lines = ["inputs that differ"]
    for change in diff.changes:
        if change.moves or change.name in SAID:
            said = f"{change.name}: {_value(change.a)} -> {_value(change.b)}"
            lines += wrapped(f"{said}{_moves(change)}")
    words = [c.name for c in diff.changes if not c.moves and c.name not in SAID]
    lines += wrapped(f"words and bounds that move no number: {_some(words)}") if words else []
    return lines


def _moves(change: Change) -> str:
    if change.follows:
        return " (follows from the others)"
    moved = " and ".join(sorted(change.moves))
    return f" (can move {moved})" if moved else " (moves no number)"


def _value(value: object) -> str:
    if value is None:
        return "not there"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def _half(half: Half, causes_of_time: Sequence[str]) -> list[str]:
    moved = [row for row in half.headlines if row.a != row.b]
    same = [row.name for row in half.headlines if row.a == row.b]
    lines = columns(
        [
            (
                row.name,
                _scaled(row.a, row.unit),
                _scaled(row.b, row.unit),
                _change(row.a, row.b, row.unit),
            )
            for row in moved
        ],
        ("mean of an image", "A", "B", "change"),
    )
    lines = lines if moved else ["  every headline number is the same"]
    lines += wrapped(f"the same: {', '.join(same)}") if moved and same else []
    lines += _reasons(half)
    lines += _deltas("by component", half.by_component)
    lines += _deltas("by layer", half.by_layer)
    lines += _actions(half)
    lines += _steps(half.step_ends, causes_of_time)
    return lines


def _reasons(half: Half) -> list[str]:
    if not half.reasons:
        return []
    lines = ["  why the energy differs, exactly"]
    for reason in half.reasons:
        cause = _cause(reason.inputs)
        lines += wrapped(f"{_signed(reason.delta, 'pJ')} by {reason.part}: {cause}", indent=4)
    return lines


def _cause(inputs: Sequence[str]) -> str:
    if not inputs:
        return "no input that differs can do this: other code made B"
    if len(inputs) == 1:
        return f"caused by {inputs[0]}"
    return f"by one or more of {_some(inputs)}"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - TOP} more" if len(names) > TOP else ""
    return ", ".join(names[:TOP]) + more


def _deltas(title: str, rows: Sequence[Delta]) -> list[str]:
    cells = [
        (row.name, units.energy(row.a), units.energy(row.b), _signed(row.delta, "pJ"))
        for row in rows[:TOP]
    ]
    return [f"  {title}{_more(rows)}", *columns(cells, indent=4)] if rows else []


def _actions(half: Half) -> list[str]:
    rows = half.by_action
    cells = [
        (r.action, *(_signed(v, "pJ") for v in (r.delta, r.by_count, r.by_price))) for r in rows
    ]
    head = ("", "B - A", "by count", "by price")
    return [f"  by action{_more(rows)}", *columns(cells[:TOP], head, indent=4)] if rows else []


def _steps(rows: Sequence[Ends], causes: Sequence[str]) -> list[str]:
    moved = [row for row in rows if row.delta or row.steps_a != row.steps_b]
    if not moved:
        return []
    cells = [
        (f"{row.kind} ({row.steps_a} and {row.steps_b} steps)", units.time(row.a),
         units.time(row.b), _signed(row.delta, "ns"))
        for row in moved
    ]  # fmt: skip
    lines = ["  time by what ended the steps", *columns(cells, indent=4)]
    return lines + wrapped(_cause(causes), indent=4)


def _more(rows: Sequence[object]) -> str:
    return f" (the first {TOP} of {len(rows)})" if len(rows) > TOP else ""


def _scaled(value: Fraction | None, unit: str) -> str:
    return units.UNKNOWN if value is None else scaled(value, unit)


def _signed(value: Fraction, unit: str) -> str:
    sign = "+" if value > 0 else ""
    return f"{sign}{scaled(value, unit)}" if value else scaled(value, unit)


def _change(a: Fraction | None, b: Fraction | None, unit: str) -> str:
    """In per cent of A; as it is where that is less than 0.1 %, or where A is zero."""
    if a is None or b is None:
        return units.UNKNOWN
    if not a or abs(b - a) * 1000 < abs(a):
        return _signed(b - a, unit)
    return f"{'+' if b > a else '-'}{units.percent(abs((b - a) / a))}"
