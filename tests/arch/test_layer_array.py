"""What must hold in the files of chips that run one layer at a time."""

from __future__ import annotations

import pytest

from hwsim.arch.load import load_arch
from hwsim.errors import InvalidInput

CIM, SATA = "sram_cim_digital", "systolic_sata"


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        (CIM, ["clock_mhz=null"], "clock_mhz: missing: the times of a sram_cim array are cycles"),
        (CIM, ["power_gated=true"], "power_gated: a sram_cim array is never gated"),
        (CIM, ["mesh.chip_tiles_x=4"], "mesh.chip_tiles_x: must be tiles_x (8)"),
        (CIM, ["energy_pj.cim.accumulate=-1"], "energy_pj.cim.accumulate: must be at least 0"),
        (CIM, ["energy_pj.cim.accumulate=0"], "energy_pj.cim.accumulate: 0 is no energy"),
        (CIM, ["energy_pj.cim.reduce=null"], "energy_pj.cim.reduce: a sram_cim core emits"),
        (CIM, ["membrane.word_bits=8"], "membrane.word_bits: a word of 8 bits does not hold"),
        (CIM, ["core.cols=5"], "core.weight_bits: 6 bits do not fit into core.cols (5 columns)"),
        (CIM, ["core.cols=8"], "core.membrane_bits: 11 bits do not fit into core.cols (8 columns)"),
        (
            CIM,
            ["first_layer=on_core_graded"],
            "energy_pj.synapse.mac: with first_layer: on_core_graded a MAC is additions of the "
            "array: write {included_in: [cim.accumulate]}",
        ),
        (CIM, ["timestep.semantics=pipelined_barrier"], "timestep.semantics: "),
        (CIM, ["core.gate_on_zero=true"], "core.gate_on_zero: "),
        (
            SATA,
            ["first_layer=current_injected"],
            "energy_pj.synapse.mac: the MACs of a front end (first_layer) need a value",
        ),
        (SATA, ["core.window=4"], "core.window: needs timestep.tick_batch: true"),
        (SATA, ["mesh.tiles_x=2", "mesh.chip_tiles_x=2"], "mesh: 2 cores; the PEs of a systolic"),
        (SATA, ["dram.gbit_per_s=0"], "dram.gbit_per_s: must be above 0"),
        (SATA, ["core.rows=0"], "core.rows: must be at least 1, not 0"),
        (SATA, ["core.weights=sometimes"], "core.weights: must be resident or reload"),
    ],
)
def test_located(name: str, options: list[str], said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_arch(name, overrides=options)
    assert said in str(caught.value)
    assert all(
        line.startswith(("--set ", "arch_configs/")) for line in str(caught.value).split("\n")
    )


def test_power_becomes_energy_in_the_cycles_of_the_array() -> None:
    arch = load_arch(SATA, "ptb28").arch
    cycle = arch.energy_pj.pe.cycle.value  # type: ignore[attr-defined]
    assert float(cycle) * 16 * 8 * 500e6 == pytest.approx(982e-3 * 1e12)
    assert arch.leakage_uw_per_core.value == 0  # type: ignore[union-attr]
