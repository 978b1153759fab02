from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from hwsim.compare.comparison import ANN_KINDS, Comparison
from hwsim.compare.crossover import SCOPES, Linear, linear
from hwsim.compare.pair import EXPERIMENTS

POSITIVE = st.fractions(min_value=Fraction(1, 100), max_value=100)


@given(POSITIVE, POSITIVE, POSITIVE, POSITIVE)
def test_at_the_break_even_both_take_the_same(
    fixed: Fraction, moving: Fraction, measured: Fraction, extra: Fraction
) -> None:
    rate = Linear(fixed, moving, measured).rate_at(fixed + extra)
    assert rate is not None
    assert fixed + moving * rate / measured == fixed + extra


def test_by_hand() -> None:
    """10 pJ whatever happens, 4 pJ at R = 20 %: 12 pJ are reached at half of it."""
    line = Linear(Fraction(10), Fraction(4), Fraction(1, 5))
    assert line.rate_at(Fraction(12)) == Fraction(1, 10)
    assert line.rate_at(Fraction(9)) is None
    assert Linear(Fraction(10), Fraction(), Fraction()).rate_at(Fraction(12)) is None


def test_fixed_and_moving_are_the_whole_bill(made: Comparison) -> None:
    for pair in made.ran:
        assert pair.run is not None
        for experiment in EXPERIMENTS:
            lines = [line for line in pair.run.bill if line.experiment == experiment]
            full = linear(pair.subject, lines, "full")
            assert full.fixed + full.moving == pair.measured[experiment].energy_pj
            synapses = linear(pair.subject, lines, "synapses")
            # Everything costs 1 pJ but an operation, 23.6, and a MAC, 0.1.
            of = {"synapse.op": "23.6", "synapse.mac": "0.1"}
            kinds = ("synapse", "accumulator")
            paid = sum(
                Fraction(of.get(line.action, 1)) * line.count
                for line in lines
                if line.component in kinds
            )
            assert (synapses.fixed + synapses.moving) * pair.subject.images == paid
            first = [line for line in lines if line.action == "synapse.mac"]
            assert {line.layer for line in first} == {"conv1"}
            macs = sum(line.count for line in first)
            assert synapses.fixed * pair.subject.images == Fraction(macs, 10)


def test_a_comparison_agrees_with_its_own_break_even(made: Comparison) -> None:
    """Where the measured R is below the full break-even, the ANN takes more, and only there."""
    for pair in made.ran:
        baselines = made.baselines(pair)
        for experiment, measured in pair.measured.items():
            for kind in ANN_KINDS:
                rates = [baselines.crossover(experiment, scope, kind) for scope in SCOPES]
                ratio, full = baselines.ratio(measured, kind), rates[1]
                assert ratio is not None
                assert (full is not None and full > pair.subject.rate) == (ratio > 1)
