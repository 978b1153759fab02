"""The shipped crossbar file: its variants, and located errors for what it cannot be."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hwsim.actions import Action
from hwsim.arch.crossbar import CrossbarArch
from hwsim.arch.load import load_arch
from hwsim.arch.quantity import Quantity
from hwsim.errors import InvalidInput

NAME = "rram_spikesim_like"


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("core.neurons_max=8", "core.neurons_max: is a field of digital"),
        ("timestep.semantics=pipelined_barrier", "timestep.semantics: "),
        ("energy_pj.synapse.op=1", "energy_pj.synapse: is a field of digital"),
        ("energy_pj.adc.convert=-1", "energy_pj.adc.convert: must be at least 0, not -1"),
        ("core.columns_per_adc=7", "core.columns_per_adc: 7 does not divide core.columns (64)"),
        ("clock_mhz=null", "core.read_cycles: needs clock_mhz, of which it counts cycles"),
        ("first_layer=current_injected", "first_layer: "),
        ("core.row_order=dense", "core.row_order: must be kernel_position or im2col"),
    ],
)
def test_errors_are_located(option: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_arch(NAME, overrides=[option])
    place, _, words = str(caught.value).partition(": ")
    assert place.startswith("--set ") or place.split(":")[0].endswith(f"{NAME}.yaml")
    assert words.startswith(message)


def test_a_clipping_adc_is_a_located_doubt() -> None:
    (doubt,) = load_arch(NAME).doubts
    assert f"{NAME}.yaml:" in doubt
    assert "core.adc_bits: 4 bits are too coarse for 64 rows of 4-bit cells" in doubt
    assert load_arch(NAME, overrides=["core.adc_bits=10"]).doubts == ()
    assert load_arch(NAME, "isaac32").doubts == ()


def test_a_pe_cycle_of_spikesim() -> None:
    """Its price in the table, by hand: 828.486 pJ, 104 ns."""
    arch = load_arch(NAME).arch
    assert isinstance(arch, CrossbarArch)
    assert arch.read_ps == 104_000
    times = {
        Action.HTREE_TRANSFER: 1, Action.BUFFER_FETCH: 1, Action.NEURON_ACCESS: 1,
        Action.CROSSBAR_ARRAY_READ: 72, Action.ADC_CONVERT: 64, Action.ADC_MUX: 64,
        Action.CROSSBAR_SUBTRACT: 128, Action.BUFFER_TEMP_ACCESS: 8, Action.BUFFER_TILE_ACCESS: 1,
    }  # fmt: skip
    total = Decimal(0)
    for action, count in times.items():
        price = arch.energy_pj.price(action)
        assert isinstance(price, Quantity)
        total += count * price.value
    assert round(total, 3) == Decimal("828.486")


def test_the_variants_are_physical() -> None:
    for variant in ("event_driven", "isaac32"):
        arch = load_arch(NAME, variant).arch
        assert isinstance(arch, CrossbarArch)
        core = arch.core
        assert (core.work_resolution, core.latency_unit) == ("conv", "position")
        assert core.neuron_memory_layers == "all"
        assert arch.router.enabled
        assert arch.timestep.ends_in_order
