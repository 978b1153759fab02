"""What must hold in the file of a chip of binary crossbars."""

from __future__ import annotations

import pytest

from hwsim.arch.load import load_arch
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
