"""A systolic array by hand: tiles, gating, buffers, DRAM, windows and what does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hwsim.actions import Action
from hwsim.arch.load import load_arch
from hwsim.chip.systolic import Systolic
from hwsim.errors import DoesNotFit
from hwsim.network.graph import Layer, Network
from hwsim.network.vgg import VggShape, vgg
from tests import toys
from tests.layer_arrays import systolic

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
    """4 output channels x 8 positions: `conv` is 2 x 2 tiles."""
    return systolic(**{"rows": 4, "cols": 8, "update_lanes": 32, "membrane_word": 32, **options})


def counts(arch: Any, spikes: Any, layer: int) -> dict[Action, int]:
    kind = Systolic()
    activity = kind.count(spikes, kind.place(spikes.network, arch), arch, "single")
    return {Action(a): int(c[:, :, layer].sum()) for a, c in activity.counts.items() if c.any()}


def test_a_conv_layer_by_hand() -> None:
    found = counts(chip(), trace(), 1)
    # 4 tiles of 36 taps and an update, and 4 + 8 - 2 cycles until the array is empty.
    assert found[Action.PE_CYCLE] == 32 * (4 * 37 + 10)
    assert found[Action.PE_ACCUMULATE] == found[Action.SYNAPSE_OP] == (4 + 6) * 6
    # In each of 96 PEs 36 weights of 8 bits arrive in 18 words, 36 spikes in 3, and are read.
    assert found[Action.SPAD_ACCESS] == 3 * 60 + 96 * (18 + 2 * 3)
    assert found[Action.BUFFER_WEIGHT_READ] == 36 * 6 * 2
    assert found[Action.BUFFER_WEIGHT_WRITE] == 36 * 6
    assert found[Action.BUFFER_SPIKE_READ] == 2 * (4 * 2 + 8 * 3 + 4 * 5) + 12
    assert found[Action.BUFFER_SPIKE_WRITE] == 8 + 12
    assert found[Action.DRAM_READ] == 36 * 6 + 8
    assert found[Action.DRAM_WRITE] == 12


def test_the_time_of_a_conv_layer_by_hand() -> None:
    done = Systolic().work(trace(), chip()).layer_pass(0, 0, 1)
    assert done.units_ps.tolist() == [37_000, 37_000, 37_000, 47_000]
    # 4 x 36 weights of 8 bits at 2 Gbit/s: 576 ns; then the 2 x 36 of the second channel tile.
    timed = Systolic().work(trace(), chip(gbit_per_s=2)).layer_pass(0, 0, 1)
    assert timed.units_ps.tolist() == [576_000, 37_000, 37_000, 288_000, 37_000, 47_000]
    lanes = Systolic().work(trace(), chip(update_lanes=5, update_cycles=3))
    # 32 neurons in 7 groups, then 16 in 4.
    assert lanes.layer_pass(0, 0, 1).units_ps.tolist() == [57_000, 57_000, 48_000, 58_000]


def test_an_odd_clock_loses_nothing() -> None:
    done = Systolic().work(trace(), chip(clock_mhz=333.3)).layer_pass(0, 0, 1)
    assert int(done.units_ps.sum()) == 158 * 10**7 // 3333
    assert done.units_ps.tolist()[:2] == [111011, 111011]


def test_pixels_go_bit_by_bit() -> None:
    spikes = trace()
    spikes.inputs[:] = 0
    spikes.inputs[0, 0, :3] = 5, -1, 64  # 2, 8 and 1 bits that are not 0
    found = counts(chip(), spikes, 0)
    assert found[Action.SYNAPSE_MAC] == 3 * 4
    assert found[Action.PE_ACCUMULATE] == 11 * 4
    assert found[Action.PE_CYCLE] == 32 * (2 * (8 + 1) + 10)
    # Four bits at a time: 5 and 64 have one digit, -1 has two.
    assert counts(chip(activation_bits=4), spikes, 0)[Action.PE_ACCUMULATE] == 4 * 4


def test_ungated_additions_are_dense() -> None:
    found = counts(chip(gate_on_zero=False), trace(), 1)
    assert found[Action.PE_ACCUMULATE] == 96 * 36
    assert found[Action.PE_CYCLE] == counts(chip(), trace(), 1)[Action.PE_CYCLE]


@pytest.mark.parametrize("timesteps", [1, 2, 3, 4, 5])
def test_windows_share_weights(timesteps: int) -> None:
    spikes = trace(timesteps)
    alone, batched, windowed = (
        counts(chip(**options), spikes, 1)
        for options in ({}, {"tick_batch": True}, {"tick_batch": True, "window": 4})
    )
    membranes = 96 * 32 // 8 * (timesteps - 1)
    assert alone[Action.DRAM_READ] == (216 + 8) * timesteps + membranes
    assert alone[Action.DRAM_WRITE] == 12 * timesteps + membranes
    assert alone.get(Action.MEMBRANE_READ, 0) == 16 * 6 * (timesteps - 1)
    assert batched[Action.DRAM_READ] == 216 + 8 * timesteps
    assert batched[Action.BUFFER_WEIGHT_READ] == 432 * timesteps
    assert windowed[Action.BUFFER_WEIGHT_READ] == 432 * -(-timesteps // 4)
    assert windowed[Action.PE_CYCLE] == alone[Action.PE_CYCLE]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"weight_bits": 7},
            "core.weight_bits: 8 of 7 bits for the weights of toy: needs >= 8",
        ),
        (
            {"weights": "resident", "weight_kib": 1},
            "weight_buffer.kib: 3 of 1 KiB for all weights of big: needs >= 3, or core.weights: "
            "reload",
        ),
        (
            {"spike_kib": 1},
            "spike_buffer.kib: 2 of 1 KiB for what one tile of positions of hidden sees: needs >= "
            "2",
        ),
    ],
)
def test_what_does_not_fit(options: dict[str, Any], said: str) -> None:
    hidden = toys.linear("hidden", 1400, 1)
    big = Network("big", "none", 1, (hidden, toys.linear("readout", 1, 1200, spiking=False)))
    network = NETWORK if "weight_bits" in options else big
    with pytest.raises(DoesNotFit) as caught:
        Systolic().place(network, chip(**options))
    assert str(caught.value) == said


def test_the_notes_of_hardware_md() -> None:
    """VGG16's convolutions on SATA: 2.45 M dense cycles, 6.1 ms, 14.7 MB, 6.9 mJ a timestep."""
    network = vgg(
        VggShape("vgg16", classifier=(512, 512)), dataset="cifar10", classes=10, timesteps=1
    )
    convs = [layer for layer in network.layers if layer.kind == "conv"]
    arch = load_arch("systolic_sata").arch
    found = Systolic().fit(network, arch)
    ideal = sum(layer.dense_macs for layer in convs) / (16 * 8)
    assert ideal == pytest.approx(2.45e6, rel=0.005)
    assert ideal / 400e6 == pytest.approx(6.1e-3, rel=0.01)
    weights = sum(layer.out_shape[0] * layer.fan_in for layer in convs)
    read = arch.energy_pj.price(Action.DRAM_READ).value  # type: ignore[union-attr]
    assert weights == 14_710_464
    assert float(weights * read) == pytest.approx(6.9e9, rel=0.005)
    add = arch.energy_pj.price(Action.PE_ACCUMULATE).value  # type: ignore[union-attr]
    assert float(31_300_000 * add) == pytest.approx(2.0e6, rel=0.02)
    # Tiles with fewer than 8 positions (2 x 2 and 1 x 1) and the 8 passes of pixels come on top.
    assert 0.85 < found.utilisation["pes"] < 1
