"""The functions of a notebook: light to import, and the numbers of the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import hwsim
from hwsim.api import Result, Spikes
from hwsim.errors import DoesNotFit, InvalidInput
from hwsim.reproduce import reproduce
from hwsim.trace.synthetic import synthetic_trace
from hwsim.trace.write import write_trace
from tests.report.runs import network

HEAVY = {"numpy", "pandas", "torch", "numba", "simpy", "pydantic", "click", "yaml", "matplotlib"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trace of three images."""
    path = tmp_path_factory.mktemp("api") / "toy"
    write_trace(path, [synthetic_trace(network(2), 0.3, 3, 7)])
    return path


@pytest.fixture(scope="module")
def result(folder: Path) -> Result:
    found: Result = hwsim.replay(hwsim.trace(folder, images="all"), "loihi_like")
    return found


@pytest.fixture(scope="module")
def saved(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result's run folder."""
    return result.save(tmp_path_factory.mktemp("saved") / "run")


def test_import_is_light() -> None:
    script = (
        "import sys, hwsim\n"
        "assert callable(hwsim.trace) and callable(hwsim.compare)\n"
        "assert {'trace', 'replay', 'compare', 'load_arch', 'load_network'} <= set(dir(hwsim))\n"
        f"assert not {HEAVY} & set(sys.modules), {HEAVY} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_folder_that_was_imported_first_is_a_function_too(folder: Path) -> None:
    script = (
        "from hwsim.trace.read import open_trace\n"
        "import hwsim, hwsim.trace.store\n"
        f"assert hwsim.trace({str(folder)!r}, images=1).trace.images == 1\n"
        "assert hwsim.trace.store.SpikeTrace\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_what_is_not_there() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'sweep'"):
        _ = hwsim.sweep


def test_a_network(folder: Path) -> None:
    found = hwsim.load_network(folder)
    assert repr(found) == (f"toy for none, T = 2: 3 layers, 164 neurons, 8-bit weights ({folder})")
    frame = found.to_frame()
    assert frame.layer.tolist() == ["conv1", "conv2", "fc"]
    assert frame.neurons.tolist() == [128, 32, 4]
    assert frame.weights.tolist() == [72, 576, 128]


def test_spikes(folder: Path) -> None:
    found: Spikes = hwsim.trace(hwsim.load_network(folder), images=2)
    frame = found.to_frame()
    assert len(frame) == 2 * 2 * 2
    for row in frame.itertuples():
        layer = ["conv1", "conv2"].index(row.layer)
        assert row.spikes == found.trace.part(0, 2).fired(row.image, row.timestep, layer).sum()
        assert row.rate == row.spikes / row.neurons
    assert repr(found).startswith("toy, T = 2: 2 images (synthetic")


def test_an_architecture() -> None:
    found = hwsim.load_arch("loihi_like", overrides={"core.neurons_max": 512})
    frame = found.to_frame().set_index("number")
    assert found.loaded.arch.core.neurons_max == 512
    assert frame.value["energy_pj.router.hop_x"] == 3
    assert frame.evidence["energy_pj.router.hop_x"] == "published"
    assert "core.neurons_max=512" in repr(found)


@pytest.mark.parametrize("table", ["images", "energy", "activity", "latency"])
def test_a_frame_is_the_table_of_the_run_folder(result: Result, saved: Path, table: str) -> None:
    pd.testing.assert_frame_equal(
        result.to_frame(table),  # type: ignore[arg-type]
        pd.read_csv(saved / f"{table}.csv", low_memory=False),
    )


def test_a_result_prints_its_headlines(result: Result) -> None:
    text = repr(result)
    assert "3 images" in text
    assert [line.split("  ")[0] for line in text.splitlines()[-8:]][:2] == [
        "latency",
        "initiation interval",
    ]


def test_a_saved_result_can_be_reproduced(result: Result, saved: Path) -> None:
    assert json.loads((saved / "summary.json").read_text()) == result.summary
    assert reproduce(saved).differences == ()


def test_a_comparison(folder: Path, tmp_path: Path) -> None:
    found = hwsim.compare([folder], ["loihi_like"], tmp_path, images=2)
    frame = found.to_frame()
    energy = frame[(frame.quantity == "energy") & (frame["item"] == "total")]
    runs = json.loads(next(tmp_path.rglob("summary.json")).read_text())
    assert energy["mean"].tolist() == [
        runs[experiment]["energy_pj"]["total"] for experiment in ("single", "stream")
    ]
    assert "loihi_like: per image" in repr(found)


def test_mistakes_are_those_of_the_command_line(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nothing\.pt: cannot be read"):
        hwsim.load_network(tmp_path / "nothing.pt")
    small = hwsim.load_arch("loihi_like", overrides={"core.axons_in_max": 1})
    with pytest.raises(DoesNotFit):
        hwsim.replay(hwsim.trace(folder, images=1), small)
