"""A chip of macros by hand: rows, sums, rounds, reloads and what does not fit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwsim.actions import Action
from hwsim.chip.layer_array.sums import sum_bits
from hwsim.chip.sram_cim import SramCim
from hwsim.chip.sram_cim.tiling import Tiling
from hwsim.errors import DoesNotFit, InvalidInput
from hwsim.mapping import store
from hwsim.mapping.digital import map_network
from hwsim.network.graph import Layer
from tests import toys
from tests.layer_arrays import sram_cim

SOURCE = Layer("source", "conv", (1, 4, 4), (4, 4, 4), (1, 1))
CONV = toys.conv("conv", (4, 4, 4), 6)
READOUT = Layer("readout", "linear", (6, 4, 4), (3, 1, 1), (4, 4), spiking=False)
NETWORK = toys.network(SOURCE, CONV, READOUT)


def trace(timesteps: int = 1) -> Any:
    """Two spikes of `source` beside each other, in the corner of the image; all of `conv` fire."""
    fired = np.zeros((1, timesteps, 4, 4, 4), np.bool_)
    fired[:, :, 0, 0, 0] = fired[:, :, 0, 1, 3] = True
    net = toys.network(SOURCE, CONV, READOUT, timesteps=timesteps)
    return toys.trace(net, [fired, np.ones((1, timesteps, 4, 4, 6), np.bool_)])


def chip(**options: Any) -> Any:
    """Macros of 18 rows (two kernel slices) and 8 columns (one 8-bit weight)."""
    small = {"rows": 18, "cols": 8, "membrane_bits": 8, "membrane_word": 48}
    return sram_cim(**{**small, "first_layer": "current_injected", **options})


def counts(arch: Any, spikes: Any, layer: int) -> dict[Action, int]:
    kind = SramCim()
    activity = kind.count(spikes, kind.place(spikes.network, arch), arch, "single")
    return {Action(a): int(c[:, :, layer].sum()) for a, c in activity.counts.items() if c.any()}


def test_a_conv_layer_by_hand() -> None:
    # Fan-in 36 over macros of 2 input channels: 2 row blocks; one output channel each: 6 blocks.
    found = counts(chip(), trace(), 1)
    # The corner spike is seen by 4 positions, the one beside it by 6.
    assert found[Action.CIM_ROW_READ] == (4 + 6) * 6
    assert found[Action.CIM_ACCUMULATE] == found[Action.SYNAPSE_OP] == (4 + 6) * 6
    assert found[Action.CIM_REDUCE] == 16 * 6 * (2 - 1)
    assert found[Action.CIM_ROW_WRITE] == 36 * 6
    assert found[Action.DRAM_READ] == 36 * 6  # 8-bit weights in 8-bit words
    # Fields: 4 corners of 4 taps, 8 edges of 6, 4 inner ones of 9; 4 channels; words of 8 bits.
    assert found[Action.BUFFER_SPIKE_READ] == 4 * 2 + 8 * 3 + 4 * 5
    assert found[Action.BUFFER_SPIKE_WRITE] == 96 / 8
    assert found[Action.NEURON_UPDATE_ACTIVE] == found[Action.NEURON_FIRE] == 96
    assert Action.MEMBRANE_READ not in found


def test_the_time_of_a_conv_layer_by_hand() -> None:
    done = SramCim().work(trace(), chip()).layer_pass(0, 0, 1)
    # A load of 18 rows, then 16 positions of: rows of the slower row block, one level of the
    # tree of two partial sums, one cycle of update. The spikes lie in different row blocks.
    corner = [1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    assert done.units_ps.tolist() == [18_000, *(1000 * (rows + 1 + 1) for rows in corner)]


def test_rounds_fill_a_small_mesh_again() -> None:
    arch = chip(macros=9)  # 4 column blocks of 2 row blocks at once, then the other 2
    done = SramCim().work(trace(), arch).layer_pass(0, 0, 1)
    assert len(done.units_ps) == 2 * (1 + 16)
    assert counts(arch, trace(), 1)[Action.BUFFER_SPIKE_READ] == 2 * 52
    assert counts(arch, trace(), 1)[Action.CIM_ROW_READ] == 60


def test_a_wide_weight_is_sliced() -> None:
    arch = chip(weight_bits=4, cols=8)
    tiling = Tiling.of(NETWORK, 1, arch)
    assert (tiling.slices, tiling.channels, tiling.column_blocks) == (2, 1, 6)
    found = counts(arch, trace(), 1)
    assert found[Action.CIM_ACCUMULATE] == 2 * found[Action.SYNAPSE_OP]
    assert found[Action.CIM_REDUCE] == 16 * 6 * (2 * 2 - 1)
    assert any("bit-sliced x 2" in note for note in SramCim().fit(NETWORK, arch).notes)


def test_every_row_without_the_skipping_of_zeros() -> None:
    found = counts(chip(skip_zero_rows=False), trace(), 1)
    assert found[Action.CIM_ROW_READ] == 16 * 36 * 6
    assert found[Action.SYNAPSE_OP] == 60


def test_membranes_move_between_timesteps_and_weights_with_every_one() -> None:
    for timesteps in range(1, 6):
        found = counts(chip(), trace(timesteps), 1)
        moved = found.get(Action.MEMBRANE_READ, 0) + found.get(Action.MEMBRANE_WRITE, 0)
        assert moved == 2 * 16 * (timesteps - 1)  # 6 membranes of 8 bits in a word of 48
        assert found[Action.DRAM_READ] == 216 * timesteps
        batched = counts(chip(tick_batch=True), trace(timesteps), 1)
        assert Action.MEMBRANE_READ not in batched
        assert batched[Action.DRAM_READ] == 216
        assert batched[Action.CIM_ACCUMULATE] == found[Action.CIM_ACCUMULATE] == 60 * timesteps


def test_resident_membranes_stay_where_v_mem_holds_them() -> None:
    # One 8-bit sum a position in 8 columns: 16 rows hold the state of 16 positions.
    fused = chip(weights="resident", membrane_rows=16)
    assert Action.MEMBRANE_READ not in counts(fused, trace(3), 1)
    assert counts(chip(weights="resident", membrane_rows=15), trace(3), 1)[Action.MEMBRANE_READ]
    notes = SramCim().fit(trace(3).network, fused).notes
    assert notes == ("the membranes of source, conv, readout stay in V_MEM",)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rows": 8}, "core.rows: 9 of 8 rows for one kernel slice of conv: needs >= 9"),
        ({"macros": 1}, "mesh: 2 of 1 macros for one column block of conv: needs >= 2"),
        (
            {"weights": "resident", "macros": 20},
            # 4 for the membranes of source, 2 x 6 and 6 x 3 (a macro has one 4 x 4 kernel slice).
            "mesh: 34 of 20 macros for all weights of toy: needs >= 34, or core.weights: reload",
        ),
        (
            {"membrane_bits": 30, "membrane_rows": 3},
            "core.membrane_rows: 4 of 3 rows for the sums of one position of conv: needs >= 4",
        ),
        (
            {"weight_bits": 5},
            "core.cols: 10 of 8 columns for a weight of toy in 2 bit slices: needs >= 10",
        ),
    ],
)
def test_what_does_not_fit(options: dict[str, Any], said: str) -> None:
    wide = {"rows": 18} if "macros" not in options else {}
    arch = chip(**{**wide, **options})
    with pytest.raises(DoesNotFit) as caught:
        SramCim().place(NETWORK, arch)
    assert said in str(caught.value).split("\n")


def test_only_its_own_mapping(tmp_path: Path) -> None:
    arch = chip()
    own = SramCim().place(NETWORK, arch)
    store.save(own, NETWORK, tmp_path / "mapping.json")
    loaded = store.load(tmp_path / "mapping.json", NETWORK)
    assert SramCim().place(NETWORK, arch, loaded) == own
    with pytest.raises(InvalidInput, match="layers share cores, and a core of toy holds one slice"):
        map_network(NETWORK, toys.arch(tiles=(64, 1)), loaded)
    other = toys.mapping(arch, *((n, n, *toys.whole(x)) for n, x in enumerate(NETWORK.layers)))
    with pytest.raises(InvalidInput, match="one mapping only"):
        SramCim().place(NETWORK, arch, other)


@pytest.mark.parametrize(("bits", "passes", "digits"), [(1, 3, 2 + 1), (2, 2, 1 + 1), (3, 1, 2)])
def test_counts_behind_average_pooling_come_digit_by_digit(
    bits: int, passes: int, digits: int
) -> None:
    source = replace(SOURCE, pool=2, pool_kind="average")
    conv = toys.conv("conv", (4, 2, 2), 6, spiking=False)
    network = toys.network(source, conv)
    fired = np.zeros((1, 1, 4, 4, 4), np.bool_)
    fired[0, 0, :2, :2, 0] = [[1, 1], [1, 0]]  # a window of 3, 0b011
    fired[0, 0, 2:, 2:, 1] = 1  # one of 4, 0b100
    spikes, arch = toys.trace(network, [fired]), chip(activation_bits=bits, buffer_word=1)
    found, first = counts(arch, spikes, 1), counts(arch, spikes, 0)
    # All 4 positions of the 3 x 3 convolution see all 4 windows; a digit of 0 adds nothing.
    assert found[Action.SYNAPSE_OP] == found[Action.CIM_ACCUMULATE] == digits * 4 * 6
    assert found[Action.SYNAPSE_MAC] == 0
    assert first[Action.BUFFER_SPIKE_WRITE] == 4 * 2 * 2 * 3
    assert found[Action.BUFFER_SPIKE_READ] == 4 * (4 * 4 * 3)
    said = SramCim().assumptions(network, arch, SramCim().place(network, arch))
    assert f"behind average pooling the array takes counts of 3 bits in {passes} passes" in said
    assert sum_bits(network) == 1 + max(127 * 127, 4 * 9 * 127 * 4).bit_length()


def test_sums_wider_than_a_membrane_cost_the_accuracy() -> None:
    # The widest: 4 x 4 x 6 spikes by weights up to 127, and a sign; pixels reach 127 x 127.
    assert sum_bits(NETWORK) == 1 + (127 * 127).bit_length() == 15
    assert SramCim().executes_weights(NETWORK, chip(membrane_bits=15))
    narrow = chip(membrane_bits=14)
    assert not SramCim().executes_weights(NETWORK, narrow)
    said = SramCim().assumptions(NETWORK, narrow, SramCim().place(NETWORK, narrow))
    assert any("no accuracy" in sentence for sentence in said)
