from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from hwsim import units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (units.energy(580_900_000), "580.9 uJ"),
        (units.energy(Decimal("0.00123")), "1.23 fJ"),
        (units.energy(0), "0 J"),
        (units.energy(None), "-"),
        (units.time(Fraction(9_999_960, 1000)), "10.00 us"),
        (units.time(12_345), "12.34 us"),
        (units.power(816), "816 mW"),
        (units.rate(12_345.5), "12.35 k/s"),
        (units.rate(5), "5/s"),
        (units.count(9_999), "9999"),
        (units.count(24_610_000), "24.61 M"),
        (units.bits(1_500), "1.500 kbit"),
        (units.capacity(1024 * 8 * 128), "128 KiB"),
        (units.capacity(0), "0 B"),
        (units.percent(Fraction(1, 8)), "12.5 %"),
        (units.percent(Fraction(1, 10**6)), "< 0.1 %"),
        (units.percent(0), "0.0 %"),
        (units.energy_delay(10**6), "1.000 uJ s"),
        (units.micro("580.9 uJ, 3 us, 1 uW"), "580.9 \u00b5J, 3 \u00b5s, 1 \u00b5W"),
    ],
)
def test_scaling(text: str, expected: str) -> None:
    assert text == expected
