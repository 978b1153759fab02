from __future__ import annotations

from fractions import Fraction

from hwsim.actions import Action
from hwsim.compare.comparison import Comparison
from hwsim.compare.shares import FAMILIES, family_of, inside_others, shares
from tests import toys

EXPECTED = {
    "synchronisation": {"barrier.sync"},
    "compute": {
        "synapse.op", "synapse.mac", "neuron.access", "neuron.update_active",
        "neuron.update_inactive", "neuron.fire", "pool.op",
    },
    "network": {
        "axon_in.lookup", "axon_out.send", "router.inject", "router.hop_x", "router.hop_y",
        "router.eject", "chip_link.send",
    },
}  # fmt: skip


MEMORIES = {action.value for action in Action if action.memory}


def test_every_action_has_its_family() -> None:
    for family, actions in EXPECTED.items():
        assert actions <= {a.value for a in Action if family_of(a.value, MEMORIES) == family}
    assert {family_of(action, MEMORIES) for action in MEMORIES} == {"memory"}
    assert family_of("leakage", MEMORIES) == "leakage"
    assert family_of("toy.word", {"toy.word"}) == "memory"
    assert family_of("toy.visit", MEMORIES) == "compute"


def test_shares_sum_to_one_and_leakage_is_the_summarys(made: Comparison) -> None:
    for pair in made.ran:
        assert pair.run is not None
        for experiment, measured in pair.measured.items():
            assert set(measured.shares) == {family.name for family in FAMILIES}
            assert sum(measured.shares.values()) == 1
            said = pair.run.summary[experiment]["energy_pj"]
            leakage = float(measured.shares["leakage"] * measured.energy_pj)
            assert abs(leakage - said["leakage"]) < 1e-6 * said["total"]
            assert abs(float(measured.energy_pj) - said["total"]) < 1e-6 * said["total"]


def test_nothing_paid_has_no_shares() -> None:
    assert shares([], MEMORIES) == {}


def test_what_is_priced_in_another_family() -> None:
    inside = {"included_in": ["synapse.op"]}
    chip = toys.arch(
        energies_pj={
            "synapse.weight_read": inside,
            "axon_out.send": {"included_in": ["router.inject"]},
        }
    )
    assert inside_others(chip) == {"synapse.weight_read": ("synapse.op",)}


def test_per_correct_image(made: Comparison) -> None:
    for pair in made.ran:
        for measured in pair.measured.values():
            assert measured.per_correct_pj == measured.energy_pj * Fraction(3, 2)
