"""Where a number comes from, as values: what `explain` makes and prints."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from typing import Any

from hwsim.report.spread import printed


@dataclass(frozen=True)
class Term:
    """A line of the table that is in the number: mean `count` of an image, `price` in `unit`.

    `pricing` is `priced`, `included` (`source` says in which actions), `unpublished`, or `counted`
    where no price is asked for. `low` and `high` bound the price where the table states them.
    """

    action: str
    words: str
    count: Fraction
    pricing: str
    price: Fraction | None
    unit: str
    value: Fraction
    low: Fraction | None
    high: Fraction | None
    source: str
    evidence: str


@dataclass(frozen=True)
class Part:
    """A share of the number: a layer, a core, a step."""

    name: str
    value: Fraction
    share: Fraction | None


@dataclass(frozen=True)
class Answer:
    """One experiment's number, the mean of an image. `low` and `high` are what the table's stated
    bounds give. `of_total` is its share of the experiment's energy where it is one."""

    value: Fraction
    unit: str
    formula: str
    terms: tuple[Term, ...] = ()
    low: Fraction | None = None
    high: Fraction | None = None
    of_total: Fraction | None = None
    layers: tuple[Part, ...] = ()
    cores: tuple[Part, ...] = ()
    steps: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """A name of a run's result in both experiments; None where there is no such number."""

    run: str
    name: str
    images: int
    single: Answer | None
    stream: Answer | None

    def to_dict(self) -> dict[str, Any]:
        """As JSON values, numbers as in summary.json."""
        found: dict[str, Any] = plain(self)
        return found


def parts(values: dict[str, Fraction], total: Fraction) -> tuple[Part, ...]:
    """Largest first, without zeros; shares of `total`."""
    rows = [Part(name, value, value / total if total else None) for name, value in values.items()]
    return tuple(sorted((row for row in rows if row.value), key=lambda row: -row.value))


def plain(value: Any) -> Any:
    """Dataclasses, tuples, sets and exact numbers as JSON takes them; `delta` is written out."""
    if is_dataclass(value):
        own = {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        return (
            own
            if "delta" in own or not hasattr(value, "delta")
            else {**own, "delta": plain(value.delta)}
        )
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, frozenset):
        return sorted(value)
    return printed(value) if isinstance(value, Fraction) else value
