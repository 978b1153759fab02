"""How sure an energy is: what its numbers rest on, and what their stated bounds allow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hwsim.energy import Energy, Entry

NOT_MEASURED = ("derived", "assumed", "projected", "none")
"""Evidence that neither a measurement nor a publication stands behind."""


@dataclass(frozen=True)
class Confidence:
    """`low` and `high` are mean pJ of an image: the counts times the lowest and the highest price
    that the table states, or the price itself where it states none. Shares are of the energy of
    all images and None where that is zero: `not_measured` of what rests on derived, assumed,
    projected or no evidence, `without_low` and `without_high` of what has no such bound.
    """

    low: Fraction
    high: Fraction
    not_measured: Fraction | None
    without_low: Fraction | None
    without_high: Fraction | None


def confidence(energy: Energy) -> Confidence:
    """Of the total of an experiment. The times in the leakage's count are taken as they are."""
    lines = [(entry, energy.counted(n)) for n, entry in enumerate(energy.entries)]
    images, total = len(energy.counts), energy.total.sum

    def mean(price: Decimal, count: int) -> Fraction:
        return Fraction(price) * count / images

    def share(chosen: Callable[[Entry], bool]) -> Fraction | None:
        return energy.where(chosen).sum / total if total else None

    return Confidence(
        low=sum((mean(_or(e.low_pj, e), count) for e, count in lines), Fraction()),
        high=sum((mean(_or(e.high_pj, e), count) for e, count in lines), Fraction()),
        not_measured=share(lambda e: (e.evidence or "none") in NOT_MEASURED),
        without_low=share(lambda e: e.low_pj is None),
        without_high=share(lambda e: e.high_pj is None),
    )


def _or(bound: Decimal | None, entry: Entry) -> Decimal:
    return entry.price_pj if bound is None else bound
