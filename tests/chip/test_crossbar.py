"""Crossbars: the layouts of the notes, three ways to count, times, what does not fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from hwsim.actions import Action
from hwsim.activity import Activity, Experiment
from hwsim.arch.crossbar import CrossbarArch
from hwsim.chip import burst
from hwsim.chip.crossbar.floor import balanced, floor
from hwsim.chip.crossbar.kind import Crossbar
from hwsim.chip.timing import Timing
from hwsim.errors import DoesNotFit, InvalidInput
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Layer, Network
from hwsim.network.vgg import VggShape, vgg
from hwsim.trace.store import SpikeTrace
from hwsim.trace.synthetic import synthetic_trace
from tests import toys
from tests.chip.crossbars import Case, cases, chip
from tests.oracle.cases import as_counter
from tests.oracle.crossbar import crossbar_counts

KIND = Crossbar()
VGG16 = vgg(VggShape(), dataset="cifar10", classes=10, timesteps=1)
CONV = 13
EXPERIMENTS: tuple[Experiment, ...] = ("single", "stream")


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


@given(cases())
@settings(max_examples=40, deadline=None)
def test_replay_equals_count(case: Case) -> None:
    mapping = KIND.place(case.network, case.arch)
    for experiment in EXPERIMENTS:
        counted = KIND.count(case.trace, mapping, case.arch, experiment)
        replayed = Activity.concatenate(run(case.trace, mapping, case.arch, experiment)[0])
        assert replayed.differences(counted) == []


def run(
    trace: SpikeTrace, mapping: Mapping, arch: CrossbarArch, experiment: Experiment
) -> tuple[list[Activity], Timing]:
    course = KIND.course(trace, mapping, arch, experiment)
    parts = []
    while course.step < course.steps:
        parts += [activity for _, activity in course.advance(burst.transport)]
    return parts, course.timing()


def two_layers() -> Network:
    """4 x 4 positions of two channels, pooled to 2 x 2, then four positions of three."""
    first = toys.conv("first", (1, 4, 4), 2, pool=2)
    return toys.network(first, toys.conv("second", (2, 2, 2), 3, spiking=False))


@pytest.mark.parametrize(
    ("options", "reads"),
    [
        # floor(0.75 x 16) reads until the second layer starts its four, which end last anyway.
        ({}, 12 + 4 + 1),
        ({"work_resolution": "pooled"}, 3 + 4),
        ({"latency_unit": "element"}, 24 + 12),
        ({"first_layer_reads": 8}, 16 * 8 + 1),
    ],
)
def test_a_read_cycle_a_unit(options: dict[str, str], reads: int) -> None:
    arch, network = chip(**options), two_layers()
    trace = synthetic_trace(network, 0.5, 1, 0)
    timing = run(trace, KIND.place(network, arch), arch, "single")[1]
    assert timing.latency_ps.tolist() == [reads * 100_000]


def test_copies_share_the_positions() -> None:
    """Beats: 16 and 4 positions of one PE; five PEs allow 4 copies of the first layer."""
    assert balanced([16, 4], [1, 1], 5) == [4, 1]
    assert balanced([16, 4], [1, 1], 4) == [3, 1]
    assert balanced([16, 4], [1, 1], 20) == [16, 4]
    assert balanced([16, 4], [3, 3], 5) == [1, 1]
    network = two_layers()
    arch = chip(tiles=(1, 1), pes_per_tile=5, weight_duplication="balanced")
    mapping = KIND.place(network, arch)
    assert mapping.cores.tolist() == [0, 4]
    trace = synthetic_trace(network, 0.5, 1, 0)
    latency = run(trace, mapping, arch, "single")[1].latency_ps.tolist()
    assert latency == [(3 + 4) * 100_000]
    once = KIND.count(trace, mapping, chip(tiles=(1, 1), pes_per_tile=5), "single")
    assert KIND.count(trace, mapping, arch, "single").differences(once) == []


def test_an_array_without_spikes_is_skipped() -> None:
    network = two_layers()
    silent = toys.trace(network, [np.zeros((1, 1, 4, 4, 2))])
    for skip, reads in ((False, 4 * 9), (True, 0)):
        arch = chip(skip_zero_slice=skip)
        activity = KIND.count(silent, KIND.place(network, arch), arch, "single")
        assert activity.counts[Action.CROSSBAR_ARRAY_READ][0, 0, 1] == reads
        assert activity.counts[Action.CROSSBAR_ROW_DRIVE][0, 0, 1] == 0
        assert activity.counts[Action.NEURON_UPDATE_ACTIVE][0, 0, 1] == 12


def test_a_spike_goes_to_every_tile_with_its_rows() -> None:
    """Two blocks of the next layer on two tiles: one tree over one hop, or two packets."""
    first = toys.linear("first", 1, 4)
    network = toys.network(first, toys.linear("second", 4, 8, spiking=False))
    trace = toys.trace(network, [np.ones((1, 1, 1, 1, 4))])
    for multicast, packets, hops, ejects in (("tree", 1, 2, 2), ("none", 2, 3, 2)):
        arch = chip(
            tiles=(3, 1), pes_per_tile=1, chip_tiles=(1, 1), columns=8, router=True,
            multicast=multicast,
        )  # fmt: skip
        mapping = KIND.place(network, arch)
        assert mapping.tiles.tolist() == [0, 1, 2]
        counts = KIND.count(trace, mapping, arch, "single").counts
        assert counts[Action.AXON_OUT_SEND][0, 0].tolist() == [packets, 0, 0, 0]
        assert counts[Action.ROUTER_HOP_X][0, 0].tolist() == [hops, 0, 0, 0]
        assert counts[Action.ROUTER_EJECT][0, 0].tolist() == [ejects, 0, 0, 0]
        assert counts[Action.CHIP_LINK_SEND][0, 0].tolist() == [hops, 0, 0, 0]


def test_a_spike_goes_to_no_tile_without_its_rows() -> None:
    """One channel a packet, one row a PE, one PE a tile: each spike to its own tile."""
    first = toys.linear("first", 1, 2)
    network = toys.network(first, toys.linear("second", 2, 1, spiking=False))
    trace = toys.trace(network, [np.ones((1, 1, 1, 1, 2))])
    arch = chip(tiles=(3, 1), pes_per_tile=1, rows=1, router=True, packet_bits=1)
    counts = KIND.count(trace, KIND.place(network, arch), arch, "single").counts
    assert counts[Action.AXON_OUT_SEND][0, 0].tolist() == [2, 0, 0]
    assert counts[Action.ROUTER_EJECT][0, 0].tolist() == [2, 0, 0]
    assert counts[Action.ROUTER_HOP_X][0, 0].tolist() == [1 + 2, 0, 0]


def test_a_coarse_adc_is_named_and_takes_the_accuracy() -> None:
    network = two_layers()
    fine, coarse = chip(adc_bits=10), chip(adc_bits=4)
    assert list(fine.doubts()) == []
    ((at, words),) = coarse.doubts()
    assert at == ("core", "adc_bits")
    assert "sums of a column reach 960, those above 16 clip (10 bits would hold all)" in words
    wide = Network("wide", "none", 1, (toys.linear("only", 64, 2, spiking=False),))
    assert KIND.executes_weights(wide, chip(adc_bits=10, first_layer_reads=8))
    assert not KIND.executes_weights(wide, chip(adc_bits=10))  # an int8 value on a word line
    assert not KIND.executes_weights(network, coarse)
    assert any("clips" in note for note in KIND.fit(network, coarse).notes)
    halved = chip(rows=128, cell_bits=2, adc_bits=8, column_encoding="flipped")
    assert list(halved.doubts()) == []


def test_what_does_not_fit_says_why() -> None:
    network = two_layers()
    narrow = chip(columns=8, cell_bits=1, columns_per_adc=1)
    assert KIND.fit(network, narrow).fits
    with pytest.raises(DoesNotFit, match=r"takes 8 columns of 1-bit cells, an array has 7"):
        KIND.place(network, chip(columns=7, cell_bits=1, columns_per_adc=1))
    assert not KIND.fit(network, chip(columns=7, cell_bits=1, columns_per_adc=1)).fits
    small = chip(tiles=(1, 1), pes_per_tile=1)
    with pytest.raises(DoesNotFit, match=r"takes 2 PEs, 2 tiles of 1; the mesh has 1 PEs"):
        KIND.place(network, small)
    assert [s.limit for s in KIND.fit(network, small).missing] == ["mesh.tiles_x"]


def test_a_loaded_mapping_is_checked() -> None:
    network, arch = two_layers(), chip(tiles=(2, 1), pes_per_tile=2)
    placed = KIND.place(network, arch)
    moved = toys.mapping(arch, *((3 - s.core, s.layer, s.y, s.x, s.c) for s in placed.slices))
    assert KIND.place(network, arch, moved) == moved
    cut = toys.mapping(
        arch, (0, 0, (0, 4), (0, 4), (0, 1)), (1, 0, (0, 4), (0, 4), (1, 2)),
        (2, 1, (0, 2), (0, 2), (0, 3)),
    )  # fmt: skip
    with pytest.raises(InvalidInput, match="first is cut into channels"):
        KIND.place(network, arch, cut)
    outside = chip(tiles=(2, 1), pes_per_tile=2, rows=1)
    with pytest.raises(InvalidInput, match="some of which are taken or outside"):
        KIND.place(network, outside, toys.mapping(outside, *_at(placed, 0, 3)))


def _at(mapping: Mapping, *cores: int) -> list[tuple[Any, ...]]:
    return [(core, s.layer, s.y, s.x, s.c) for core, s in zip(cores, mapping.slices, strict=True)]


@pytest.mark.parametrize(("first_layer_reads", "reads", "rows"), [(8, 3, 2 + 1), (1, 1, 2)])
def test_counts_behind_average_pooling_are_read_as_pixels_are(
    first_layer_reads: int, reads: int, rows: int
) -> None:
    average = toys.conv("first", (1, 4, 4), 2, pool=2, pool_kind="average")
    network = toys.network(average, toys.conv("second", (2, 2, 2), 3, spiking=False))
    fired = np.zeros((1, 1, 4, 4, 2), np.bool_)
    fired[0, 0, :2, :2, 0] = [[1, 1], [1, 0]]  # a window of 3, 0b011
    fired[0, 0, 2:, 2:, 1] = 1  # one of 4, 0b100
    trace = toys.trace(network, [fired], np.zeros((1, 1, 16), np.int8))
    arch = chip(
        first_layer_reads=first_layer_reads,
        timestep={"semantics": "layer_sequential"},
        spike_word=1,
        router=True,
        packet_bits=3,
    )
    mapping = KIND.place(network, arch)
    parts, timing = run(trace, mapping, arch, "single")
    found = parts[0].counts
    assert parts[0].differences(KIND.count(trace, mapping, arch, "single")) == []
    # All 4 positions of the second layer see all 4 windows, through 9 arrays of a kernel position.
    assert found[Action.CROSSBAR_ROW_DRIVE][0, 0].tolist() == [0, 4 * rows, 0]
    assert found[Action.CROSSBAR_ARRAY_READ][0, 0, 1] == 4 * 9 * reads
    assert found[Action.BUFFER_SPIKE_WRITE][0, 0, 0] == 2 * 2 * 2 * 3
    assert found[Action.BUFFER_SPIKE_READ][0, 0, 1] == 2 * 2 * 2 * 3
    assert found[Action.AXON_OUT_SEND][0, 0, 0] == 2, "a packet of 3 bits holds one count"
    assert timing.latency_ps.tolist() == [(16 * first_layer_reads + 4 * reads) * 100_000]
    said = "in one read a position" if reads == 1 else "bit by bit, 3 reads a position"
    assert f"counts behind average pooling are read {said}" in KIND.assumptions(
        network, arch, mapping
    )
    with pytest.raises(
        DoesNotFit, match="packet_bits: 2 of 3 bits for a count behind first: needs"
    ):
        KIND.place(network, chip(router=True, packet_bits=2))


def test_an_adc_holds_the_counts_that_are_read_at_once() -> None:
    average = toys.conv("first", (1, 4, 4), 64, pool=2, pool_kind="average")
    network = toys.network(average, toys.conv("second", (64, 2, 2), 3, spiking=False))
    # 64 rows of 15 make 960; a count of 4 on each is four times as much.
    assert KIND.executes_weights(network, chip(adc_bits=10, first_layer_reads=8))
    assert not KIND.executes_weights(network, chip(adc_bits=11, first_layer_reads=1))
    assert KIND.executes_weights(network, chip(adc_bits=12, first_layer_reads=1))


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"columns_per_adc": 7}, ("core", "columns_per_adc")),
        ({"read_ns": None}, ("core", "read_cycles")),
        ({"read_ns": None, "read_cycles": 26}, ("core", "read_cycles")),
        ({"read_ns": toys.quantity(0.00001)}, ("core", "read_ns")),
        ({"membrane_bits": 30}, ("membrane", "word_bits")),
        ({"cell_bits": 40}, ("core", "cell_bits")),
    ],
)
def test_rules_name_the_field(fields: dict[str, Any], at: tuple[str, ...]) -> None:
    assert [where for where, _ in chip(**fields).rules({})] == [at]
