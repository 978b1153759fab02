"""The replay counts what the numpy count and the brute-force oracle count, and its steps add up."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from hwsim.actions import Action
from hwsim.activity import Experiment, count
from hwsim.chip import burst, packet
from hwsim.chip.schedule import replay
from hwsim.chip.transport import Transport
from tests import toys
from tests.oracle.bruteforce import brute_force
from tests.oracle.cases import Case, as_counter, cases

EXPERIMENTS: tuple[Experiment, ...] = ("single", "stream")


@pytest.mark.parametrize("transport", [packet.transport, burst.transport])
@settings(max_examples=60, deadline=None)
@given(case=cases())
def test_three_counts_agree(transport: Transport, case: Case) -> None:
    for experiment in EXPERIMENTS:
        result = replay(case.trace, case.mapping, case.arch, experiment, transport)
        counted = count(case.trace, case.mapping, case.arch, experiment)
        assert result.activity.differences(counted) == []
        assert as_counter(result.activity) == brute_force(case.plain(), experiment)


@settings(max_examples=40, deadline=None)
@given(case=cases())
def test_transports_agree_on_whole_replays(case: Case) -> None:
    for experiment in EXPERIMENTS:
        slow = replay(case.trace, case.mapping, case.arch, experiment, packet.transport).timing
        fast = replay(case.trace, case.mapping, case.arch, experiment, burst.transport).timing
        if fast.exact:
            assert slow.scan_ps.tolist() == fast.scan_ps.tolist()
            assert slow.absorb_ps.tolist() == fast.absorb_ps.tolist()
            assert slow.latency_ps.tolist() == fast.latency_ps.tolist()
            assert slow.interval_ps.tolist() == fast.interval_ps.tolist()


@settings(max_examples=40, deadline=None)
@given(case=cases())
def test_packets_are_conserved(case: Case) -> None:
    """What is sent is injected; what is looked up was ejected; latency is the sum of steps."""
    result = replay(case.trace, case.mapping, case.arch, "stream", burst.transport)
    total = {action: int(counts.sum()) for action, counts in result.activity.counts.items()}
    hosted = case.arch.first_layer == "on_core_graded"
    sent = total[Action.AXON_OUT_SEND] + (total[Action.INPUT_WRITE] if hosted else 0)
    assert sent == total[Action.ROUTER_INJECT]
    if case.arch.router.multicast == "none":
        assert total[Action.ROUTER_EJECT] == total[Action.AXON_IN_LOOKUP] == sent
    timing = result.timing
    assert timing.interval_ps.sum() == timing.step_ps.sum()
    assert (timing.latency_ps > 0).all()


def test_a_stream_of_one_image_and_timestep_is_one_full_step() -> None:
    """All layers work in the one step; each image's latency is L steps of it."""
    net = toys.network(
        toys.linear("a", 1, 2), toys.linear("b", 2, 2), toys.linear("c", 2, 1, spiking=False)
    )
    chip = toys.arch({"neuron.update_active": 8, "neuron.update_inactive": 5})
    parts = [(core, core, *toys.whole(layer)) for core, layer in enumerate(net.layers)]
    placed = toys.mapping(chip, *parts)
    ones = np.ones((1, 1, 1, 1, 2))
    result = replay(toys.trace(net, [ones, ones]), placed, chip, "stream", burst.transport)
    assert result.timing.step_ps.tolist() == [[16_000 + 100_000]]
    assert result.timing.latency_ps.tolist() == [3 * 116_000]
    assert result.activity.counts[Action.NEURON_UPDATE_INACTIVE].sum() == 0
