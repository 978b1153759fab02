from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from hwsim.report.summary import summary
from tests.report.runs import labelled, run

TOP = {
    "schema_version", "hwsim_version", "images", "correct", "timesteps", "transport", "exact",
    "schedule", "checkpoint", "arch", "single", "stream", "mapping",
}  # fmt: skip
COUNTS = {
    "spikes", "packets", "packet_hops", "synops", "synops_dense", "macs", "neuron_updates",
}  # fmt: skip
ENERGY = {
    "total", "sd", "dynamic", "leakage", "by_component", "by_layer", "unpublished",
}  # fmt: skip


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    return summary(run())


def test_stable_keys(written: dict[str, Any]) -> None:
    assert written.keys() >= TOP
    assert written["checkpoint"].keys() == {
        "file", "sha256", "network", "dataset", "test_accuracy_percent", "weight_bits",
    }  # fmt: skip
    assert written["arch"].keys() == {"name", "variant", "sha256"}
    assert written["mapping"].keys() >= {"cores_used", "chips", "utilisation"}
    assert written["mapping"]["utilisation"].keys() == {"neurons", "synapse_memory"}
    for name in ("single", "stream"):
        experiment = written[name]
        assert experiment["latency_ns"].keys() == {"mean", "sd", "min", "max"}
        assert experiment["counts"].keys() == COUNTS
        assert experiment["energy_pj"].keys() >= ENERGY
        assert list(experiment["memory_accesses"]) == [action.value for action in run().memories]
        assert {"power_mw", "edp_pj_s"} <= experiment.keys()
    assert written["stream"]["initiation_interval_ns"].keys() >= {"mean", "sd"}
    assert "throughput_images_per_s" in written["stream"]


def test_it_is_json_without_nan(written: dict[str, Any]) -> None:
    assert json.loads(json.dumps(written, allow_nan=False)) == written


def test_breakdowns_sum_to_the_total(written: dict[str, Any]) -> None:
    for name in ("single", "stream"):
        energy = written[name]["energy_pj"]
        for breakdown in ("by_component", "by_layer"):
            assert sum(energy[breakdown].values()) == pytest.approx(energy["total"], rel=1e-8)
        assert energy["dynamic"] + energy["leakage"] == pytest.approx(energy["total"], rel=1e-8)
        assert "chip" in energy["by_layer"]
        assert set(energy["unpublished"]) <= {"barrier.sync", "chip_link.send"}
        assert "barrier.sync" in energy["unpublished"]


def test_numbers_are_those_of_the_run(written: dict[str, Any]) -> None:
    outcome, timing = run().single, run().single.timing
    mean_ps = Fraction(int(timing.latency_ps.sum()), run().images)
    assert written["single"]["latency_ns"]["mean"] == pytest.approx(float(mean_ps / 1000), rel=1e-8)
    mean_pj = outcome.energy.total.sum / run().images
    assert written["single"]["energy_pj"]["total"] == pytest.approx(float(mean_pj), rel=1e-8)
    power = float(mean_pj / (mean_ps / 1000))
    assert written["single"]["power_mw"] == pytest.approx(power, rel=1e-8)
    edp = float(mean_pj * mean_ps) * 1e-12
    assert written["single"]["edp_pj_s"] == pytest.approx(edp, rel=1e-8)


def test_stream_power_and_throughput_use_the_interval(written: dict[str, Any]) -> None:
    stream = written["stream"]
    interval = stream["initiation_interval_ns"]["mean"]
    assert stream["power_mw"] == pytest.approx(stream["energy_pj"]["total"] / interval)
    assert stream["throughput_images_per_s"] == pytest.approx(1e9 / interval)
    assert stream["latency_ns"]["mean"] > interval


def test_bits_are_words_times_their_width(written: dict[str, Any]) -> None:
    for name, accessed in written["single"]["memory_accesses"].items():
        width = getattr(run().arch.arch, name.split(".")[0]).word_bits
        assert accessed["bits"] == pytest.approx(accessed["count"] * width)


def test_unknown_is_null() -> None:
    written = summary(run(images=1))
    assert written["correct"] is None
    assert written["checkpoint"]["test_accuracy_percent"] is None
    assert written["single"]["latency_ns"]["sd"] is None
    assert written["stream"]["energy_pj"]["sd"] is None


def test_correct_counts_labels_that_were_predicted() -> None:
    assert summary(labelled(run(), [1, 2, 3], [1, 0, 3]))["correct"] == 2


def test_state_across_timesteps_is_needed_only_with_several() -> None:
    one = summary(run(timesteps=1))["memory_capacity"]
    two = summary(run())["memory_capacity"]
    assert one["membrane"]["needed_bits"] == 0
    assert two["membrane"]["needed_bits"] == (8 * 16 + 8 * 4 + 4) * 24
    assert one["accumulator"] == two["accumulator"]


def test_bottleneck_names_a_core_and_a_link(written: dict[str, Any]) -> None:
    for name in ("single", "stream"):
        limit = written[name]["bottleneck"]
        assert 0 < limit["core"]["share"] <= 1
        assert limit["core"]["layer"] in written[name]["energy_pj"]["by_layer"]
        assert limit["link"]["direction"] in ("east", "west", "north", "south")


def test_assumptions_name_the_real_chips(written: dict[str, Any]) -> None:
    assert written["mapping"]["chips"] == 2
    assert any("2 real chips" in note and "unpublished" in note for note in written["assumptions"])
