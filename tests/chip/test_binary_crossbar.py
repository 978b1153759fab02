"""Binary crossbars: three counts that agree, ticks, what does not fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from hwsim.actions import Action
from hwsim.activity import Activity, Experiment
from hwsim.chip import burst
from hwsim.chip.binary_crossbar.apart import apart
from hwsim.chip.binary_crossbar.blocks import TOO_MANY, candidates
from hwsim.chip.binary_crossbar.floor import floor
from hwsim.chip.schedule import replay
from hwsim.errors import DoesNotFit, InvalidInput
from hwsim.mapping import store
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Layer, Network
from hwsim.saved import Saved
from tests import toys
from tests.chip import binary_crossbars
from tests.oracle.binary_cases import KIND, Case, cases
from tests.oracle.binary_crossbar import brute_force
from tests.oracle.cases import as_counter, networks

EXPERIMENTS: tuple[Experiment, ...] = ("single", "stream")


@settings(max_examples=40, deadline=None)
@given(case=cases())
def test_three_counts_agree(case: Case) -> None:
    for experiment in EXPERIMENTS:
        result = replay(case.trace, case.mapping, case.arch, experiment, burst.transport)
        counted = KIND.count(case.trace, case.mapping, case.arch, experiment)
        assert result.activity.differences(counted) == []
        assert as_counter(counted) == brute_force(case.plain(), experiment)
        stages = floor(apart(case.network), case.arch, case.mapping).stages
        ticks = stages + case.network.timesteps - 1
        assert set(result.timing.latency_ps) == {ticks * 10**9}
        beats = ticks if experiment == "single" else case.network.timesteps
        assert set(result.timing.interval_ps) == {beats * 10**9}


@settings(max_examples=15, deadline=None)
@given(case=cases())
def test_packets_are_conserved(case: Case) -> None:
    """What is sent arrives, and every hop of it is on a link."""
    result = replay(case.trace, case.mapping, case.arch, "stream", burst.transport)
    total = {action: int(counts.sum()) for action, counts in result.activity.counts.items()}
    sent = total[Action.AXON_OUT_SEND] + total[Action.INPUT_WRITE]
    assert total[Action.AXON_IN_LOOKUP] == sent
    links = {port: int(load.served.sum()) for port, load in result.timing.loads.items()}
    assert links["east"] + links["west"] == total[Action.ROUTER_HOP_X]
    assert links["north"] + links["south"] == total[Action.ROUTER_HOP_Y]


@settings(max_examples=15, deadline=None)
@given(case=cases())
def test_partial_sums_that_fire_with_their_output_are_fewer(case: Case) -> None:
    def spikes(rule: str) -> int:
        core = case.arch.core.model_copy(update={"partial_fires": rule})
        arch = case.arch.model_copy(update={"core": core})
        activity = KIND.count(case.trace, case.mapping, arch, "stream")
        return int(activity.per_image(Action.NEURON_FIRE).sum())

    assert spikes("output_fires") <= spikes("any_input")


@settings(max_examples=15, deadline=None)
@given(case=cases())
def test_a_mapping_goes_through_its_file(
    case: Case, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("mapping") / "mapping.json"
    store.save(case.mapping, case.network, path)
    loaded = KIND.place(case.network, case.arch, store.load(path, case.network))
    assert loaded.slices == case.mapping.slices
    assert KIND.fit(case.network, case.arch, loaded).fits


@settings(max_examples=15, deadline=None)
@given(case=cases())
def test_a_course_goes_on_from_its_arrays(case: Case) -> None:
    for experiment in EXPERIMENTS:
        whole = replay(case.trace, case.mapping, case.arch, experiment, burst.transport)
        course = KIND.course(case.trace, case.mapping, case.arch, experiment)
        parts: list[Activity] = []
        while course.step < course.steps:
            parts += [activity for _, activity in course.advance(burst.transport)]
            arrays = {name: array.copy() for name, array in course.arrays().items()}
            course = KIND.course(case.trace, case.mapping, case.arch, experiment, Saved(arrays))
            assert course.closed == len(parts)
        assert Activity.concatenate(parts).differences(whole.activity) == []
        for name, load in course.timing().loads.items():
            assert load.busy_ps.tolist() == whole.timing.loads[name].busy_ps.tolist()


def split(timesteps: int = 1) -> Network:
    """Four inputs, six neurons that see all of them, two readouts."""
    return toys.network(
        toys.linear("in", 3, 4),
        toys.linear("mid", 4, 6),
        toys.linear("out", 6, 2, spiking=False),
        timesteps=timesteps,
    )


def test_a_sum_that_is_split_counts_its_adders_and_copies() -> None:
    """Cores of 2 axons and 4 neurons. mid: 6 neurons, 4 inputs, so blocks of 3 with two partial
    cores; each spike of layer 0 goes to two blocks. out: 6 inputs, three partial cores of two
    neurons: too many sums for 2 axons."""
    arch = binary_crossbars.arch(axons=2, neurons=4)
    with pytest.raises(
        DoesNotFit, match=r"core.axons_max: 3 of 2 partial sums of one neuron of out"
    ):
        KIND.place(split(), arch)
    arch = binary_crossbars.arch(axons=3, neurons=4, tiles=(16, 1))
    mapping = KIND.place(split(), arch)
    plan = floor(split(), arch, mapping)
    assert [(c.slice.layer, len(c.pieces), len(c.runs)) for c in plan.clusters] == [
        (0, 0, 2), (1, 2, 3), (1, 2, 3), (2, 2, 2),
    ]  # fmt: skip
    assert plan.ticks == (1, 2, 2)
    trace = toys.trace(
        split(),
        [
            np.array([1, 0, 0, 0]).reshape(1, 1, 1, 1, 4),
            np.array([1, 0, 0, 0, 1, 0]).reshape(1, 1, 1, 1, 6),
        ],
    )
    found = KIND.count(trace, mapping, arch, "single")
    total = {action: int(counts.sum()) for action, counts in found.counts.items()}
    # One spike, two copies; each hits 3 partial neurons of a block; two outputs, each one copy;
    # these are in different pieces of the readout's inputs: two partial neurons each.
    assert total[Action.INPUT_WRITE] == 1
    assert total[Action.NEURON_FIRE] == 2 + 6 + 2 + 4
    assert total[Action.AXON_OUT_SEND] == 2 + 6 + 2 + 4
    assert total[Action.SYNAPSE_OP] == 2 + 6 + 6 + 4 + 4
    assert total[Action.NEURON_ACCESS] == 5 * 16 * 4


@pytest.mark.parametrize("timesteps", [1, 2, 3, 4, 5])
def test_a_timestep_more_is_a_tick_more(timesteps: int) -> None:
    arch = binary_crossbars.arch(axons=3, neurons=4)
    network = split(timesteps)
    fired = [np.ones((2, timesteps, 1, 1, n), np.bool_) for n in (4, 6)]
    trace = toys.trace(network, fired)
    mapping = KIND.place(network, arch)
    result = replay(trace, mapping, arch, "single", burst.transport)
    assert result.timing.latency_ps.tolist() == [(5 + timesteps - 1) * 10**9] * 2
    assert result.activity.differences(KIND.count(trace, mapping, arch, "single")) == []


def test_a_window_is_the_or_of_an_axon() -> None:
    """Four neurons of a window fire: four packets arrive at one axon, which is read once."""
    network = toys.network(
        toys.linear("in", 1, 4),
        Layer("mid", "conv", (4, 1, 1), (1, 2, 2), (2, 2), padding=1, pool=2),
        toys.linear("out", 1, 1, spiking=False),
    )
    arch = binary_crossbars.arch()
    trace = toys.trace(
        network, [np.zeros((1, 1, 1, 1, 4), np.bool_), np.ones((1, 1, 2, 2, 1), np.bool_)]
    )
    mapping = KIND.place(network, arch)
    found = KIND.count(trace, mapping, arch, "single").counts
    assert found[Action.AXON_OUT_SEND].sum() == found[Action.AXON_IN_LOOKUP].sum() == 4
    assert found[Action.SYNAPSE_OP].sum() == 1


def busy(**options: float) -> None:
    arch = binary_crossbars.arch(axons=3, neurons=4, **options)  # type: ignore[arg-type]
    network = split()
    trace = toys.trace(network, [np.ones((1, 1, 1, 1, n), np.bool_) for n in (4, 6)])
    replay(trace, KIND.place(network, arch), arch, "single", burst.transport)


def test_a_tick_that_is_too_short_says_by_how_much() -> None:
    """The busiest core reads 4 rows and does 6 synaptic operations; the host's 4
    spikes go down from tile (0, 0)."""
    busy(tick_us=0.1, synop_ns=16, access_ns=1)
    with pytest.raises(DoesNotFit) as caught:
        busy(tick_us=0.099, synop_ns=16, access_ns=1)
    assert str(caught.value) == (
        "timestep.tick_us: step 1 (image 0) takes 100 ns, 1 ns more than its tick of 99 ns; "
        "longest at work: a core of mid, 6 synaptic operations: needs >= 0.1 for this step"
    )
    assert caught.value.exit_code == 4
    with pytest.raises(DoesNotFit) as caught:
        busy(tick_us=0.1, service_ns=90)
    assert str(caught.value) == (
        "timestep.tick_us: step 0 (image 0) takes 360 ns, 260 ns more than its tick of 100 ns; "
        "longest at work: south of tile (0, 0), 4 packets: needs >= 0.36 for this step"
    )


def test_a_mesh_that_is_too_small_says_what_fits() -> None:
    arch = binary_crossbars.arch(axons=3, neurons=4, tiles=(4, 2), chip_tiles=(2, 2))
    fit = KIND.fit(split(), arch)
    assert not fit.fits
    assert fit.message == "mesh: 16 cores needed, 8 there: mesh.tiles_y: 4 fits"
    with pytest.raises(DoesNotFit, match="mesh: 16 cores needed"):
        KIND.place(split(), arch)


@pytest.mark.parametrize(
    ("reach", "words"),
    [
        (7, "mesh: 16 cores needed, 4 there: mesh.tiles_y: 8 fits"),
        (3, "mesh: 16 cores needed, 4 there: mesh.tiles_x: 4 and mesh.tiles_y: 4 fits"),
        (2, "mesh: 16 cores needed, 4 there: more than packets reach (router.reach_max: 2)"),
    ],
)
def test_a_mesh_ends_where_packets_do(reach: int, words: str) -> None:
    arch = binary_crossbars.arch(axons=3, neurons=4, tiles=(2, 2), reach=reach)
    assert KIND.fit(split(), arch).message == words


def test_the_search_leaves_out_cuts_whose_copies_no_core_holds() -> None:
    """Out in blocks of one pixel asks for nine copies of an inner one, in two rows for six."""
    network = toys.network(
        toys.conv("in", (1, 6, 6), 7), toys.conv("out", (7, 6, 6), 4, spiking=False)
    )
    core = binary_crossbars.arch(axons=64, neurons=8).core
    sending = candidates(network, 0, core)[0]
    for following in candidates(network, 1, core):
        copies = int(following.rows.reach.max() * following.columns.reach.max())
        left_out = copies * following.channels > 8
        assert (sending.behind(following)[0] >= TOO_MANY) == left_out
        assert left_out or (following.rows.size, following.columns.size) != (1, 1)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (
            Layer("wide", "linear", (2, 17, 17), (1, 1, 1), (17, 17), spiking=False),
            "core.axons_max: 289 of 256 input axons of each input channel of wide: needs >= 289",
        ),
        (
            Layer("pooled", "conv", (2, 17, 17), (1, 17, 17), (1, 1), pool=17),
            "core.neurons_max: 289 of 256 neurons of pooled: needs >= 289",
        ),
    ],
)
def test_a_layer_that_no_cut_can_help(layer: Layer, words: str) -> None:
    layers = [toys.conv("in", (1, 17, 17), 2), layer]
    if layer.spiking:
        layers.append(toys.linear("out", 1, 1, spiking=False))
    fit = KIND.fit(toys.network(*layers), binary_crossbars.arch())
    assert fit.message == words


def test_average_pooling_takes_an_axon_for_every_neuron() -> None:
    """Two channels of 4 x 4 neurons, their windows of 2 x 2 below one kernel of 2 x 2: 32 axons
    in place of 8. On cores of 16 these are two partial cores and an adder."""
    first = toys.conv("in", (1, 4, 4), 2, pool=2, pool_kind="average")
    out = Layer("out", "linear", (2, 2, 2), (1, 1, 1), (2, 2), spiking=False)
    network = toys.network(first, out)
    arch = binary_crossbars.arch(axons=16)
    used = KIND.fit(network, arch).layers[1].used
    assert (used["partial"], used["adder"], used["axons"]) == (2, 1, 16)
    merged = replace(network, layers=(replace(first, pool_kind="or"), out))
    used = KIND.fit(merged, arch).layers[1].used
    assert (used["partial"], used["adder"], used["axons"]) == (1, 0, 8)


def test_synapses_count_what_average_pooling_counts() -> None:
    """Three of the four neurons of a window fire: three axons with a synapse each, where an OR
    has one."""
    network = toys.network(
        toys.linear("in", 1, 4),
        Layer("mid", "conv", (4, 1, 1), (1, 2, 2), (2, 2), padding=1, pool=2, pool_kind="average"),
        toys.linear("out", 1, 1, spiking=False),
    )
    arch = binary_crossbars.arch()
    fired = np.array([1, 1, 0, 1], np.bool_).reshape(1, 1, 2, 2, 1)
    trace = toys.trace(network, [np.zeros((1, 1, 1, 1, 4), np.bool_), fired])
    mapping = KIND.place(network, arch)
    found = KIND.count(trace, mapping, arch, "single").counts
    assert found[Action.AXON_OUT_SEND].sum() == found[Action.AXON_IN_LOOKUP].sum() == 3
    assert found[Action.SYNAPSE_OP].sum() == 3
    assert any("have an axon each" in said for said in KIND.assumptions(network, arch, mapping))


@settings(max_examples=30, deadline=None)
@given(network=networks(graded=True))
def test_windows_taken_apart_have_the_same_neurons_and_fire_into_the_same(network: Network) -> None:
    """What a neuron reaches is what its window reached, and nothing averages any more."""
    split_up = apart(network)
    assert apart(split_up) == split_up
    assert not any(layer.graded for layer in split_up.layers)
    for number, (before, after) in enumerate(zip(network.layers, split_up.layers, strict=True)):
        assert before.out_shape == after.out_shape
        side = network.layers[number - 1].pool if network.layers[number - 1].graded else 1
        for axis in (0, 1):
            assert after.reached(axis) == [n for n in before.reached(axis) for _ in range(side)]


def test_mappings_that_cannot_be() -> None:
    arch = binary_crossbars.arch(axons=3, neurons=4)
    good = KIND.place(split(), arch)

    def moved(index: int, core: int) -> Mapping:
        slices = list(good.slices)
        slices[index] = replace(slices[index], core=core)
        return replace(good, slices=tuple(slices), strategy="my.json")

    with pytest.raises(
        InvalidInput, match=r"my\.json: the 5 cores of slice 2 of mid, which end at"
    ):
        KIND.place(split(), arch, moved(2, good.slices[1].core + 1))
    with pytest.raises(InvalidInput, match="run into the start of the mesh"):
        KIND.place(split(), arch, moved(0, 0))
    other = binary_crossbars.arch(axons=3, neurons=4, tiles=(8, 16))
    with pytest.raises(InvalidInput, match=r"made for mesh\.tiles_x: 16, toy has 8"):
        KIND.place(split(), other, good)
    with pytest.raises(DoesNotFit, match=r"core\.neurons_max: 3 of 2 neurons of mid"):
        KIND.place(split(), binary_crossbars.arch(axons=3, neurons=2), good)


def test_a_cached_first_layer_needs_a_constant_input() -> None:
    network = split(timesteps=2)
    arch = binary_crossbars.arch(cached=True)
    fired = [np.zeros((1, 2, 1, 1, n), np.bool_) for n in (4, 6)]
    trace = toys.trace(network, fired, np.array([[[1, 2, 3], [1, 2, 4]]], np.int8))
    with pytest.raises(InvalidInput, match="first_layer_cached needs the same input"):
        KIND.count(trace, KIND.place(network, arch), arch, "single")


def test_arrays_of_another_experiment_are_refused() -> None:
    arch = binary_crossbars.arch(axons=3, neurons=4)
    network = split()
    trace = toys.trace(network, [np.ones((1, 1, 1, 1, n), np.bool_) for n in (4, 6)])
    mapping = KIND.place(network, arch)
    arrays = KIND.course(trace, mapping, arch, "single").arrays()
    for name, array in (("axons", np.array([10**6])), ("ended_ps", np.zeros(99, np.int64))):
        with pytest.raises(ValueError, match=r"line|ticks"):
            KIND.course(trace, mapping, arch, "single", Saved({**arrays, name: array}))
