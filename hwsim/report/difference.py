"""The first place where two files differ, in words."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

WIDTH = 60
"""Characters of a line that are shown."""


@dataclass(frozen=True)
class Difference:
    """A file, by its path inside the run folder, and where it first differs."""

    file: str
    first: str


def difference(name: str, then: Path, now: Path) -> Difference | None:
    """None where both hold the same bytes."""
    for path, said in ((then, "missing in the run"), (now, "no longer written")):
        if not path.is_file():
            return Difference(name, said)
    old, new = then.read_bytes(), now.read_bytes()
    return None if old == new else Difference(name, first_difference(old, new))


def first_difference(old: bytes, new: bytes) -> str:
    """A line of text and what it was, or the place of a byte; `old` and `new` differ."""
    at = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
    at = min(len(old), len(new)) if at is None else at
    try:
        lines = [data.decode().splitlines() for data in (old, new)]
    except UnicodeDecodeError:
        return f"byte {at} of {len(old)}"
    number = old[:at].count(b"\n")
    column = at - (old.rfind(b"\n", 0, at) + 1)
    was, is_now = (_cut(text[number] if number < len(text) else "", column) for text in lines)
    return f"line {number + 1}: {was!r}, now {is_now!r}"


def _cut(line: str, column: int) -> str:
    """The part of a long line around a column."""
    if len(line) <= WIDTH:
        return line
    start = max(min(column - WIDTH // 2, len(line) - WIDTH), 0)
    return line[start : start + WIDTH]
