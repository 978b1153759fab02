"""Counts against hand arithmetic and against the enumeration of every synapse."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwsim.actions import Action
from hwsim.activity import Activity, count, dense_synops, derived_counts
from hwsim.arch.digital import DigitalArch
from hwsim.errors import InvalidInput
from hwsim.network.graph import Layer
from tests import toys
from tests.oracle.bruteforce import brute_force
from tests.oracle.cases import Case, as_counter, cases

EXPERIMENTS = ("single", "stream")


def bounded(examples: int) -> settings:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(max_examples=examples, deadline=None, suppress_health_check=slow)


@bounded(400)
@given(case=cases(), experiment=st.sampled_from(EXPERIMENTS))
def test_count_equals_the_enumeration_of_every_synapse(case: Case, experiment: str) -> None:
    activity = count(case.trace, case.mapping, case.arch, experiment)
    assert as_counter(activity) == brute_force(case.plain(), experiment)


@bounded(100)
@given(case=cases(), data=st.data())
def test_a_window_of_steps_counts_what_happens_in_them(case: Case, data: st.DataObject) -> None:
    host = case.arch.first_layer == "on_core_graded"
    last = case.network.timesteps + len(case.network.layers) - 1 + host
    if case.arch.timestep.semantics == "layer_sequential":
        last = case.network.timesteps * (len(case.network.layers) + host)
    start = data.draw(st.integers(0, last))
    steps = range(start, data.draw(st.integers(start, last)))
    activity = count(case.trace, case.mapping, case.arch, "single", steps=steps)
    assert as_counter(activity) == brute_force(case.plain(), "single", steps)


@bounded(50)
@given(case=cases())
def test_an_image_does_the_same_work_alone_and_in_a_stream(case: Case) -> None:
    single, stream = (count(case.trace, case.mapping, case.arch, e) for e in EXPERIMENTS)
    for action in DigitalArch.ACTIONS:
        alone, among_others = single.counts[action], stream.counts[action]
        assert (alone[:, :-1] == among_others[:, :-1]).all()
        if case.arch.timestep.semantics == "layer_sequential":
            assert (alone == among_others).all(), "a stream is one image after another"
        elif action is not Action.BARRIER_SYNC:
            assert not among_others[:, -1].any(), "no layer is ever idle in a stream"


@bounded(30)
@given(case=cases())
def test_chunks_of_images_change_nothing(case: Case) -> None:
    whole = count(case.trace, case.mapping, case.arch, "single")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hwsim.activity.counter.CHUNK", 1)
        assert not count(case.trace, case.mapping, case.arch, "single").differences(whole)
    parts = [
        count(case.trace.part(n, n + 1), case.mapping, case.arch, "single")
        for n in range(case.trace.images)
    ]
    assert not Activity.concatenate(parts).differences(whole)


def four_cores(**options):
    """A padded 3 x 3 conv on a 4 x 4 image, two channels, one core per quadrant, into a readout."""
    chip = toys.arch(tiles=(4, 2), chip_tiles=(2, 2), **options)
    net = toys.network(SOURCE, toys.conv("conv", (1, 4, 4), 2), READOUT)
    quadrants = [
        (core, 1, (y, y + 2), (x, x + 2), (0, 2))
        for core, (y, x) in enumerate(((0, 0), (0, 2), (2, 0), (2, 2)), start=1)
    ]
    ends = (0, 0, *toys.whole(SOURCE)), (7, 2, *toys.whole(READOUT))
    return chip, net, toys.mapping(chip, ends[0], *quadrants, ends[1])


SOURCE = Layer("source", "conv", (1, 4, 4), (1, 4, 4), (1, 1))
READOUT = Layer("readout", "linear", (2, 4, 4), (3, 1, 1), (4, 4), spiking=False)


def spikes_at(shape: tuple[int, ...], *places: tuple[int, int, int]) -> np.ndarray:
    fired = np.zeros((1, 1, *shape), np.bool_)
    for place in places:
        fired[(0, 0, *place)] = True
    return fired


def slices_of(activity: Activity, action: Action) -> list[int]:
    return activity.counts[action].sum(axis=(0, 1)).tolist()


@pytest.mark.parametrize("multicast", ["none", "tree"])
def test_one_spike_into_a_padded_convolution_on_four_cores(multicast: str) -> None:
    chip, net, mapping = four_cores(multicast=multicast)
    fired = [spikes_at((4, 4, 1), (1, 1, 0)), spikes_at((4, 4, 2))]
    activity = count(toys.trace(net, fired), mapping, chip, "single")
    # The spike at (1, 1) reaches outputs (0..2, 0..2): 4, 2, 2 and 1 of the four quadrants.
    assert slices_of(activity, Action.SYNAPSE_OP) == [0, 8, 4, 4, 2, 0, 0]
    assert slices_of(activity, Action.SYNAPSE_WEIGHT_READ) == [0, 8, 4, 4, 2, 0, 0]
    assert slices_of(activity, Action.ACCUMULATOR_READ) == [0, 8, 4, 4, 2, 0, 0]
    assert slices_of(activity, Action.AXON_IN_LOOKUP) == [0, 1, 1, 1, 1, 0, 0]
    # From tile 0 to tiles 1, 2, 3 (its row) and 4 (below it); chips end at x = 2 and y = 2.
    tree = multicast == "tree"
    assert slices_of(activity, Action.AXON_OUT_SEND)[0] == (1 if tree else 4)
    assert slices_of(activity, Action.ROUTER_HOP_X)[0] == (3 if tree else 1 + 2 + 3)
    assert slices_of(activity, Action.ROUTER_HOP_Y)[0] == 1
    assert slices_of(activity, Action.ROUTER_EJECT)[0] == 4
    assert slices_of(activity, Action.CHIP_LINK_SEND)[0] == (1 if tree else 2)
    # Nine positions of two channels are reached, by one spike; the source is injected everywhere.
    assert slices_of(activity, Action.NEURON_UPDATE_ACTIVE) == [16, 8, 4, 4, 2, 0, 0]


def test_a_corner_spike_loses_the_taps_in_the_padding() -> None:
    chip, net, mapping = four_cores()
    fired = [spikes_at((4, 4, 1), (0, 0, 0)), spikes_at((4, 4, 2))]
    trace = toys.trace(net, fired)
    activity = count(trace, mapping, chip, "single")
    assert activity.per_image(Action.SYNAPSE_OP).tolist() == [8]
    assert dense_synops(trace).tolist() == [18]
    assert slices_of(activity, Action.AXON_OUT_SEND) == [1, 0, 0, 0, 0, 0, 0]


def test_derived_counts_of_one_image() -> None:
    chip, net, mapping = four_cores()
    fired = [spikes_at((4, 4, 1), (1, 1, 0)), spikes_at((4, 4, 2), (0, 0, 1), (3, 3, 0))]
    trace = toys.trace(net, fired)
    derived = derived_counts(count(trace, mapping, chip, "single"), dense_synops(trace), chip)
    assert {name: values.tolist() for name, values in derived.items()} == {
        "spikes": [3],
        "packets": [6],
        "packet_hops": [6 + 1 + (2 + 1) + 3],  # tiles 1 and 4, i.e. (1, 0) and (0, 1), to (3, 1)
        "synops": [18 + 2 * 3],
        "synops_dense": [18 + 2 * 3],
        "macs": [16],
        "neuron_updates": [16 + 18 + 1 + 3],  # one fires without having received anything
    }


@pytest.mark.parametrize(
    ("policy", "timesteps"),
    [
        ("every_step", 1),
        ("every_step", 3),
        ("elide_first_read_last_write", 1),
        ("elide_first_read_last_write", 3),
    ],
)
@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_membrane_accesses_follow_the_policy(policy: str, timesteps: int, experiment: str) -> None:
    chip = toys.arch(policy=policy)
    net = toys.network(
        toys.linear("a", 4, 6), toys.linear("b", 6, 2, spiking=False), timesteps=timesteps
    )
    mapping = toys.mapping(chip, *((n, n, *toys.whole(x)) for n, x in enumerate(net.layers)))
    fired = [np.ones((2, timesteps, 1, 1, 6), np.bool_)]
    activity = count(toys.trace(net, fired), mapping, chip, experiment)
    steps = timesteps + 1 if experiment == "single" else timesteps
    expected = (6 + 2) * (steps if policy == "every_step" else timesteps - 1)
    assert activity.per_image(Action.MEMBRANE_READ).tolist() == [expected] * 2
    assert activity.per_image(Action.MEMBRANE_WRITE).tolist() == [expected] * 2
    assert activity.per_image(Action.ACCUMULATOR_WRITE).tolist() == [6 * 2 * timesteps] * 2


def test_synops_dense_rounds_half_to_even_once_per_image() -> None:
    # A kernel of one tap with stride 2 over two pixels: a spike is worth half an operation.
    first = Layer("first", "conv", (1, 1, 2), (1, 1, 2), (1, 1))
    second = Layer("second", "conv", (1, 1, 2), (1, 1, 1), (1, 1), stride=2, spiking=False)
    net = toys.network(first, second, timesteps=2)
    fired = np.array([[[1, 0], [0, 0]], [[1, 1], [1, 0]], [[1, 1], [1, 1]]], np.bool_)
    trace = toys.trace(net, [fired.reshape(3, 2, 1, 2, 1)])
    assert dense_synops(trace).tolist() == [0, 2, 2]


def test_activities_sum_by_layer() -> None:
    chip, net, mapping = four_cores()
    fired = [spikes_at((4, 4, 1), (1, 1, 0)), spikes_at((4, 4, 2))]
    activity = count(toys.trace(net, fired), mapping, chip, "single")
    layers = activity.by_layer(mapping)
    assert layers[Action.SYNAPSE_OP].tolist() == [[[0, 18, 0, 0], [0, 0, 0, 0]]]
    assert layers[Action.INPUT_WRITE].tolist() == [[[0, 0, 0, 16], [0, 0, 0, 0]]]
    assert layers[Action.BARRIER_SYNC].tolist() == [[[0, 0, 0, 0], [0, 0, 0, 3]]]


def test_a_difference_names_its_first_place() -> None:
    chip, net, mapping = four_cores()
    trace = toys.trace(net, [spikes_at((4, 4, 1)), spikes_at((4, 4, 2))])
    one, other = (count(trace, mapping, chip, "single") for _ in range(2))
    other.counts[Action.ROUTER_EJECT][0, 1, 4] += 1
    del other.counts[Action.POOL_OP]
    assert one.differences(other) == [
        "pool.op: counted on one side only",
        "router.eject: 0 and 1; first at image 0, timestep 1, slice 4",
    ]


def test_what_cannot_be_counted_is_refused() -> None:
    chip, net, mapping = four_cores()
    trace = toys.trace(net, [spikes_at((4, 4, 1)), spikes_at((4, 4, 2))])
    with pytest.raises(InvalidInput, match="of source lies in 0 slices"):
        count(trace, toys.mapping(chip, (0, 1, *toys.whole(net.layers[1]))), chip, "single")
    with pytest.raises(ValueError, match="only the steps of `single`"):
        count(trace, mapping, chip, "stream", steps=range(1))
    with pytest.raises(ValueError, match="not all among the 3"):
        count(trace, mapping, chip, "single", steps=range(4))


@pytest.mark.parametrize(
    ("first_layer", "packets", "pools", "macs", "synops"),
    [("on_core_graded", 2, 3, 2, 0), ("current_injected", 3, 0, 0, 3)],
)
def test_a_count_is_multiplied_where_spikes_are_added_one_by_one(
    first_layer: str, packets: int, pools: int, macs: int, synops: int
) -> None:
    chip = toys.arch(first_layer=first_layer)
    pooled = toys.conv("pooled", (1, 4, 4), 1, pool=2, pool_kind="average")
    out = Layer("out", "linear", (1, 2, 2), (1, 1, 1), (2, 2), spiking=False)
    net = toys.network(pooled, out)
    mapping = toys.mapping(chip, *((n, n, *toys.whole(x)) for n, x in enumerate(net.layers)))
    trace = toys.trace(
        net, [spikes_at((4, 4, 1), (0, 0, 0), (1, 1, 0), (3, 2, 0))], np.zeros((1, 1, 16), np.int8)
    )
    counts = count(trace, mapping, chip, "single").counts
    # Of two windows that fire one has the count 2. Cores that take counts get two packets, each
    # of them multiplied; the others get three spikes, each of them added.
    assert counts[Action.NEURON_FIRE][0, 0].tolist() == [3, 0, 0]
    assert counts[Action.POOL_OP][0, 0].tolist() == [pools, 0, 0]
    assert counts[Action.AXON_OUT_SEND][0, 0].tolist() == [packets, 0, 0]
    assert counts[Action.SYNAPSE_MAC][0, 0, 1:].tolist() == [macs, 0]
    assert counts[Action.SYNAPSE_OP][0, 0].tolist() == [0, synops, 0]


def test_a_cached_first_layer_needs_an_input_that_stays() -> None:
    chip = toys.arch(cached=True)
    net = toys.network(toys.linear("out", 2, 1, spiking=False), timesteps=2)
    mapping = toys.mapping(chip, (0, 0, *toys.whole(net.layers[0])))
    constant, changing = (np.array([[[1, 0], [1, last]]], np.int8) for last in (0, 5))
    activity = count(toys.trace(net, [], constant), mapping, chip, "single")
    assert activity.counts[Action.SYNAPSE_MAC][0, :, 0].tolist() == [2, 0, 0]
    assert activity.counts[Action.ACCUMULATOR_READ][0, :, 0].tolist() == [0, 1, 0]
    with pytest.raises(InvalidInput, match="same input in every timestep"):
        count(toys.trace(net, [], changing), mapping, chip, "single")
