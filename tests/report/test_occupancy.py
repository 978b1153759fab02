from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from hwsim.activity import Experiment
from hwsim.chip import packet
from hwsim.chip.chip import Chip
from hwsim.chip.load import StepLoad
from hwsim.chip.schedule import replay
from hwsim.chip.timing import CORE_SERVERS
from hwsim.chip.transport import StepResult
from hwsim.report.core_energy import core_energy
from hwsim.report.occupancy import occupancy
from hwsim.result import Outcome
from hwsim.trace.synthetic import synthetic_trace
from tests.report.runs import network, run


def outcomes(timesteps: int) -> Iterator[tuple[Experiment, Outcome]]:
    yield "single", run(timesteps).single
    yield "stream", run(timesteps).stream


@pytest.mark.parametrize("timesteps", [1, 2])
def test_the_division_is_what_a_replay_measures_step_by_step(timesteps: int) -> None:
    original = run(timesteps)
    trace = synthetic_trace(network(timesteps), 0.3, original.images, 7)
    for experiment, outcome in outcomes(timesteps):
        results: list[StepResult] = []

        def noted(load: StepLoad, chip: Chip, into: list[StepResult] = results) -> StepResult:
            into.append(packet.transport(load, chip))
            return into[-1]

        replay(trace, original.mapping, original.arch.arch, experiment, noted)
        images, steps = outcome.timing.scan_ps.shape
        assert len(results) == images * steps
        busy = np.zeros((steps, len(CORE_SERVERS), len(original.mapping.slices)), np.int64)
        for number, result in enumerate(results):
            for server, name in enumerate(CORE_SERVERS):
                if name in result.loads:
                    busy[number % steps, server] += result.loads[name].busy_ps
        found = occupancy(original, outcome)
        assert found is not None
        for step in range(steps):
            for layer in range(len(original.network.layers)):
                own = busy[step][:, list(original.mapping.of_layer(layer))]
                longest = Fraction(int(own.max()), 1000 * images)
                cell = found[step][layer]
                assert (Fraction() if cell is None else cell.busy_ns) == longest


def test_shares_are_of_the_step() -> None:
    for _, outcome in outcomes(2):
        found = occupancy(run(), outcome)
        assert found is not None
        cells = [cell for step in found for cell in step if cell is not None]
        assert cells
        assert all(0 < cell.share <= 1 for cell in cells)


def test_the_cores_of_a_layer_sum_to_its_energy() -> None:
    for _, outcome in outcomes(2):
        energies = core_energy(run().network, run().mapping, outcome)
        for number, layer in enumerate(run().network.layers):
            own = sum((energies[i] for i in run().mapping.of_layer(number)), Fraction())
            assert own == outcome.energy.by_layer[layer.name].mean
