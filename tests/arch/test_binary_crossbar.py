"""What must hold in the file of a chip of binary crossbars."""

from __future__ import annotations

import pytest

from hwsim.actions import Action
from hwsim.arch.binary_crossbar import BinaryCrossbarArch
from hwsim.arch.load import load_arch
from hwsim.arch.quantity import Quantity
from hwsim.errors import InvalidInput


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("mesh.tiles_x=320", "mesh.tiles_x: packets reach router.reach_max (255) tiles, not 319"),
        ("power_gated=true", "power_gated: must be false: a slice of a mapping stands for several"),
        ("membrane.word_bits=19", "membrane.word_bits: a word of 19 bits does not hold a membrane"),
        ("membrane.policy=elide_first_read_last_write", "membrane.policy: must be every_step"),
        ("time_ns.synapse.op=null", "time_ns.synapse.op: missing: a core must be shown to be done"),
        ("time_ns.neuron.access=0", "time_ns.neuron.access: 0 is no time of a server"),
        ("time_ns.neuron.fire=1", "time_ns.neuron.fire: takes no time of its own"),
        ("router.service_ns=0.0001", "router.service_ns: must be whole picoseconds"),
        ("first_layer=current_injected", "first_layer: must be spikes_injected"),
        ("core.axons_max=0", "core.axons_max: must be at least 1"),
        ("core.partial_fires=never", "core.partial_fires: must be any_input or output_fires"),
        ("core.mapper=min_cores", "core.mapper: is a field of"),
        ("energy_pj.synapse.op=-1", "energy_pj.synapse.op: must be at least 0"),
        ("energy_pj.router.inject=1", "energy_pj.router.inject: is a field of"),
        ("timestep.tick_us=null", "timestep.tick_us: missing: pipelined_tick needs it"),
        ("timestep.tick_us=40", "timestep.tick_us: 40 us is below the shortest tick of the chip"),
        (
            "timestep.semantics=pipelined_barrier",
            "cannot run pipelined_barrier, but pipelined_tick",
        ),
        ("timestep.barrier_ns.1=100", "timestep.barrier_ns: is not read by pipelined_tick"),
    ],
)
def test_bad_input_says_where(override: str, words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_arch("truenorth_like", overrides=[override])
    assert words in str(caught.value)


def test_the_preset_does_the_arithmetic_of_its_sources() -> None:
    arch = load_arch("truenorth_like").arch
    assert isinstance(arch, BinaryCrossbarArch)

    def price(action: Action) -> float:
        found = arch.energy_pj.price(action)
        assert isinstance(found, Quantity)
        return float(found.value)

    rest_mw = 42 * (0.775 / 0.70) ** 2
    rows_mw = 4096 * 256 * price(Action.NEURON_ACCESS) / 1e9 * 1e3
    events_per_s = 4096 * 256 * 200 * 256
    marginal_mw = 323 * (0.775 / 1.05) ** 2 - rest_mw - 19.6
    derived = {
        Action.NEURON_ACCESS: 0.047 * 410,
        Action.ROUTER_HOP_X: 0.072 * 32,
        Action.CHIP_LINK_SEND: 26 * 32,
        Action.INPUT_WRITE: 2 * 32,
        Action.SYNAPSE_OP: marginal_mw / events_per_s * 1e9,
    }
    for action, picojoules in derived.items():
        assert price(action) == pytest.approx(picojoules, rel=0.05), action
    assert isinstance(arch.leakage_uw_per_core, Quantity)
    leakage = float(arch.leakage_uw_per_core.value)
    assert leakage == pytest.approx((rest_mw - rows_mw) / 4096 * 1e3, rel=0.001)
