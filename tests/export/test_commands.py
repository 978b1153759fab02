"""`hwsim export`: files beside a run that another tool reads."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import yaml

from hwsim import cli
from hwsim.export.neurobench import neurobench
from hwsim.network.checkpoint import save_checkpoint
from hwsim.network.execute import run as execute
from hwsim.trace.record import traced
from hwsim.trace.store import Origin
from hwsim.training.images import Images
from hwsim.training.sample import sample_path, write_sample
from tests.export.samples import checkpoint, pixels

T = 3
RUN = ("run", "net.pt", "loihi_like", "--set", "core.mapper=min_cores", "-q", "--images")


def hwsim(*words: str) -> int:
    """Run a command in this process; its exit code."""
    argv, sys.argv = sys.argv, ["hwsim", *words]
    try:
        cli.main()
    except SystemExit as left:
        return int(left.code or 0)
    finally:
        sys.argv = argv
    return 0


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a checkpoint, its sample and a run of it in `run`."""
    folder, whole, (images, labels) = tmp_path_factory.mktemp("export"), checkpoint(T), pixels()
    save_checkpoint(folder / "net.pt", whole)
    write_sample(
        sample_path(folder, whole.network.dataset), Images(images, labels, 10), len(labels)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert hwsim(*RUN, "3", "--out", "run") == 0
    return folder


@pytest.fixture
def here(made: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(made)
    return made


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_neurobench_json(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert hwsim("export", "run", "neurobench") == 0
    assert capsys.readouterr().out == "run.neurobench.json\n"
    whole, (images, labels) = checkpoint(T), pixels()
    spikes = traced(whole.network, Origin("", "", None, ""), execute(whole, images), labels)
    expected = neurobench(spikes, whole.parameters)
    assert json.loads((here / "run.neurobench.json").read_text()) == expected


@pytest.mark.parametrize("experiment", ["single", "stream"])
def test_action_counts_are_those_of_activity_csv(here: Path, experiment: str) -> None:
    assert hwsim("export", "run", "accelergy", "--out", "forms") == 0
    text = (here / "forms" / f"run.{experiment}.action_counts.yaml").read_text()
    found = yaml.load(text, Loader=yaml.CSafeLoader)["action_counts"]
    assert sorted(found) == ["local", "version"]
    counts = {
        (place["name"], action["name"]): action["counts"]
        for place in found["local"]
        for action in place["action_counts"]
    }
    expected: dict[tuple[str, str], int] = {}
    for row in rows(here / "run" / "activity.csv"):
        if row["experiment"] == experiment:
            core = f".core[{row['core']}]" if row["core"] else ""
            key = f"loihi_like{core}.{row['component']}", row["action"]
            expected[key] = expected.get(key, 0) + int(row["count"])
    assert counts == expected
    assert ("loihi_like.barrier", "sync") in counts
    assert text.startswith(f"# hwsim: {experiment}, 3 images\n")


@pytest.mark.parametrize("table", ["activity", "energy"])
def test_parquet_has_every_cell_of_the_csv(here: Path, table: str) -> None:
    assert hwsim("export", "run", "parquet") == 0
    found = pq.read_table(here / f"run.{table}.parquet").to_pylist()
    expected = rows(here / "run" / f"{table}.csv")
    assert len(found) == len(expected) > 100
    for cells, texts in zip(found, expected, strict=True):
        for name, text in texts.items():
            value = cells[name]
            if isinstance(value, float | int):
                assert value == (float(text) if isinstance(value, float) else int(text))
            else:
                assert (value or "") == text
    assert isinstance(found[0]["count"], int)


def test_what_changed_since_is_not_exported(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample = next(here.glob("*_sample.npz"))
    kept = sample.read_bytes()
    images, labels = pixels()
    write_sample(sample, Images(np.flip(images), labels, 10), len(labels))
    assert hwsim("export", "run", "neurobench") == 3
    assert "not the file of then" in capsys.readouterr().err
    sample.write_bytes(kept)


def test_a_trace_has_no_weights(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert hwsim("trace", "net.pt", "--images", "2", "-o", "spikes", "-q") == 0
    assert hwsim("run", "spikes", *RUN[2:], "2", "--out", "traced") == 0
    capsys.readouterr()
    assert hwsim("export", "traced", "neurobench") == 3
    assert "traced: made of the trace spikes, which has no weights" in capsys.readouterr().err


def test_no_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert hwsim("export", "nowhere", "parquet") == 3
    assert "nowhere: no such folder" in capsys.readouterr().err
    assert hwsim("export", "run", "csv") == 2


def test_a_run_with_a_timeline(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = (*RUN, "1", "--out", "other", "--timeline")
    assert hwsim(*words, "t.json", "--timeline-steps", "8:10") == 0
    events = json.loads((here / "t.json").read_text())["traceEvents"]
    assert {"step 8", "step 9", "barrier"} <= {event["name"] for event in events}
    assert hwsim(*words, "t.json") == 3
    assert "t.json: exists; replace it with --force" in capsys.readouterr().err
    assert hwsim(*words, "u.json", "--timeline-steps", "0:99") == 2
    assert not (here / "u.json").exists()
