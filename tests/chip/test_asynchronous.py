"""Slices at their own pace: both transports, three counts, and times by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hwsim.actions import Action
from hwsim.activity import Experiment, count
from hwsim.arch.load import load_arch
from hwsim.chip.asynchronous import AsynchronousCourse
from hwsim.chip.chip import Chip
from hwsim.chip.schedule import go_on, replay
from hwsim.chip.timing import Timing
from hwsim.chip.tokens import Tokens
from hwsim.chip.transports import TRANSPORTS
from hwsim.chip.work import Work
from hwsim.errors import InvalidInput
from hwsim.saved import Saved
from tests import toys
from tests.oracle.bruteforce import brute_force
from tests.oracle.cases import Case, as_counter, cases

FREE: dict[str, Any] = {"semantics": "asynchronous"}
EXPERIMENTS: tuple[Experiment, ...] = ("single", "stream")
PACKET, BURST = TRANSPORTS["packet"], TRANSPORTS["burst"]


def same(one: Timing, two: Timing) -> None:
    for name in ("latency_ps", "interval_ps", "scan_ps", "absorb_ps"):
        assert getattr(one, name).tolist() == getattr(two, name).tolist(), name
    for kind in set(one.loads) & set(two.loads):
        for name in ("busy_ps", "served", "max_queue"):
            mine, theirs = (getattr(timing.loads[kind], name) for timing in (one, two))
            assert mine.tolist() == theirs.tolist(), (kind, name)


@settings(max_examples=40, deadline=None)
@given(case=cases(timestep=FREE))
def test_three_counts_agree(case: Case) -> None:
    for experiment in EXPERIMENTS:
        counted = count(case.trace, case.mapping, case.arch, experiment)
        assert as_counter(counted) == brute_force(case.plain(), experiment)
        for transport in TRANSPORTS.values():
            replayed = replay(case.trace, case.mapping, case.arch, experiment, transport)
            assert replayed.activity.differences(counted) == []


@settings(max_examples=40, deadline=None)
@given(case=cases(timestep=FREE))
def test_unbounded_is_the_same_picosecond(case: Case) -> None:
    for experiment in EXPERIMENTS:
        slow = replay(case.trace, case.mapping, case.arch, experiment, PACKET).timing
        fast = replay(case.trace, case.mapping, case.arch, experiment, BURST).timing
        assert fast.exact
        same(slow, fast)


@settings(max_examples=60, deadline=None)
@given(
    data=st.data(),
    fifo=st.integers(1, 6),
    queue=st.one_of(st.integers(1, 6), st.just("unbounded")),
    room=st.one_of(st.integers(0, 3), st.just(None)),
)
def test_exact_is_the_same_picosecond_with_finite_depths(
    data: st.DataObject, fifo: int, queue: int | str, room: int | None
) -> None:
    case = data.draw(cases(timestep=FREE, fifo_depth=fifo, axon_in=queue))
    if room is not None:
        depth = len(case.mapping.slices) + room
        bounded = case.arch.axon_out.model_copy(update={"depth": depth})
        case = Case(
            case.network,
            case.mapping,
            case.arch.model_copy(update={"axon_out": bounded}),
            case.trace,
        )
    slow = replay(case.trace, case.mapping, case.arch, "stream", PACKET)
    fast = replay(case.trace, case.mapping, case.arch, "stream", BURST)
    assert slow.timing.exact
    assert slow.activity.differences(fast.activity) == []
    if fast.timing.exact:
        same(slow.timing, fast.timing)


@settings(max_examples=40, deadline=None)
@given(case=cases(timestep=FREE))
def test_tokens_are_conserved(case: Case) -> None:
    """Every pair of slices that can talk has one token a timestep, looked up where it goes."""
    chip = Chip(case.arch, case.mapping, case.network)
    wiring = Tokens(Work(case.trace, chip)).wiring
    pairs = sum(map(len, wiring.targets))
    hosted = len(wiring.targets[-1]) if case.arch.first_layer_cached else 0
    steps = case.network.timesteps
    expected = case.trace.images * (steps * pairs - (steps - 1) * hosted)
    free = replay(case.trace, case.mapping, case.arch, "stream", BURST).activity
    stepped = case.arch.model_copy(
        update={"timestep": toys.arch(timestep={"semantics": "layer_sequential"}).timestep}
    )
    plain = count(case.trace, case.mapping, stepped, "stream")
    extra = {
        action: int(free.counts[action].sum() - plain.counts[action].sum())
        for action in (Action.AXON_IN_LOOKUP, Action.SYNAPSE_OP, Action.SYNAPSE_WEIGHT_READ)
    }
    assert list(extra.values()) == [expected, 0, 0]


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_never_later_than_the_barrier_where_packets_do_not_share_a_mesh(
    data: st.DataObject,
) -> None:
    """One image, T = 1, a mesh without time: starting earlier cannot delay. Each layer may add
    the tokens that its busiest slice serves."""
    times = {name: data.draw(st.integers(1, 9)) for name in ("neuron.update_active", "synapse.op")}
    times |= {"neuron.update_inactive": 1, "synapse.mac": 2}
    case = data.draw(cases(timestep=FREE, times_ns=times, service_ns=None, accounting="exclusive"))
    assume(case.network.timesteps == 1)
    barrier = case.arch.model_copy(update={"timestep": toys.arch().timestep})
    slow = replay(case.trace, case.mapping, barrier, "single", BURST).timing
    free = replay(case.trace, case.mapping, case.arch, "single", BURST).timing
    wiring = Tokens(Work(case.trace, Chip(case.arch, case.mapping, case.network))).wiring
    tokens = max(map(len, wiring.sources)) * (len(case.network.layers) + 1)
    without = np.maximum(slow.scan_ps, slow.absorb_ps).sum(axis=1)
    assert (free.latency_ps <= without + tokens).all()


def chain(fast_ns: int, slow_ns: int, images: int, timesteps: int = 1) -> tuple[Any, ...]:
    """Two slices of one neuron each; the second is scanned a second time as long."""
    net = toys.network(
        toys.linear("a", 1, fast_ns),
        toys.linear("b", fast_ns, slow_ns, spiking=False),
        timesteps=timesteps,
    )
    chip = toys.arch({"neuron.update_active": 1, "neuron.update_inactive": 1}, timestep=FREE)
    parts = [(core, core, *toys.whole(layer)) for core, layer in enumerate(net.layers)]
    placed = toys.mapping(chip, *parts)
    return toys.trace(net, [np.ones((images, timesteps, 1, 1, fast_ns))]), placed, chip


@pytest.mark.parametrize("transport", TRANSPORTS.values())
def test_one_image_is_two_scans_and_a_token(transport: Any) -> None:
    """Spikes arrive without time; the token behind them takes 1 ps."""
    timing = replay(*chain(3, 10, 1), "single", transport).timing
    assert timing.latency_ps.tolist() == [3_000 + 1 + 10_000]


@pytest.mark.parametrize("transport", TRANSPORTS.values())
@pytest.mark.parametrize("timesteps", [1, 3])
def test_the_slower_slice_sets_the_pace_and_two_banks_the_latency(
    transport: Any, timesteps: int
) -> None:
    """Layer b scans without a gap. Layer a starts a timestep when b is done with the one two
    before, so two scans of b lie between."""
    timing = replay(*chain(3, 10, 4, timesteps), "stream", transport).timing
    assert timing.interval_ps.tolist() == [10_000 * timesteps] * 4
    assert timing.latency_ps.tolist() == [10_000 * (timesteps + 1)] * 4


@pytest.mark.parametrize("experiment", EXPERIMENTS)
@settings(max_examples=25, deadline=None)
@given(case=cases(timestep=FREE), stop=st.integers(0, 6))
def test_a_course_goes_on_where_it_was(experiment: Experiment, case: Case, stop: int) -> None:
    def course(saved: Saved | None = None) -> AsynchronousCourse:
        return AsynchronousCourse(case.trace, case.mapping, case.arch, experiment, saved)

    whole = go_on(course(), BURST, lambda image, activity: None)
    first, images = course(), []
    for _ in range(min(stop, first.steps)):
        images += [image for image, _ in first.advance(BURST)]
    second = course(Saved(first.arrays()))
    assert (second.step, second.closed) == (first.step, first.closed)
    same(whole, go_on(second, BURST, lambda image, activity: images.append(image)))
    assert images == list(range(case.trace.images))


def test_a_barrier_has_no_place_in_it() -> None:
    with pytest.raises(InvalidInput, match=r"timestep.barrier_ns: is not read by asynchronous"):
        load_arch("loihi_like", overrides=["timestep.semantics=asynchronous"])
    free = ["timestep.semantics=asynchronous", "timestep.barrier_ns=null"]
    assert load_arch("loihi_like", overrides=free).arch.timestep.barrier_ns is None
