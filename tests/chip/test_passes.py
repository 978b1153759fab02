"""Passes through the schedules, in picoseconds that were computed by hand, and their counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.actions import Action
from hwsim.activity import Experiment
from hwsim.chip import burst, kinds
from hwsim.chip.passes import Pass, PassCourse
from hwsim.chip.schedule import go_on, replay
from hwsim.chip.timing import Timing
from hwsim.chip.wavefront import BUFFERS, Span, pipelined
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Layer, Network
from hwsim.saved import Saved
from hwsim.trace.synthetic import synthetic_trace
from hwsim.trial import Trial
from tests import toys
from tests.chip.toy_kind import Toy, Visits, toy_arch

EXPERIMENTS: tuple[Experiment, ...] = ("single", "stream")
BARRIER = {"barrier_ns": {1: toys.quantity(1)}}


def two_layers(timesteps: int) -> Network:
    return toys.network(
        toys.linear("a", 1, 1), toys.linear("out", 1, 1, spiking=False), timesteps=timesteps
    )


class Given:
    """Passes from a table: units_ps[image][timestep][layer]."""

    def __init__(self, table: list[list[list[list[int]]]]) -> None:
        self.table = table

    def layer_pass(self, image: int, timestep: int, layer: int) -> Pass:
        return Pass(np.array(self.table[image][timestep][layer], np.int64), {})


def timing(table: list[list[list[list[int]]]], experiment: Experiment, **timestep: Any) -> Timing:
    net = two_layers(len(table[0]))
    trace = synthetic_trace(net, 0.5, len(table), 0)
    arch = toy_arch(**timestep)
    mapping = Toy().place(net, arch)
    course = PassCourse(Given(table), trace, mapping, arch, experiment)
    return go_on(course, burst.transport, lambda image, activity: None)


ONE = [[[[10, 20], [5, 7]]]]
"""One image, one timestep: layer a takes 30, the readout 12."""
TWO = [[[[10, 20], [5, 7]], [[4], [6, 6]]]]
"""Two timesteps; the second: 4, then 12."""


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_layers_one_after_another(experiment: Experiment) -> None:
    found = timing(TWO, experiment)
    assert found.scan_ps.tolist() == [[30, 12, 4, 12]]
    assert found.latency_ps.tolist() == found.interval_ps.tolist() == [58]
    behind = timing(TWO, experiment, **BARRIER)
    assert (behind.barrier_ps, behind.latency_ps.tolist()) == (1000, [58 + 4 * 1000])
    # All timesteps of a layer together: two passes, two barriers.
    batched = timing(TWO, experiment, **BARRIER, tick_batch=True)
    assert batched.scan_ps.tolist() == [[34, 24]]
    assert batched.latency_ps.tolist() == [58 + 2 * 1000]


@pytest.mark.parametrize(
    ("fraction", "latency"),
    [
        (1, 42),  # the readout starts at 30
        (0.5, 37),  # it starts at 10, 5 done at 15; its last unit waits until 30
        (0.4, 37),  # no whole unit is 40 %: it starts at 0, and waits likewise
    ],
)
def test_a_layer_starts_when_the_one_before_has_done_enough(fraction: float, latency: int) -> None:
    schedule = {"semantics": "layer_pipelined", "overlap_fraction": fraction}
    assert timing(ONE, "single", **schedule).latency_ps.tolist() == [latency]


def test_timesteps_of_an_image_overlap_only_where_they_may() -> None:
    schedule = {"semantics": "layer_pipelined", "overlap_fraction": 1}
    assert timing(TWO, "single", **schedule).latency_ps.tolist() == [42 + 16]
    # Layer a does t = 1 from 30 to 34, the readout from 42 to 54.
    overlapped = timing(TWO, "single", **schedule, overlap_timesteps=True)
    assert overlapped.latency_ps.tolist() == [54]
    # As one pass of three and one of four units: 34, then 24.
    batched = timing(TWO, "single", **schedule, tick_batch=True)
    assert batched.latency_ps.tolist() == [58]


def test_a_stream_is_measured_behind_a_cycle_that_fills_the_pipeline() -> None:
    images = [[[[10], [40]]], [[[30], [20]]]]
    found = timing(images, "stream", semantics="layer_pipelined", overlap_fraction=1)
    # Entries 0 10 50 70, ends 50 70 110 130: the readout is never idle from 10 on. Layer a
    # may start the third pass when the readout has done the first.
    assert found.interval_ps.tolist() == [110 - 70, 130 - 110]
    assert found.latency_ps.tolist() == [110 - 50, 130 - 70]
    assert found.loads["array"].busy_ps.tolist() == [40, 60]
    assert found.loads["array"].served.tolist() == [2, 2]


def test_a_layer_without_work_passes_on() -> None:
    found = timing([[[[], [7]]]], "single", semantics="layer_pipelined", overlap_fraction=0.5)
    assert found.latency_ps.tolist() == [7]


SPANS = st.lists(st.integers(0, 20), max_size=4)


def span(units: list[int], share: float) -> Span:
    return Span(sum(units), sum(units[: int(share * len(units))]), units[-1] if units else 0)


@settings(deadline=None)
@given(st.data())
def test_the_processes_are_the_recurrence(data: st.DataObject) -> None:
    layers, waves = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
    images, share = data.draw(st.integers(1, 3)), data.draw(st.sampled_from([0.25, 0.5, 1.0]))
    overlap = data.draw(st.booleans())
    work = [
        [[span(data.draw(SPANS), share) for _ in range(layers)] for _ in range(waves)]
        for _ in range(images)
    ]
    flat = [wave for image in work for wave in image]
    fed, end, begun = np.zeros((3, len(flat), layers), np.int64)
    for k, wave in enumerate(flat):
        for layer, (total, lead, last) in enumerate(wave):
            start = end[k - 1, layer] if k else 0
            if layer:
                start = max(start, fed[k, layer - 1])
            elif k % waves and not overlap:
                start = max(start, end[k - 1, -1])
            if layer + 1 < layers and k >= BUFFERS:
                start = max(start, end[k - BUFFERS, layer + 1])
            done = start + total
            if layer:
                done = max(done, end[k, layer - 1] + last)
            begun[k, layer], end[k, layer] = start, done
            fed[k, layer] = start + lead if lead <= total - last else done
    entered, left = pipelined(work, overlap)
    assert entered == [int(begun[n * waves, 0]) for n in range(images)]
    assert left == [int(end[(n + 1) * waves - 1, -1]) for n in range(images)]


TIMESTEPS: list[dict[str, Any]] = [
    {},
    {**BARRIER, "tick_batch": True},
    {"semantics": "layer_pipelined", "overlap_fraction": 0.5, "overlap_timesteps": True},
]


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds.KINDS, "toy", Toy())


def toy_case(images: int, **timestep: Any) -> tuple[Any, Mapping, Any]:
    first = toys.conv("conv", (1, 4, 4), 3)
    readout = Layer("fc", "linear", (3, 4, 4), (2, 1, 1), (4, 4), spiking=False)
    net = toys.network(first, readout, timesteps=2)
    arch = toy_arch(**timestep)
    return synthetic_trace(net, 0.3, images, 5), Toy().place(net, arch), arch


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("timestep", TIMESTEPS)
@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_replay_and_count_agree(timestep: dict[str, Any], experiment: Experiment) -> None:
    trace, mapping, arch = toy_case(3, **timestep)
    replayed = replay(trace, mapping, arch, experiment, burst.transport)
    counted = Toy().count(trace, mapping, arch, experiment)
    assert replayed.activity.differences(counted) == []
    assert replayed.activity.counts[Action.NEURON_FIRE].sum() > 0
    barriers = {True: 2, None: 0}[arch.timestep.tick_batch]
    assert replayed.activity.per_image(Action.BARRIER_SYNC).tolist() == [barriers] * 3


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_a_trial_goes_on_where_it_was(experiment: Experiment) -> None:
    trace, mapping, arch = toy_case(4, **TIMESTEPS[2])
    whole, tally = Trial(trace, mapping, arch, experiment).run(burst.transport, lambda d, n: None)

    class Stop(Exception):
        pass

    def stop(done: int, steps: int) -> None:
        if done == 2:
            raise Stop

    cut = Trial(trace, mapping, arch, experiment)
    with pytest.raises(Stop):
        cut.run(burst.transport, stop)
    again = Trial(trace, mapping, arch, experiment, Saved(cut.arrays()))
    assert again.step == 2
    timing, counts = again.run(burst.transport, lambda done, steps: None)
    assert timing.latency_ps.tolist() == whole.latency_ps.tolist()
    assert timing.interval_ps.tolist() == whole.interval_ps.tolist()
    for action in arch.ACTIONS:
        assert counts.places[action].tolist() == tally.places[action].tolist()


def test_passes_of_another_experiment_are_refused() -> None:
    trace, mapping, arch = toy_case(1)
    other = {"passes": np.zeros((2, 2, 2, 4), np.int64)}
    with pytest.raises(ValueError, match="2 of 1 images"):
        PassCourse(Visits(trace, 1), trace, mapping, arch, "single", Saved(other))
