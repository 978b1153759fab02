"""A timeline shows what the replay measured: every service, every queue, nothing twice."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from hwsim.activity import Experiment
from hwsim.arch.digital import DigitalArch
from hwsim.arch.load import load_arch
from hwsim.chip import packet, timeline
from hwsim.chip.kinds import kind_of
from hwsim.chip.schedule import replay
from hwsim.chip.timeline import Timeline, Track, Window, record
from hwsim.chip.timing import CORE_SERVERS, ServerLoad
from hwsim.errors import UsageError
from hwsim.mapping.digital import map_network
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Layer, Network
from hwsim.trace.store import SpikeTrace
from hwsim.trace.synthetic import synthetic_trace
from tests import toys

TIMES = {
    "neuron.update_inactive": 5,
    "neuron.update_active": 8,
    "axon_out.send": 3,
    "router.inject": 2,
    "router.hop_x": 4,
    "router.hop_y": 6,
    "router.eject": 7,
    "chip_link.send": 9,
    "axon_in.lookup": 2,
    "synapse.op": 3,
}
CHIPS: dict[str, dict[str, Any]] = {
    "plain": {},
    "finite": {"fifo_depth": 1, "axon_in": 1, "axon_out": 4},
    "tree": {"multicast": "tree"},
    "host": {"first_layer": "on_core_graded", "chip_tiles": (1, 3)},
}


def network() -> Network:
    first = toys.conv("a", (1, 4, 4), 4, pool=2)
    return toys.network(
        first,
        Layer("out", "linear", first.pooled_shape, (8, 1, 1), (2, 2), spiking=False),
        timesteps=2,
    )


def case(**options: Any) -> tuple[SpikeTrace, Mapping, DigitalArch]:
    chip = toys.arch(
        TIMES, tiles=(2, 3), cores_per_tile=2, neurons_max=8, service_ns=1.5, **options
    )
    spikes = synthetic_trace(network(), 0.6, 2, 3)
    return spikes, map_network(spikes.network, chip), chip


def whole(experiment: Experiment, **options: Any) -> tuple[Timeline, dict[str, ServerLoad]]:
    """The timeline of every step, and what a replay says."""
    spikes, placed, chip = case(**options)
    replayed = replay(spikes, placed, chip, experiment, packet.transport)
    steps = replayed.timing.scan_ps.size
    return record(spikes, placed, chip, Window(experiment, 0, steps)), replayed.timing.loads


def by_server(found: Timeline) -> dict[tuple[str, int], Track]:
    return {(track.kind, track.place): track for track in found.tracks}


@pytest.mark.parametrize("name", CHIPS)
@pytest.mark.parametrize("experiment", ["single", "stream"])
def test_services_and_queues_are_those_of_the_replay(experiment: Experiment, name: str) -> None:
    found, loads = whole(experiment, **CHIPS[name])
    tracks, busy = by_server(found), 0
    for kind, load in loads.items():
        for place, (busy_ps, served, max_queue) in enumerate(
            zip(load.busy_ps, load.served, load.max_queue, strict=True)
        ):
            track = tracks.get((kind, place), Track(kind, place))
            assert sum(s.duration_ps for s in track.services) == busy_ps, (kind, place)
            busy += bool(busy_ps)
            if kind != "neurons":
                assert len(track.services) == served
                assert max((n for _, n in track.waiting), default=0) == max_queue
    assert busy > 20
    assert {kind for kind, place in tracks if place >= 0} <= set(loads)


@pytest.mark.parametrize("name", CHIPS)
def test_a_server_does_one_thing_at_a_time_and_its_queue_empties(name: str) -> None:
    found, _ = whole("stream", **CHIPS[name])
    for track in found.tracks:
        for before, after in pairwise(track.services):
            assert before.end_ps <= after.start_ps, track
        times = [time for time, _ in track.waiting]
        assert times == sorted(times)
        assert all(waiting >= 0 for _, waiting in track.waiting)
        if track.waiting:
            assert track.waiting[-1][1] == 0


def test_steps_follow_each_other_and_take_what_the_replay_says() -> None:
    spikes, placed, chip = case()
    timing = replay(spikes, placed, chip, "single", packet.transport).timing
    steps = record(spikes, placed, chip, Window("single", 0, timing.scan_ps.size)).steps
    assert [step.duration_ps for step in steps] == timing.step_ps.ravel().tolist()
    assert all(a.start_ps + a.duration_ps == b.start_ps for a, b in pairwise(steps))
    assert [step.tasks.layers for step in steps[:3]] == [
        ((0, 0), None),
        ((0, 1), (0, 0)),
        (None, (0, 1)),
    ]


@pytest.mark.parametrize("experiment", ["single", "stream"])
def test_a_window_is_a_cut_of_the_whole(experiment: Experiment) -> None:
    spikes, placed, chip = case()
    all_steps, _ = whole(experiment)
    cut = record(spikes, placed, chip, Window(experiment, 1, 3))
    origin, end = all_steps.steps[1].start_ps, all_steps.steps[3].start_ps
    for key, track in by_server(all_steps).items():
        expected = [
            (s.start_ps - origin, s.duration_ps, s.label, s.packet)
            for s in track.services
            if origin <= s.start_ps < end
        ]
        shown = by_server(cut).get(key, Track(*key)).services
        assert [(s.start_ps, s.duration_ps, s.label, s.packet) for s in shown] == expected


def test_some_cores_and_their_tiles() -> None:
    spikes, placed, chip = case()
    core = int(placed.cores[-1])
    shown = record(spikes, placed, chip, Window("single", 0, 2, frozenset({core})))
    everything = by_server(record(spikes, placed, chip, Window("single", 0, 2)))
    assert shown.tracks
    for track in shown.tracks:
        assert track == everything[track.kind, track.place]
        if track.kind in CORE_SERVERS:
            assert placed.cores[track.place] == core
        else:
            assert track.place == placed.tiles[-1]


def test_one_spike_by_hand() -> None:
    net = toys.network(toys.linear("a", 1, 1), toys.linear("out", 1, 1, spiking=False))
    chip = toys.arch(TIMES, service_ns=0.5)
    placed = toys.mapping(
        chip, (0, 0, *toys.whole(net.layers[0])), (1, 1, *toys.whole(net.layers[1]))
    )
    spikes = toys.trace(net, [np.ones((1, 1, 1, 1, 1))])
    found = by_server(record(spikes, placed, chip, Window()))
    shown = {
        key: [(s.start_ps, s.duration_ps, s.label) for s in track.services]
        for key, track in found.items()
    }
    # The hop's wire takes 4 - 0.5 ns behind its service of 0.5 ns.
    assert shown == {
        ("neurons", 0): [(0, 8_000, "scan")],
        ("neurons", 1): [(0, 5_000, "scan")],
        ("axon_out", 0): [(8_000, 3_000, "0 > 1")],
        ("inject", 0): [(11_000, 2_000, "0 > 1")],
        ("east", 0): [(13_000, 500, "0 > 1")],
        ("eject", 1): [(17_000, 7_000, "0 > 1")],
        ("synapses", 1): [(24_000, 5_000, "0 > 1")],
    }
    assert found["eject", 1].waiting == [(17_000, 1), (17_000, 0)]


def test_too_many_events_stop_it(monkeypatch: pytest.MonkeyPatch) -> None:
    spikes, placed, chip = case()
    monkeypatch.setattr(timeline, "EVENTS_MAX", 100)
    with pytest.raises(UsageError, match=r"more than 100 events in step 0, after 0 whole steps; "):
        record(spikes, placed, chip, Window("stream", 0, 2))


@pytest.mark.parametrize("window", [Window("single", 2, 2), Window("single", 0, 7)])
def test_steps_that_are_not_there(window: Window) -> None:
    with pytest.raises(UsageError, match=r"of single, which has steps 0:6 here"):
        record(*case(), window)


def test_cores_that_hold_nothing() -> None:
    with pytest.raises(UsageError, match="core 99 holds no neurons"):
        record(*case(), Window(cores=frozenset({0, 99})))


def test_cores_that_work_in_passes_send_no_packets() -> None:
    spikes, _, _ = case()
    chip = load_arch("sram_cim_digital").arch
    placed = kind_of(chip).place(spikes.network, chip)
    with pytest.raises(UsageError, match="sram_cim_digital works layer by layer and sends no pack"):
        record(spikes, placed, chip, Window())
