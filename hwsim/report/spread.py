"""Means over images, exact until they are printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context
from fractions import Fraction

from hwsim.units import Number, rounded

DIGITS = 9
"""Significant digits of a printed number that is not an integer; integers print in full."""


@dataclass(frozen=True)
class Spread:
    """Mean, sample standard deviation, smallest and largest of one value per image.

    `variance` divides by N - 1 and is None for a single image.
    """

    mean: Fraction
    variance: Fraction | None
    low: Fraction
    high: Fraction

    @classmethod
    def of(cls, values: Iterable[int | Fraction]) -> Spread:
        """Of at least one value."""
        exact = [Fraction(value) for value in values]
        mean = sum(exact, Fraction()) / len(exact)
        variance = None
        if len(exact) > 1:
            squares = sum(((value - mean) ** 2 for value in exact), Fraction())
            variance = squares / (len(exact) - 1)
        return cls(mean, variance, min(exact), max(exact))

    @property
    def sd(self) -> Fraction | None:
        """Square root of the variance, to 40 digits."""
        if self.variance is None:
            return None
        context = Context(prec=40)
        root = context.sqrt(rounded(self.variance, context.prec))
        return Fraction(root)


def printed(value: Number | None, digits: int = DIGITS) -> int | float | None:
    """As a JSON number: an integer in full, anything else to `digits`, half-even."""
    if value is None:
        return None
    exact = Fraction(value)
    return exact.numerator if exact.denominator == 1 else float(rounded(exact, digits))


def decimal_text(value: Number | None, digits: int | None = None) -> str:
    """As a CSV cell: never in scientific notation; empty where unknown.

    `digits` None writes an exact decimal in full (a table value, a time in ps).
    """
    if value is None:
        return ""
    exact = Fraction(value)
    if exact.denominator == 1:
        return str(exact.numerator)
    text = f"{rounded(exact, digits or 60):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
