"""Small chips that run one layer at a time, from plain options that tests and oracles share."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from hwsim.arch.layer_array import LayerArrayArch
from hwsim.arch.sram_cim import SramCimArch
from hwsim.arch.systolic import SystolicArch
from tests.toys import nested, quantity

COMMON: dict[str, Any] = {
    "clock_mhz": 1000,
    "rows": 8,
    "cols": 4,
    "weight_bits": 8,
    "membrane_bits": 32,
    "activation_bits": 1,
    "update_cycles": 1,
    "weights": "reload",
    "tick_batch": False,
    "policy": "elide_first_read_last_write",
    "first_layer": "on_core_graded",
    "cached": False,
    "membrane_word": 32,
    "dram_word": 8,
    "gbit_per_s": None,
    "barrier_ns": None,
}
SRAM_CIM: dict[str, Any] = {
    **COMMON,
    "rows": 32,
    "cols": 32,
    "membrane_rows": 64,
    "rows_per_cycle": 1,
    "skip_zero_rows": True,
    "buffer_word": 8,
    "macros": 64,
}
SYSTOLIC: dict[str, Any] = {
    **COMMON,
    "update_lanes": 4,
    "gate_on_zero": True,
    "window": None,
    "weight_kib": 64,
    "weight_word": 8,
    "spike_kib": 64,
    "spike_word": 8,
    "spad_word": 16,
}
"""Every option of a chip, with a value that holds what the tests run."""


def sram_cim(**options: Any) -> SramCimArch:
    """A chip of macros whose every action costs 1 pJ."""
    o = {**SRAM_CIM, **options}
    names = ("membrane_rows", "rows_per_cycle", "skip_zero_rows")
    own = {"buffer": {"word_bits": o["buffer_word"]}}
    core = {"kind": "sram_cim", **{name: o[name] for name in names}}
    return SramCimArch.model_validate(_plain(o, core, own, SramCimArch, o["macros"]))


def systolic(**options: Any) -> SystolicArch:
    """A systolic array whose every action costs 1 pJ."""
    o = {**SYSTOLIC, **options}
    core = {"kind": "systolic", **{n: o[n] for n in ("update_lanes", "gate_on_zero", "window")}}
    own = {
        "weight_buffer": {"kib": o["weight_kib"], "word_bits": o["weight_word"]},
        "spike_buffer": {"kib": o["spike_kib"], "word_bits": o["spike_word"]},
        "spad": {"word_bits": o["spad_word"]},
    }
    return SystolicArch.model_validate(_plain(o, core, own, SystolicArch, 1))


def _plain(
    o: dict[str, Any],
    core: dict[str, Any],
    own: dict[str, Any],
    model: type[LayerArrayArch],
    cores: int,
) -> dict[str, Any]:
    names = ("rows", "cols", "weight_bits", "membrane_bits", "activation_bits", "update_cycles")
    rate, barrier = o["gbit_per_s"], o["barrier_ns"]
    return {
        "schema_version": 1,
        "name": "toy",
        "node_nm": 32,
        "voltage_v": 1,
        "clock_mhz": o["clock_mhz"],
        "timestep": {
            "semantics": "layer_sequential",
            "tick_batch": o["tick_batch"],
            "barrier_ns": barrier and {1: quantity(barrier)},
        },
        "mesh": {
            "tiles_x": cores, "tiles_y": 1, "cores_per_tile": 1,
            "chip_tiles_x": cores, "chip_tiles_y": 1,
        },
        "core": {**core, **{name: o[name] for name in names}, "weights": o["weights"]},
        "input": {"word_bits": 8},
        "accumulator": {"word_bits": 32},
        "membrane": {"word_bits": o["membrane_word"], "policy": o["policy"]},
        "threshold": {"word_bits": 32},
        "bntt": {"word_bits": 32, "form": "scale_bias"},
        "dram": {
            "word_bits": o["dram_word"],
            "gbit_per_s": None if rate is None else quantity(rate),
        },
        **own,
        "first_layer": o["first_layer"],
        "first_layer_cached": o["cached"],
        "energy_pj": nested({str(action): 1 for action in model.ACTIONS}),
        "leakage_uw_per_core": quantity(1),
        "power_gated": False,
    }  # fmt: skip


_words = st.sampled_from((5, 8, 64))
_COMMON = {
    "update_cycles": st.integers(1, 3),
    "activation_bits": st.sampled_from((1, 3, 8)),
    "weights": st.sampled_from(("reload", "resident")),
    "tick_batch": st.booleans(),
    "policy": st.sampled_from(("every_step", "elide_first_read_last_write")),
    "first_layer": st.sampled_from(("current_injected", "on_core_graded")),
    "cached": st.booleans(),
    "membrane_word": st.sampled_from((32, 48, 64)),
    "dram_word": _words,
    "gbit_per_s": st.sampled_from((None, 3)),
}


@st.composite
def sram_cim_options(draw: st.DrawFn) -> dict[str, Any]:
    """A chip of macros with all choices, some macros so small that layers need many of them."""
    drawn = {
        **_COMMON,
        "rows": st.sampled_from((36, 40, 64)),
        "cols": st.sampled_from((8, 20, 64)),
        "weight_bits": st.sampled_from((2, 3, 8)),
        "membrane_bits": st.sampled_from((5, 11, 32)),
        "membrane_rows": st.sampled_from((24, 1000)),
        "rows_per_cycle": st.integers(1, 3),
        "skip_zero_rows": st.booleans(),
        "buffer_word": _words,
        "macros": st.sampled_from((6, 7, 64)),
    }
    options = {name: draw(strategy) for name, strategy in drawn.items()}
    options["macros"] = 64 if options["weights"] == "resident" else options["macros"]
    return {**SRAM_CIM, **options}


@st.composite
def systolic_options(draw: st.DrawFn) -> dict[str, Any]:
    """An array with all choices; buffers in bits that hold little."""
    drawn = {
        **_COMMON,
        "rows": st.integers(1, 4),
        "cols": st.integers(1, 4),
        "update_lanes": st.integers(1, 5),
        "gate_on_zero": st.booleans(),
        "weight_word": _words,
        "spike_word": _words,
        "spad_word": _words,
    }
    options = {name: draw(strategy) for name, strategy in drawn.items()}
    if options["tick_batch"]:
        options["window"] = draw(st.sampled_from((None, 1, 2, 4)))
    return {**SYSTOLIC, **options}
