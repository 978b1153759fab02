"""Crossbars: the layouts of the notes, three ways to count, times, what does not fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from hwsim.actions import Action
from hwsim.arch.crossbar import CrossbarArch
from hwsim.chip.crossbar.floor import balanced, floor
from hwsim.chip.crossbar.kind import Crossbar
from hwsim.errors import DoesNotFit, InvalidInput
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Layer, Network
from hwsim.network.vgg import VggShape, vgg
from hwsim.trace.synthetic import synthetic_trace
from tests import toys
from tests.chip.crossbars import Case, cases, chip
from tests.oracle.cases import as_counter
from tests.oracle.crossbar import crossbar_counts

KIND = Crossbar()
VGG16 = vgg(VggShape(), dataset="cifar10", classes=10, timesteps=1)
CONV = 13


def four_bits(network: Network) -> Network:
    return Network(network.name, network.dataset, network.timesteps, network.layers, weight_bits=4)


def arrays(arch: CrossbarArch, network: Network) -> int:
    return sum(len(x.arrays) * len(x.blocks) for x in floor(network, arch).layouts[:CONV])


def test_vgg16_takes_the_arrays_of_the_notes() -> None:
    assert arrays(chip(), four_bits(VGG16)) == 3600
    assert arrays(chip(row_order="im2col"), four_bits(VGG16)) == 3592
    isaac = chip(row_order="im2col", rows=128, columns=128, cell_bits=2)
    assert arrays(isaac, VGG16) == 3596
    plan = floor(four_bits(VGG16), chip())
    assert sum(plan.pes_of_layer(n) for n in range(CONV)) == 400


def test_vgg16_converts_and_adds_as_often_as_in_the_notes() -> None:
    network, arch = four_bits(VGG16), chip(tiles=(16, 16))
    activity = KIND.count(
        synthetic_trace(network, 0.1, 1, 0), KIND.place(network, arch), arch, "single"
    )
    by_layer = activity.by_layer(KIND.place(network, arch))
    conversions = int(by_layer[Action.ADC_CONVERT][0, 0, :CONV].sum())
    adds = int(by_layer[Action.CROSSBAR_SHIFT_ADD][0, 0, :CONV].sum())
    assert round(conversions / 1e6, 2) == 5.46
    assert round(adds / 1e6, 2) == 5.18
    assert int(by_layer[Action.PE_CYCLE][0, 0, :CONV].sum()) == 9472


def test_a_layer_by_hand() -> None:
    """One 3 x 3 window over 3 x 3 x 3 ones, no padding: nine positions of three channels."""
    layer = Layer("conv", "conv", (3, 3, 3), (5, 1, 1), (3, 3), spiking=False)
    network = Network("toy", "none", 1, (layer,), weight_bits=8)
    arch = chip(rows=2, columns=8, columns_per_adc=4, array_reads="each_mux_step")
    activity = KIND.count(toys.trace(network, []), KIND.place(network, arch), arch, "single")
    counts = {str(a): activity.counts[a][0, 0].tolist() for a in activity.counts}
    # Two columns a weight: 4 channels a block, so blocks of 4 and 1; 3 channels on 2 rows: 18
    # arrays, of which the second nine use one row.
    assert counts["crossbar.array_read"] == [18 * 4, 18 * 4, 0]
    assert counts["crossbar.row_drive"] == [27 * 4, 27 * 4, 0]
    assert counts["adc.convert"] == [18 * 8, 18 * 8, 0]
    assert counts["crossbar.shift_add"] == [4 * (36 - 1), 1 * (36 - 1), 0]
    assert counts["pe.cycle"] == [2, 2, 0]
    assert counts["buffer.temp_access"] == [8, 8, 0]
    assert counts["buffer.spike_read"] == [9, 0, 0]
    assert counts["neuron.update_active"] == [4, 1, 0]
    assert counts["input.write"] == [0, 0, 27]


@given(cases())
@settings(max_examples=60, deadline=None)
def test_count_equals_brute_force(case: Case) -> None:
    mapping = KIND.place(case.network, case.arch)
    counted = as_counter(KIND.count(case.trace, mapping, case.arch, "single"))
    expected = crossbar_counts(case.plain())
    assert {k: v for k, v in counted.items() if v} == dict(expected)
