"""Two architectures side by side, only where they differ: `hwsim arch diff`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from hwsim.arch.load import LoadedArch
from hwsim.report.catalogue import item
from hwsim.report.datasheet import choices, shown
from hwsim.report.sources import numbers
from hwsim.report.text import wrapped


@dataclass(frozen=True)
class Side:
    """What one architecture says of a field; `source` is None for words."""

    value: str
    source: str | None = None
    evidence: str | None = None


@dataclass(frozen=True)
class Difference:
    """A field by its dotted path; None: the architecture does not have it."""

    path: str
    sides: tuple[Side | None, Side | None]


def differences(one: LoadedArch, other: LoadedArch) -> list[Difference]:
    """The fields whose values differ, in the order of the files. Equal values with different
    sources are no difference."""
    first, second = _fields(one), _fields(other)
    found = []
    for path in dict.fromkeys((*first, *second)):
        sides = first.get(path), second.get(path)
        values = [side and side.value for side in sides]
        if values[0] != values[1]:
            found.append(Difference(path, sides))
    return found


def difference_json(one: LoadedArch, other: LoadedArch) -> dict[str, Any]:
    """The differences as plain JSON values."""
    return {
        "one": item(one).label,
        "other": item(other).label,
        "differences": [
            {"path": d.path, "one": _json(d.sides[0]), "other": _json(d.sides[1])}
            for d in differences(one, other)
        ],
    }


def difference_table(one: LoadedArch, other: LoadedArch) -> str:
    """The differences for a person."""
    found = differences(one, other)
    labels = item(one).label, item(other).label
    width = max(map(len, labels))
    many = f"{len(found)} field{'' if len(found) == 1 else 's'}"
    lines = [f"{labels[0]} and {labels[1]} differ in {many}"]
    for difference in found:
        lines += ["", difference.path]
        for label, side in zip(labels, difference.sides, strict=True):
            lines += wrapped(f"{label.ljust(width)}  {_words(side)}", hanging=width + 2)
    return "\n".join(lines) + "\n"


def _fields(loaded: LoadedArch) -> dict[str, Side]:
    fields = {path: Side(word) for path, word in choices(loaded.resolved).items()}
    for number in numbers(loaded.resolved):
        unit = f" {number.unit}" if number.unit and number.value is not None else ""
        known = number.value is not None
        fields[number.path] = Side(
            f"{shown(number)}{unit}",
            number.source if known else None,
            number.evidence if known else None,
        )
    return fields


def _json(side: Side | None) -> dict[str, Any] | None:
    return None if side is None else asdict(side)


def _words(side: Side | None) -> str:
    if side is None:
        return "-"
    if side.source is None:
        return side.value
    return f"{side.value} ({side.evidence or 'no evidence'}; {side.source or 'no source'})"
