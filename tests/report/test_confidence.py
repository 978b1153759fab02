from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np

from hwsim.energy import Energy, Entry
from hwsim.report.confidence import confidence
from hwsim.report.summary import summary
from tests.report.runs import run


def entry(evidence: str | None, price: str, low: str | None, high: str | None) -> Entry:
    bounds = [None if bound is None else Decimal(bound) for bound in (low, high)]
    return Entry("l", "c", "c.a", "priced", Decimal(price), "s", evidence, *bounds)


def test_by_hand() -> None:
    """Two images: 3 and 1 at 2 pJ (1 .. 4), 1 and 1 at 4 pJ without bounds, and a hole."""
    entries = (
        entry("derived", "2", "1", "4"),
        entry("published", "4", None, None),
        Entry("l", "c", "c.b", "unpublished", Decimal(0)),
    )
    sure = confidence(Energy("single", entries, np.array([[3, 1, 9], [1, 1, 9]])))
    assert (sure.low, sure.high) == (Fraction(4 + 8, 2), Fraction(16 + 8, 2))
    assert sure.not_measured == Fraction(1, 2)
    assert sure.without_low == sure.without_high == Fraction(1, 2)


def test_equal_entries_at_two_layers_are_both_counted() -> None:
    twice = entry(None, "2", None, "3")
    sure = confidence(Energy("single", (twice, twice), np.array([[1, 4]])))
    assert (sure.low, sure.high) == (10, 15)
    assert (sure.not_measured, sure.without_low, sure.without_high) == (1, 1, 0)


def test_nothing_paid_has_no_shares() -> None:
    free = (entry("published", "0", None, None),)
    sure = confidence(Energy("single", free, np.array([[5]])))
    assert (sure.low, sure.high, sure.not_measured, sure.without_low) == (0, 0, None, None)


def test_it_agrees_with_the_shares_of_the_evidence() -> None:
    for outcome in (run().single, run().stream):
        shares = outcome.energy.evidence_shares
        soft = sum((s for name, s in shares.items() if name != "published"), Fraction())
        assert confidence(outcome.energy).not_measured == soft
    written = summary(run())["single"]["energy_pj"]
    assert written["confidence"]["low"] == written["confidence"]["high"] == written["total"]
