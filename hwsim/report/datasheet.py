"""One architecture, number by number: `hwsim arch show`."""

from __future__ import annotations

from typing import Any

from hwsim.arch.load import LoadedArch
from hwsim.report.catalogue import PROJECTION, item
from hwsim.report.sources import Number, numbers
from hwsim.report.text import columns, wrapped

_IDENTITY = ("name", "variant", "projection")
"""What stands at the head of the sheet, and in no list."""


def datasheet_json(loaded: LoadedArch) -> dict[str, Any]:
    """The architecture as plain JSON values: its line of the list, its words, its numbers."""
    head = item(loaded)
    return {
        **vars(head),
        "unpublished": list(head.unpublished),
        "file": str(loaded.path),
        "sha256": loaded.sha256,
        "choices": choices(loaded.resolved),
        "numbers": [
            {name: None if v is None else _plain(v) for name, v in vars(number).items()}
            for number in numbers(loaded.resolved)
        ],
    }


def datasheet(loaded: LoadedArch) -> str:
    """The architecture for a person. A source stands once, in front of the numbers it is of."""
    head = item(loaded)
    lines = wrapped(
        f"{head.label}: {head.kind} cores, {head.schedule}, {head.node_nm:g} nm; "
        f"{head.cores} cores on {head.chips} chip{'s' if head.chips != 1 else ''}; {loaded.path}",
        indent=0,
    )
    if head.projection:
        lines += ["", PROJECTION]
    lines += ["", "Choices"]
    lines += columns([(path, word) for path, word in choices(loaded.resolved).items()])
    by_source: dict[str, list[Number]] = {}
    for number in numbers(loaded.resolved):
        known = number.value is not None
        by_source.setdefault(number.source if known else number.evidence, []).append(number)
    for source, held in by_source.items():
        if held[0].value is None:
            continue
        lines += ["", *wrapped(source or "no source", indent=0)]
        lines += columns([(n.path, shown(n), n.unit, n.evidence or "no evidence") for n in held])
    for title, evidence in (
        ("Priced inside other actions", "included"),
        ("Unpublished: counted, priced at nothing, named in every total", "unpublished"),
    ):
        if evidence in by_source:
            lines += ["", title]
            lines += columns([(n.path, n.source) for n in by_source[evidence]])
    lines += ["", "Notes"]
    for path, note in texts(loaded.resolved, notes=True).items():
        lines += wrapped(f"{path}: {note}")
    return "\n".join(lines) + "\n"


def choices(resolved: dict[str, object]) -> dict[str, str]:
    """The words and truth values that an architecture chooses, by their dotted paths."""
    return texts(resolved, notes=False)


def texts(resolved: dict[str, object], notes: bool, above: str = "") -> dict[str, str]:
    """Either the notes of an architecture, or its words and truth values without them."""
    found: dict[str, str] = {}
    for name, node in resolved.items():
        path = f"{above}.{name}" if above else str(name)
        if isinstance(node, dict) and not {"value", "included_in"} & set(node):
            found |= texts(node, notes, path)
        elif path in _IDENTITY or (name == "note") != notes:
            continue
        elif isinstance(node, bool):
            found[path] = str(node).lower()
        elif isinstance(node, str) and node != "unpublished":
            found[path] = node
    return found


def shown(number: Number) -> str:
    """A value with its bounds; the word for one that is not known."""
    if number.value is None:
        return number.source or number.evidence
    text = f"{number.value:f}"
    if number.low is None and number.high is None:
        return text
    low, high = ("?" if bound is None else f"{bound:f}" for bound in (number.low, number.high))
    return f"{text} ({low} to {high})"


def _plain(value: object) -> object:
    if isinstance(value, str):
        return value
    number = float(str(value))
    return int(number) if number.is_integer() else number
