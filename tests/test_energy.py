"""Energy is count times table: exact, complete, and equal to what others publish."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwsim.actions import Action
from hwsim.activity import Activity, Tally, count, dense_synops
from hwsim.arch.digital import DigitalArch
from hwsim.arch.load import load_arch
from hwsim.arch.quantity import Quantity
from hwsim.energy import CHIP, Energy, Picojoules, leaking_cores, price
from hwsim.errors import InvalidInput
from hwsim.mapping.place import serpentine
from hwsim.mapping.plan import plan
from hwsim.network.graph import Layer
from hwsim.network.vgg import VggShape, vgg
from hwsim.trace.synthetic import synthetic_trace
from tests import toys
from tests.oracle.cases import Case, cases

NET = toys.network(toys.linear("a", 2, 3), toys.linear("b", 3, 2, spiking=False))
FIRED = [np.array([[[[[1, 1, 0]]]], [[[[0, 0, 1]]]]], np.bool_)]
"""Two images: two neurons of `a` fire in the first, one in the second."""


def run(chip, durations=(0, 0), experiment="single") -> tuple[Activity, Energy]:
    mapping = toys.mapping(chip, *((n, n, *toys.whole(x)) for n, x in enumerate(NET.layers)))
    activity = count(toys.trace(NET, FIRED), mapping, chip, experiment)
    return activity, price(Tally.of(activity, mapping), np.array(durations), mapping, chip, NET)


def nothing_else(**energies):
    """Every action free but those given as component__action."""
    free = {str(action): 0 for action in DigitalArch.ACTIONS}
    return free | {name.replace("__", "."): value for name, value in energies.items()}


def test_one_action_times_its_price() -> None:
    _, energy = run(toys.arch({}, nothing_else(synapse__op=23.6)))
    assert [energy.dynamic[n] for n in range(2)] == [Fraction("94.4"), Fraction("47.2")]
    assert energy.by_layer["b"][0] == energy.by_component["synapse"][0] == Fraction("94.4")
    assert energy.by_layer["a"][0] == 0
    assert energy.dynamic.mean == Fraction("70.8")
    assert energy.dynamic.sd == pytest.approx(47.2 / 2**0.5, rel=1e-15)


def test_floating_point_would_not_be_exact() -> None:
    _, energy = run(toys.arch({}, nothing_else(neuron__fire=0.1, synapse__op=0.2)))
    assert energy.dynamic[0] == 2 * Fraction(1, 10) + 4 * Fraction(1, 5)


def test_leakage_is_power_times_time_on_every_core_of_the_chips_used() -> None:
    chip = toys.arch({}, nothing_else(), tiles=(4, 4), chip_tiles=(2, 2), cores_per_tile=3)
    chip = chip.model_copy(update={"leakage_uw_per_core": Quantity(value=Decimal("816"))})
    gated = chip.model_copy(update={"power_gated": True})
    for arch, cores in ((chip, 2 * 2 * 3), (gated, 2)):
        _, energy = run(arch, durations=(5_000_001, 0))
        assert energy.leakage[0] == Fraction(816, 10**6) * 5_000_001 * cores
        assert energy.leakage[1] == 0
        assert energy.by_layer[CHIP] == energy.by_component["leakage"] == energy.total


def test_numbers_beyond_64_bits_stay_exact() -> None:
    chip = toys.arch({}, nothing_else(synapse__op=123456789.123456))
    _, energy = run(chip, durations=(10**17 + 1, 1))
    exact = 4 * Fraction("123456789.123456") + (10**17 + 1) * 16 * Fraction(1, 10**6)
    assert energy.total[0] == exact


def test_host_input_and_barriers_are_the_chips() -> None:
    _, energy = run(toys.arch({}, nothing_else(barrier__sync=7, input__write=2)))
    assert energy.by_layer[CHIP][0] == 2 * 7 + 3 * 2
    assert energy.by_component["barrier"][0] == 14


def test_included_and_unpublished_actions_are_counted_and_cost_nothing() -> None:
    held = {"included_in": ["neuron.update_active"]}
    entries = {
        "membrane__read": held, "barrier__sync": "unpublished", "pool__op": "unpublished",
        "neuron__update_active": 81,
    }  # fmt: skip
    activity, energy = run(toys.arch({}, nothing_else(**entries)))
    assert energy.dynamic[0] == 81 * activity.per_image(Action.NEURON_UPDATE_ACTIVE)[0]
    assert energy.unpublished == ("barrier.sync",), "nothing is pooled here: no hole"
    rows = {(e.place, e.action): (n, e) for n, e in enumerate(energy.entries)}
    number, entry = rows["a", "membrane.read"]
    assert (entry.pricing, entry.included_in) == ("included", ("neuron.update_active",))
    assert energy.counted(number) == 2 * 2 * 3


def test_unpublished_leakage_is_a_hole_too() -> None:
    chip = toys.arch().model_copy(update={"leakage_uw_per_core": "unpublished"})
    _, energy = run(chip, durations=(5, 5))
    assert energy.unpublished == ("leakage",)
    assert energy.leakage.sum == 0


def test_an_action_that_happens_needs_a_word_in_the_file() -> None:
    chip = toys.arch()
    silent = chip.energy_pj.model_copy(update={"synapse": None})
    with pytest.raises(InvalidInput, match=r"toy: energy_pj\.synapse\.weight_read is missing"):
        run(chip.model_copy(update={"energy_pj": silent}))


def test_a_format_is_chosen_by_the_layer() -> None:
    formats = {"conv": toys.quantity(24.0), "dense": toys.quantity(35.5)}
    chip = toys.arch({}, nothing_else(synapse__op=formats))
    dense = Layer("dense", "linear", (1, 2, 2), (1, 1, 1), (2, 2), spiking=False)
    net = toys.network(toys.conv("a", (1, 2, 2), 1), toys.conv("conv", (1, 2, 2), 1), dense)
    mapping = toys.mapping(chip, *((n, n, *toys.whole(x)) for n, x in enumerate(net.layers)))
    fired = [np.ones((1, 1, 2, 2, 1), np.bool_)] * 2
    activity = count(toys.trace(net, fired), mapping, chip, "single")
    energy = price(Tally.of(activity, mapping), np.zeros(1, np.int64), mapping, chip, net)
    assert energy.by_layer["conv"][0] == 16 * 24
    assert energy.by_layer["dense"][0] == 4 * Fraction("35.5")


def test_the_share_of_each_kind_of_evidence() -> None:
    published = {"value": 30, "source": "paper", "evidence": "published", "low": 10, "high": 40}
    chip = toys.arch({}, nothing_else(synapse__op=published, neuron__fire=20))
    chip = chip.model_copy(update={"leakage_uw_per_core": "unpublished"})
    _, energy = run(chip)
    assert energy.evidence_shares == {"published": Fraction(3, 4), "assumed": Fraction(1, 4)}
    entry = next(e for e in energy.entries if e.action == "synapse.op")
    assert (entry.source, entry.low_pj, entry.high_pj) == ("paper", 10, 40)


def test_images_priced_apart_are_the_same_bill() -> None:
    chip = toys.arch()
    mapping = toys.mapping(chip, *((n, n, *toys.whole(x)) for n, x in enumerate(NET.layers)))
    trace, durations = toys.trace(NET, FIRED), np.array([11, 23])
    parts = [
        Tally.of(count(trace.part(n, n + 1), mapping, chip, "single"), mapping) for n in range(2)
    ]
    _, whole = run(chip, durations)
    assert price(Tally.concatenate(parts), durations, mapping, chip, NET).total == whole.total
    assert price(parts[0], durations[[0]], mapping, chip, NET).total.sd is None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(case=cases(), data=st.data())
def test_breakdowns_sum_to_the_total_whatever_the_table(case: Case, data: st.DataObject) -> None:
    prices = st.decimals(0, 1000, places=4) | st.just("unpublished")
    table = {str(action): data.draw(prices) for action in DigitalArch.ACTIONS}
    arch = case.arch.model_copy(update={"energy_pj": toys.arch({}, table).energy_pj})
    activity = count(case.trace, case.mapping, arch, "single")
    durations = np.arange(case.trace.images) * 10**6
    energy = price(Tally.of(activity, case.mapping), durations, case.mapping, arch, case.network)
    leak = sum(durations.tolist()) * leaking_cores(case.mapping, arch) * Fraction(1, 10**6)
    by_hand = sum(
        int(values.sum()) * Fraction(table[action])
        for action, values in activity.counts.items()
        if table[action] != "unpublished"
    )
    assert energy.total.sum == by_hand + leak
    assert energy.dynamic + energy.leakage == energy.total
    for breakdown in (energy.by_component, energy.by_layer, energy.by_action):
        assert sum(values.sum for values in breakdown.values()) == energy.total.sum
    assert sum(energy.evidence_shares.values()) == (1 if energy.total.sum else 0)


def test_energies_of_different_tables_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        Picojoules((1,), 0) + Picojoules((1,), 1)


SANAFE_NJ = {  # F: synapse, soma, network, total, neurons updated
    10: ("3.550", "8.485", "1.236", "13.271", 100),
    20: ("7.100", "15.549", "1.236", "23.885", 190),
    100: ("35.500", "72.061", "1.236", "108.797", 910),
}


@pytest.mark.parametrize("targets", SANAFE_NJ)
def test_sanafe_golden_run(targets: int) -> None:
    """A neuron that fires in each of 10 steps, to F targets three tiles away along y."""
    synapse, soma, network, total, updated = SANAFE_NJ[targets]
    arch = load_arch("loihi_like", variant="sanafe_nahuku").arch
    net = toys.network(
        toys.linear("source", 1, 1), toys.linear("targets", 1, targets, spiking=False), timesteps=10
    )
    away = 3 * arch.mesh.tiles_x * arch.mesh.cores_per_tile
    mapping = toys.mapping(
        arch, (0, 0, *toys.whole(net.layers[0])), (away, 1, *toys.whole(net.layers[1]))
    )
    trace = toys.trace(net, [np.ones((1, 10, 1, 1, 1), np.bool_)])
    activity = count(trace, mapping, arch, "single", steps=range(10))
    assert activity.per_image(Action.NEURON_UPDATE_ACTIVE).tolist() == [updated]
    energy = price(Tally.of(activity, mapping), np.array([11_183_000]), mapping, arch, net)
    found = {
        synapse: energy.by_component["synapse"][0],
        soma: energy.by_component["neuron"][0],
        network: energy.by_component["axon_out"][0] + energy.by_component["router"][0],
        total: energy.total[0],
    }
    for nanojoules, value in found.items():
        assert abs(value / (1000 * Fraction(nanojoules)) - 1) < Fraction(1, 10**12)


def test_vgg16_at_ten_percent_has_the_synaptic_energy_of_the_reference() -> None:
    """580.9 uJ over 24.61 M synaptic operations, 736.2 uJ with the padding's."""
    network = vgg(VggShape(), dataset="cifar10", classes=10, timesteps=1)
    arch = load_arch("loihi_like").arch
    mapping = serpentine(network, arch, plan(network, arch).slices)
    trace = synthetic_trace(network, 0.1, 64, 0)  # one image alone has a sd of 0.9 %
    activity = count(trace, mapping, arch, "stream")
    energy = price(Tally.of(activity, mapping), np.zeros(64, np.int64), mapping, arch, network)
    per_image = float(energy.by_action["synapse.op"].mean) * 1e-6
    assert activity.per_image(Action.SYNAPSE_OP).mean() == pytest.approx(24.61e6, rel=0.005)
    assert per_image == pytest.approx(580.9, rel=0.005)
    assert dense_synops(trace).mean() * 23.6e-6 == pytest.approx(736.2, rel=0.005)
