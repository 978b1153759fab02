"""The reference point that the preset's numbers were fitted to."""

from __future__ import annotations

import pytest

from benchmarks.validation.truenorth import CHANNELS, KIND, RATE_HZ, chip, measure, rows, scattered
from benchmarks.validation.truenorth import workload as of_the_reference


def test_the_reference_point_is_within_a_quarter() -> None:
    power, event = rows()
    assert (power.published, power.unit, power.tag) == (72, "mW", "calibration")
    assert abs(power.difference) < 0.25
    assert abs(event.difference) < 0.25


def test_the_workload_is_the_published_one() -> None:
    """One chip, every neuron in use; but for the relays of one layer in 128 every spike meets 128
    synapses, and only the readout is silent."""
    network, arch = of_the_reference(), chip()
    fit = KIND.fit(network, arch, scattered(network, arch))
    assert (fit.cores_used, fit.chips, fit.utilisation["neurons"]) == (4096, 1, 1)
    found = measure()
    assert found.events_per_s == pytest.approx(4096 * 256 * RATE_HZ * CHANNELS, rel=0.01)
    assert found.mean_hops == pytest.approx(21.3, rel=0.01)
