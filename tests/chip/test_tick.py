"""Steps of a fixed length, and one layer at a time, on digital cores; computed by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hwsim.activity import Experiment
from hwsim.chip import burst, packet
from hwsim.chip.schedule import replay
from hwsim.chip.timing import Timing
from hwsim.chip.transport import Transport
from hwsim.errors import DoesNotFit
from tests import toys

EXPERIMENTS: tuple[Experiment, ...] = ("single", "stream")
TRANSPORTS = [packet.transport, burst.transport]
TIMES = {"neuron.update_active": 8, "neuron.update_inactive": 5}


def timing(
    timestep: dict[str, Any],
    experiment: Experiment,
    transport: Transport = burst.transport,
    *,
    timesteps: int = 2,
    times_ns: dict[str, Any] | None = None,
    **options: Any,
) -> Timing:
    """Layers of 2, 2 and 1 neurons, one core each, every neuron of the first two fires."""
    net = toys.network(
        toys.linear("a", 1, 2), toys.linear("b", 2, 2), toys.linear("c", 2, 1, spiking=False),
        timesteps=timesteps,
    )  # fmt: skip
    chip = toys.arch(times_ns or TIMES, timestep=timestep, **options)
    parts = [(core, core, *toys.whole(layer)) for core, layer in enumerate(net.layers)]
    placed = toys.mapping(chip, *parts)
    ones = np.ones((2, timesteps, 1, 1, 2))
    trace = toys.trace(net, [ones, ones])
    return replay(trace, placed, chip, experiment, transport).timing


TICK = {"semantics": "pipelined_tick", "tick_us": toys.quantity(0.016)}


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_every_step_is_a_tick(transport: Transport) -> None:
    single = timing(TICK, "single", transport)
    # In the last step the two idle layers take 2 x 5 ns, the readout 8.
    assert single.scan_ps.tolist() == [[16_000, 16_000, 16_000, 10_000]] * 2
    assert single.step_ps.tolist() == [[16_000] * 4 for _ in range(2)]
    assert single.latency_ps.tolist() == single.interval_ps.tolist() == [4 * 16_000] * 2
    stream = timing(TICK, "stream", transport)
    assert stream.latency_ps.tolist() == [4 * 16_000] * 2
    assert stream.interval_ps.tolist() == [2 * 16_000] * 2


def test_an_idle_step_lasts_its_tick() -> None:
    loose = {**TICK, "tick_us": toys.quantity(1)}
    found = timing(loose, "single", scan="layers_in_work")
    assert found.step_ps.tolist() == [[1_000_000] * 4] * 2


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_step_that_does_not_fit_its_tick_says_by_how_much(transport: Transport) -> None:
    short = {**TICK, "tick_us": toys.quantity(0.015)}
    with pytest.raises(DoesNotFit) as error:
        timing(short, "single", transport)
    assert error.value.exit_code == 4
    assert str(error.value) == (
        "timestep.tick_us: step 0 (image 0) takes 16 ns, 1 ns more than its tick of 15 ns; longest "
        "at work: neurons of core 0 (a), 16 ns: needs >= 0.016 for this step"
    )


def test_a_link_that_does_not_fit_its_tick_is_named() -> None:
    with pytest.raises(DoesNotFit, match=r"east of tile \(0, 0\), 40 ns"):
        timing(TICK, "single", times_ns={**TIMES, "router.hop_x": 20})


ONE = {"semantics": "layer_sequential"}


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_one_layer_at_a_time(experiment: Experiment, transport: Transport) -> None:
    found = timing(ONE, experiment, transport, scan="layers_in_work")
    # Two neurons active in the first two layers, the readout's one: 16, 16 and 8 ns, twice.
    assert found.scan_ps.tolist() == [[16_000, 16_000, 8_000] * 2] * 2
    assert found.latency_ps.tolist() == found.interval_ps.tolist() == [80_000] * 2
    barrier = {**ONE, "barrier_ns": {1: toys.quantity(1)}}
    behind = timing(barrier, experiment, transport, scan="layers_in_work")
    assert behind.latency_ps.tolist() == [80_000 + 6 * 1_000] * 2
