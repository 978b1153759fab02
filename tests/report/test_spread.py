from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from hwsim.report.spread import Spread, decimal_text, printed


def test_spread_by_hand() -> None:
    spread = Spread.of([2, 4, 9])
    assert (spread.mean, spread.variance, spread.low, spread.high) == (5, 13, 2, 9)
    assert printed(spread.sd) == 3.60555128


def test_one_value_has_no_sd() -> None:
    assert Spread.of([3]).sd is None


def test_integers_print_in_full_and_fractions_half_even() -> None:
    assert printed(Fraction(12345678901234567)) == 12345678901234567
    assert printed(Fraction(1, 3)) == 0.333333333
    assert printed(Decimal("1.000000005")) == 1.0
    assert printed(Decimal("1.000000015")) == 1.00000002
    assert printed(None) is None


def test_cells_are_never_scientific() -> None:
    assert decimal_text(Decimal("0.000000816")) == "0.000000816"
    assert decimal_text(Fraction(10**30)) == "1" + "0" * 30
    assert decimal_text(Fraction(2, 3), 6) == "0.666667"
    assert decimal_text(Fraction(10**11 + 1, 10), 3) == "10000000000"
    assert decimal_text(None) == ""


@given(st.lists(st.integers(0, 10**15), min_size=2, max_size=20))
def test_mean_lies_between_the_extremes(values: list[int]) -> None:
    spread = Spread.of(values)
    assert spread.low <= spread.mean <= spread.high
    assert spread.sd is not None
    assert (spread.sd == 0) == (spread.low == spread.high)
