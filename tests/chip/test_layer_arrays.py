"""Arrays that run one layer at a time: the walk, the count and the enumeration agree."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hwsim.activity import Activity
from hwsim.arch.layer_array import LayerArrayArch, SizedMemory
from hwsim.chip.layer_array.kind import LayerArrayKind
from hwsim.chip.sram_cim import SramCim
from hwsim.chip.systolic import Systolic
from hwsim.errors import InvalidInput
from hwsim.network.graph import Network
from hwsim.trace.store import SpikeTrace
from tests import layer_arrays, toys
from tests.oracle.arrays import ArrayOracle, MacroOracle, PeOracle, PlainArray
from tests.oracle.bruteforce import Key
from tests.oracle.cases import _nonzero, as_counter, networks, plain_layers, traces

KINDS: dict[str, tuple[LayerArrayKind[Any], Any, Any, type[ArrayOracle]]] = {
    "sram_cim": (
        SramCim(), layer_arrays.sram_cim, layer_arrays.sram_cim_options(), MacroOracle,
    ),
    "systolic": (Systolic(), layer_arrays.systolic, layer_arrays.systolic_options(), PeOracle),
}  # fmt: skip


def plain(trace: SpikeTrace, options: dict[str, Any]) -> PlainArray:
    """A trace for the oracle, in tuples, sets and integers."""
    network = trace.network
    images, times = range(trace.images), range(network.timesteps)
    layers = plain_layers(network)
    fired = [
        [[_nonzero(trace.fired(n, t, number)) for t in times] for n in images]
        for number, layer in enumerate(layers)
        if layer.spiking
    ]
    pixels = [
        [
            {(y, x, c): int(values[y, x, c]) for y, x, c in _nonzero(values)}
            for values in (trace.input_levels(n, t) for t in times)
        ]
        for n in images
    ]
    return PlainArray(options, network.timesteps, network.weight_bits, layers, fired, pixels)


def walked(
    kind: LayerArrayKind[Any], arch: LayerArrayArch, trace: SpikeTrace
) -> tuple[Counter[Key], dict[tuple[int, int, int], int]]:
    """The counts of every pass of the replay, and its cycles (at 1 GHz)."""
    counts: Counter[Key] = Counter()
    cycles = {}
    work, layers = kind.work(trace, arch), len(trace.network.layers)
    for image, t, layer in np.ndindex(trace.images, trace.network.timesteps, layers):
        done = work.layer_pass(image, t, layer)
        assert (done.units_ps > 0).all()
        cycles[image, t, layer] = int(done.units_ps.sum()) // 1000
        for action, (amount,) in done.counts.items():
            counts[str(action), image, t, layer] += int(amount)
        for action, amount in done.chip.items():
            counts[str(action), image, t, layers] += amount
    return +counts, cycles


@pytest.mark.parametrize("name", list(KINDS))
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data(), network=networks(graded=True))
def test_walk_count_and_enumeration_agree(name: str, network: Network, data: st.DataObject) -> None:
    kind, build, strategy, oracle = KINDS[name]
    options = data.draw(strategy)
    arch = build(**options)
    trace = data.draw(traces(network, arch))
    fits = kind.fit(network, arch)
    assume(fits.fits)
    mapping = kind.place(network, arch)
    expected = oracle(plain(trace, options))
    expected.walk()
    counted = as_counter(kind.count(trace, mapping, arch, "single"))
    assert counted == expected.counts
    counts, cycles = walked(kind, arch, trace)
    assert counts == expected.counts
    assert cycles == dict(expected.cycles)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), network=networks(graded=True))
def test_buffers_that_hold_little(network: Network, data: st.DataObject) -> None:
    """The same where tiles are streamed and inputs fetched again: buffers of so many bits."""
    kind, build, strategy, oracle = KINDS["systolic"]
    sizes = {name: data.draw(st.integers(1, 600)) for name in ("weight_kib", "spike_kib")}
    options = {**data.draw(strategy), **sizes, "weights": "reload"}
    arch = build(**options)
    trace = data.draw(traces(network, arch))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SizedMemory, "bits", property(lambda memory: memory.kib))
        patch.setattr("tests.oracle.arrays.BITS_PER_KIB", 1)
        expected = oracle(plain(trace, options))
        expected.walk()
        counted = as_counter(kind.count(trace, kind.place(network, arch), arch, "stream"))
        assert counted == expected.counts
        assert walked(kind, arch, trace) == (expected.counts, dict(expected.cycles))


@pytest.mark.parametrize("name", list(KINDS))
@pytest.mark.parametrize("experiment", ["single", "stream"])
@pytest.mark.parametrize("timesteps", [1, 2, 3, 4, 5])
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data(), network=networks(graded=True))
def test_the_replay_of_a_whole_run(
    name: str, experiment: Any, timesteps: int, network: Network, data: st.DataObject
) -> None:
    kind, build, strategy, _ = KINDS[name]
    network = replace(network, timesteps=timesteps)
    arch = build(**{**data.draw(strategy), "barrier_ns": data.draw(st.sampled_from((None, 7)))})
    trace = data.draw(traces(network, arch))
    assume(kind.fit(network, arch).fits)
    mapping = kind.place(network, arch)
    course = kind.course(trace, mapping, arch, experiment)
    images = [activity for _ in range(course.steps) for _, activity in course.advance(no_packets)]
    replayed = Activity.concatenate(images)
    assert replayed.differences(kind.count(trace, mapping, arch, experiment)) == []
    _, cycles = walked(kind, arch, trace)
    waves = 1 if arch.timestep.tick_batch else timesteps
    barriers = waves * len(network.layers) * arch.timestep.barrier_ps(1)
    for image, latency in enumerate(course.timing().latency_ps.tolist()):
        work = sum(amount for key, amount in cycles.items() if key[0] == image)
        assert latency == 1000 * work + barriers


def no_packets(*_: Any) -> Any:
    raise AssertionError("an array sends no packets")


@pytest.mark.parametrize("name", list(KINDS))
def test_a_cached_first_layer_needs_a_constant_image(name: str) -> None:
    kind, build, _, _ = KINDS[name]
    layer = toys.linear("readout", 3, 2, spiking=False)
    network = toys.network(layer, timesteps=2)
    changing = toys.trace(network, [], np.arange(6, dtype=np.int8).reshape(1, 2, 3))
    arch = build(cached=True)
    with pytest.raises(InvalidInput, match="first_layer_cached needs the same input"):
        kind.count(changing, kind.place(network, arch), arch, "single")
