"""Tables of the page: text for people, and beside it the value that a column is sorted by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from markupsafe import Markup

from hwsim.report.html import show
from hwsim.report.spread import DIGITS
from hwsim.units import rounded


@dataclass(frozen=True)
class Column:
    """`kind`: `number` (flush right, sorted by value), `text`, `long` (text that wraps) or
    `bars` (a drawing, not sorted)."""

    label: str
    kind: str = "number"


@dataclass(frozen=True)
class Cell:
    """What is shown, and the number to sort by (None: the text itself)."""

    text: str | Markup
    value: str | None = None


@dataclass(frozen=True)
class Table:
    """`caption` says what it holds, to those who cannot see it too; the first cell of a row is
    its header. `foot` rows stay last whatever the order; `live` tables sort and filter."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    foot: Sequence[Sequence[Cell]] = ()
    live: bool = True


def text(words: str) -> Cell:
    """Words, sorted as words."""
    return Cell(words)


def code(words: str) -> Cell:
    """A dotted name of the program or of a file, which may break behind its dots."""
    return Cell(Markup("<code>{}</code>").format(Markup(".<wbr>").join(words.split("."))))


def drawn(picture: Markup) -> Cell:
    """A drawing."""
    return Cell(picture)


def number(shown: str, value: Any) -> Cell:
    """`shown` stands for `value`; an unknown value (None) is sorted below all others."""
    if value is None:
        return Cell(shown, "")
    exact = Fraction(value)
    if exact.denominator == 1:
        return Cell(shown, str(exact.numerator))
    return Cell(shown, f"{rounded(exact, DIGITS):f}")


def energy(pj: Any) -> Cell:
    """An energy in pJ."""
    return number(show.energy(pj), pj)


def time(ns: Any) -> Cell:
    """A time in ns."""
    return number(show.time(ns), ns)


def count(amount: Any) -> Cell:
    """A count."""
    return number(show.count(amount), amount)


def bits(amount: Any) -> Cell:
    """Bits moved."""
    return number(show.bits(amount), amount)


def percent(share: Any) -> Cell:
    """A share of one."""
    return number(show.percent(share), share)
