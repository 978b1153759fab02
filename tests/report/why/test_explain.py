from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from hwsim.actions import Action
from hwsim.energy import LEAKAGE
from hwsim.errors import InvalidInput, UsageError
from hwsim.report.text import WIDTH
from hwsim.report.why.answer import Answer
from hwsim.report.why.explain import explain
from hwsim.report.why.explain_text import explain_text
from hwsim.report.why.names import names
from hwsim.report.why.run_folder import RunFolder, open_run
from hwsim.report.why.words import ACTIONS
from tests.report.runs import run
from tests.report.why.folders import folder, repriced


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return folder(run(), tmp_path_factory.mktemp("run"))


def answers(written: RunFolder, name: str) -> tuple[Answer, Answer]:
    found = explain(written, name)
    assert found.single is not None
    assert found.stream is not None
    return found.single, found.stream


def test_every_action_has_words() -> None:
    assert set(ACTIONS) == {*Action, LEAKAGE}


def test_every_name_is_explained(written: RunFolder) -> None:
    for name in names(written):
        found = explain(written, name)
        text = explain_text(found)
        assert text.startswith(f"{name} in ")
        assert max(map(len, text.splitlines())) <= WIDTH
        assert text.isascii()
        json.dumps(found.to_dict(), allow_nan=False)


def test_one_action_by_hand(written: RunFolder) -> None:
    """The toy's hop costs 1 pJ: the energy is the count."""
    counted = Fraction(int(run().single.activity.per_image(Action.ROUTER_HOP_X).sum()), 3)
    single, _ = answers(written, "energy.router.hop_x")
    (term,) = single.terms
    assert (term.count, term.price, term.evidence, term.source) == (counted, 1, "assumed", "toy")
    assert single.value == counted
    assert sum(part.value for part in single.cores) == counted
    assert {part.name.split()[0] for part in single.cores} == {"core"}
    assert "x 1 pJ = " in single.formula


@pytest.mark.parametrize("part", ["total", "dynamic", "leakage", "synapse", "neuron.fire"])
def test_parts_sum_to_the_energy(written: RunFolder, part: str) -> None:
    for answer, outcome in zip(
        answers(written, f"energy.{part}"), (run().single, run().stream), strict=True
    ):
        chosen = outcome.energy.where(
            lambda e: (
                part == "total"
                or (part == "dynamic" and e.action != LEAKAGE)
                or part in (e.component, e.action)
            )
        )
        assert answer.value == chosen.mean
        assert sum(term.value for term in answer.terms) == chosen.mean
        assert sum(layer.value for layer in answer.layers) == chosen.mean
        assert answer.of_total == chosen.sum / outcome.energy.total.sum


def test_layers_are_those_of_the_summary(written: RunFolder) -> None:
    by_layer = written.summary["single"]["energy_pj"]["by_layer"]
    for layer, pj in by_layer.items():
        single, _ = answers(written, f"energy.by_layer.{layer}")
        assert float(single.value) == pytest.approx(pj, rel=1e-8)


def test_cores_and_the_chip_sum_to_the_dynamic_energy(written: RunFolder) -> None:
    single, _ = answers(written, "energy.dynamic")
    chip = next(part.value for part in single.layers if part.name == "chip")
    assert sum(part.value for part in single.cores) + chip == single.value


def test_leakage_is_power_times_cores_times_time(written: RunFolder) -> None:
    single, stream = answers(written, "energy.leakage")
    cores = 4  # two chips of one tile with two cores
    mean_ns = Fraction(int(run().single.timing.latency_ps.sum()), 3000)
    assert single.value == mean_ns * cores / 1000
    assert f"1 uW x {cores} cores x " in single.formula
    assert "interval" in stream.formula


def test_included_and_unpublished_say_so(written: RunFolder) -> None:
    included = explain_text(explain(written, "energy.membrane.read"))
    assert "priced in neuron.update_active" in included
    assert "counted, without a price of its own" in included
    assert "table: unpublished" in explain_text(explain(written, "energy.barrier.sync"))
    total = explain_text(explain(written, "energy.total"))
    assert "unpublished, a hole in the total: chip_link.send, barrier.sync" in total
    accesses = explain_text(explain(written, "memory_accesses.membrane.read"))
    assert "its energy is counted once, in neuron.update_active" in accesses
    assert "membrane.policy is every_step" in accesses


def test_what_never_happened_shows_the_table(tmp_path: Path) -> None:
    once = folder(run(timesteps=1), tmp_path)
    text = explain_text(explain(once, "energy.bntt.param_read"))
    assert "it never happened" in text
    assert "table: 1 pJ (assumed); toy" in text


def test_bounds_are_multiplied_out(tmp_path: Path) -> None:
    entry = {"value": 2, "low": 1, "high": 5, "source": "s", "evidence": "derived"}
    single, _ = answers(folder(repriced(run(), router__hop_x=entry), tmp_path), "energy.router")
    hops = single.terms[[term.action for term in single.terms].index("router.hop_x")].count
    assert single.value - single.low == hops
    assert single.high - single.value == 3 * hops


def test_counts_are_those_of_the_summary(written: RunFolder) -> None:
    for experiment in ("single", "stream"):
        for name, count in written.summary[experiment]["counts"].items():
            found = getattr(explain(written, f"counts.{name}"), experiment)
            assert float(found.value) == pytest.approx(count, rel=1e-8), name
        for name, access in written.summary[experiment]["memory_accesses"].items():
            found = getattr(explain(written, f"memory_accesses.{name}"), experiment)
            assert float(found.value) == pytest.approx(access["count"], rel=1e-8)


def test_times_are_those_of_the_summary(written: RunFolder) -> None:
    keys = {"latency": "latency_ns", "power": "power_mw", "edp": "edp_pj_s"}
    for experiment in ("single", "stream"):
        for name, key in keys.items():
            found = getattr(explain(written, name), experiment)
            said = written.summary[experiment][key]
            said = said["mean"] if name == "latency" else said
            assert float(found.value) == pytest.approx(said, rel=1e-8), name
    assert explain(written, "throughput").single is None
    assert "no such number" in explain_text(explain(written, "initiation_interval"))


def test_steps_sum_to_the_latency_and_the_stream_repeats_them(written: RunFolder) -> None:
    single, stream = answers(written, "latency")
    assert float(sum(part.value for part in single.steps)) == pytest.approx(float(single.value))
    assert "an image crosses 4 such steps" in stream.formula
    assert stream.layers[0].name.endswith("(its busiest core)")


def test_an_unknown_name_lists_near_ones(written: RunFolder) -> None:
    with pytest.raises(UsageError, match=r"did you mean energy\.router\.hop_x, counts\.router"):
        explain(written, "hop_x")
    with pytest.raises(UsageError, match=r"counts\.synops"):
        explain(written, "counts.synop")
    with pytest.raises(UsageError, match="--help"):
        explain(written, "zzz")


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    folder(run(), tmp_path)
    table = tmp_path / "energy.csv"
    table.write_text(table.read_text().replace("toy", "tay"))
    with pytest.raises(InvalidInput, match=r"energy\.csv: not what the run wrote"):
        explain(open_run(tmp_path), "energy.total")
    table.unlink()
    with pytest.raises(InvalidInput, match="no such file"):
        explain(open_run(tmp_path), "energy.total")


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no run of hwsim"):
        open_run(tmp_path)
    with pytest.raises(InvalidInput, match="no such folder"):
        open_run(tmp_path / "nowhere")
    (tmp_path / "manifest.json").write_text('{"schema_version": 99}')
    with pytest.raises(InvalidInput, match="schema_version 99"):
        open_run(tmp_path)
    (tmp_path / "manifest.json").write_text("[")
    with pytest.raises(InvalidInput, match="not as hwsim writes it"):
        open_run(tmp_path)
