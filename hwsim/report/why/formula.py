"""Numbers inside a formula: in full, with separators, and scaled beside it."""

from __future__ import annotations

from fractions import Fraction

from hwsim import units
from hwsim.report.spread import DIGITS
from hwsim.units import rounded


def full(value: Fraction) -> str:
    """`937,086.875`: to 9 significant digits, an integer in full."""
    if value.denominator == 1:
        return f"{value.numerator:,}"
    text = f"{rounded(value, DIGITS):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def scaled(value: Fraction, unit: str) -> str:
    """`2.811 uJ`, with the unit in which the value is given."""
    match unit:
        case "pJ":
            return units.energy(value)
        case "ns":
            return units.time(value)
        case "mW":
            return units.power(value)
        case "pJ s":
            return units.energy_delay(value)
        case "images/s":
            return units.rate(value)
        case _:
            return units.count(value)


def times(count: Fraction, price: Fraction, unit: str) -> str:
    """`3 x 2 pJ = 6 pJ`, scaled behind where that is shorter."""
    product = f"{full(count * price)} {unit}".rstrip()
    short = scaled(count * price, unit)
    more = "" if short == product else f" = {short}"
    return f"{full(count)} x {full(price)} {unit} = {product}{more}"
