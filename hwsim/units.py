"""Numbers for people: the only place that scales a unit.

Everything else keeps pJ, ns, mW and plain counts. Scaling is exact decimal arithmetic, rounded
half-even to a few significant digits, so a table is the same text on every machine.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

Number = int | float | Decimal | Fraction

UNKNOWN = "-"
"""What stands for a number that is not known."""

_PREFIXES = {-15: "f", -12: "p", -9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T"}


def rounded(value: Number, digits: int) -> Decimal:
    """`value` to so many significant digits, half-even, from its exact value."""
    context = Context(prec=digits, rounding=ROUND_HALF_EVEN)
    exact = Fraction(value)
    return context.divide(Decimal(exact.numerator), Decimal(exact.denominator))


def energy(pj: Number | None, digits: int = 4) -> str:
    """An energy given in pJ: `580.9 uJ`."""
    return _scaled(pj, -12, "J", digits)


def time(ns: Number | None, digits: int = 4) -> str:
    """A time given in ns: `12.35 us`."""
    return _scaled(ns, -9, "s", digits)


def power(mw: Number | None, digits: int = 4) -> str:
    """A power given in mW."""
    return _scaled(mw, -3, "W", digits)


def energy_delay(pj_s: Number | None, digits: int = 4) -> str:
    """An energy-delay product given in pJ s."""
    return _scaled(pj_s, -12, "J s", digits)


def rate(per_second: Number | None, digits: int = 4) -> str:
    """A rate given per second: `1.234 k/s`."""
    text = _scaled(per_second, 0, "/s", digits)
    return text.replace(" /s", "/s")


def count(number: Number | None, digits: int = 4) -> str:
    """A count: exact below 10,000, then `24.61 M`."""
    if number is None:
        return UNKNOWN
    exact = Fraction(number)
    if abs(exact) < 10_000:
        return _plain(exact if exact.denominator == 1 else rounded(exact, digits))
    return _scaled(number, 0, "", digits).rstrip()


def bits(number: Number | None, digits: int = 4) -> str:
    """Bits moved: `196.9 Mbit`."""
    return _scaled(number, 0, "bit", digits)


def capacity(number: Number | None, digits: int = 4) -> str:
    """Bits held, in binary bytes: `1.25 MiB`."""
    if number is None:
        return UNKNOWN
    size, unit = Fraction(number) / 8, "B"
    for larger in ("KiB", "MiB", "GiB"):
        if size < 1024:
            break
        size, unit = size / 1024, larger
    return f"{_plain(rounded(size, digits))} {unit}"


def percent(share: Number | None) -> str:
    """A share of one as a percentage with one decimal: `12.3 %`."""
    if share is None:
        return UNKNOWN
    exact = Fraction(share) * 100
    if 0 < exact < Fraction(1, 20):
        return "< 0.1 %"
    tenths = round(exact * 10)
    return f"{tenths // 10}.{tenths % 10} %"


def plain(number: Number | None, digits: int = 4) -> str:
    """A number without a unit, never in scientific notation."""
    return UNKNOWN if number is None else _plain(rounded(number, digits))


def micro(text: str) -> str:
    """The same with the micro sign, for pages that can show it."""
    return (
        text.replace(" uJ", " \N{MICRO SIGN}J")
        .replace(" us", " \N{MICRO SIGN}s")
        .replace(" uW", " \N{MICRO SIGN}W")
    )


def _scaled(value: Number | None, exponent: int, unit: str, digits: int) -> str:
    if value is None:
        return UNKNOWN
    number = rounded(value, digits)
    if not number:
        return f"0 {unit}"
    place = (number.adjusted() + exponent) // 3 * 3
    place = min(max(place, min(_PREFIXES)), max(_PREFIXES))
    return f"{_plain(number.scaleb(exponent - place))} {_PREFIXES[place]}{unit}"


def _plain(number: Decimal | Fraction) -> str:
    if isinstance(number, Fraction):
        return str(number)
    return f"{number:f}" if number.as_tuple().exponent else str(int(number))
