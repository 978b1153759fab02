from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hwsim.cli import cli
from hwsim.errors import HwsimError, InvalidInput, UsageError
from hwsim.network.checkpoint import load_checkpoint
from hwsim.trace.read import open_trace
from hwsim.training.commands import timestep_range
from tests.training.layouts import pictures, write_parquet

RECIPE = """
network: vgg9
width: 0.0625
classifier: [16]
batch_size: 16
holdout: 8
amp: false
stages:
  default: {phases: [{epochs: 1}], calibration_images: 16}
"""


def invoke(*arguments: object):  # type: ignore[no-untyped-def]
    result = CliRunner().invoke(cli, [str(a) for a in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    labels = [i % 10 for i in range(40)]
    write_parquet(folder / "train-00000-of-00001.parquet", pictures(40), labels)
    write_parquet(folder / "test-00000-of-00001.parquet", pictures(20, seed=1), labels[:20])
    return folder


def test_train_then_eval_reproduces_the_recorded_accuracy(tmp_path: Path, data: Path) -> None:
    (tmp_path / "r.yaml").write_text(RECIPE)
    out, run = tmp_path / "out", tmp_path / "run"
    train = ("train", "--data", data, "--out", out, "--timesteps", "2:1", "--run-dir", run)
    result = invoke(*train, "--recipe", tmp_path / "r.yaml", "--seed", 3, "-q")
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    names = {f"vgg9_w0.0625_{stage}.pt" for stage in ("ann", "t2", "t1")} | {"cifar10_sample.npz"}
    assert {p.name for p in out.iterdir()} == names
    last = load_checkpoint(out / "vgg9_w0.0625_t1.pt")
    assert last.provenance.seed == 3
    assert last.provenance.test_images == 20
    assert last.provenance.recipe["width"] == 0.0625
    parents = [load_checkpoint(out / f"vgg9_w0.0625_{s}.pt").provenance.parent_sha256
               for s in ("ann", "t2", "t1")]  # fmt: skip
    shas = [hashlib.sha256((out / f"vgg9_w0.0625_{s}.pt").read_bytes()).hexdigest()
            for s in ("ann", "t2")]  # fmt: skip
    assert parents == [None, *shas]
    for name in sorted(names)[1:]:
        numbers = json.loads(invoke("eval", out / name, "--data", data, "--json").stdout)
        recorded = load_checkpoint(out / name).provenance.test_accuracy_percent
        assert numbers["accuracy_percent"] == recorded
        assert numbers["images"] == 20
        assert numbers["analog"] == name.endswith("_ann.pt")
        assert 0 < numbers["mac_weighted_spike_rate"] < (numbers["timesteps"] or 1)
        assert (numbers["mean_spike_rate"] is None) == numbers["analog"]
    assert "cifar10, ANN\n" in invoke("eval", out / "vgg9_w0.0625_ann.pt").stdout
    longer = out / "vgg9_w0.0625_t2.pt"
    short = json.loads(invoke("eval", longer, "--timesteps", 1, "--json").stdout)
    assert (short["timesteps"], short["trained_timesteps"]) == (1, 2)
    assert short["recorded_accuracy_percent"] is None
    text = invoke("eval", longer, "--timesteps", "gamma:100").stdout
    assert "T = 1: 1 of 2 timesteps (mean |gamma| below 100)" in text
    assert "recorded" not in text
    text = invoke("eval", out / "vgg9_w0.0625_t1.pt", "--images", "5").stdout
    assert "of 5 images" in text, "without --data the sample beside it is used"

    before = (out / "vgg9_w0.0625_t1.pt").read_bytes()
    assert invoke(*train, "-q").exit_code == 0
    assert (out / "vgg9_w0.0625_t1.pt").read_bytes() == before
    with pytest.raises(InvalidInput, match="another run is in this folder"):
        invoke(*train, "--seed", 4, "-q")


def test_a_stage_is_trained_again_from_what_shipped(tmp_path: Path, data: Path) -> None:
    (tmp_path / "r.yaml").write_text(RECIPE)
    train = ("train", "--data", data, "--timesteps", "1", "--recipe", tmp_path / "r.yaml", "-q")
    first, second = tmp_path / "first", tmp_path / "second"
    invoke(*train, "--out", first, "--run-dir", tmp_path / "run")
    again = (*train, "--out", second, "--run-dir", tmp_path / "again", "--from", first)
    result = invoke(*again, "--stage", "t1")
    assert result.exit_code == 0, result.output
    assert [path.name for path in second.glob("*.pt")] == ["vgg9_w0.0625_t1.pt"]
    ann = hashlib.sha256((first / "vgg9_w0.0625_ann.pt").read_bytes()).hexdigest()
    assert load_checkpoint(second / "vgg9_w0.0625_t1.pt").provenance.parent_sha256 == ann
    missing = invoke(*train, "--out", second, "--from", tmp_path / "nowhere")
    assert missing.exit_code == 2
    assert "nowhere" in missing.stderr


def test_a_stage_continues_its_own_checkpoint(tmp_path: Path, data: Path) -> None:
    (tmp_path / "r.yaml").write_text(RECIPE)
    stage = "  t1: {phases: [{epochs: 1}], calibration_images: 16, continues: true}\n"
    # The stage that is asked for is all that its recipe needs.
    settings = RECIPE[: RECIPE.index("stages:")] + "stages:\n"
    (tmp_path / "more.yaml").write_text(settings + stage)
    train = ("train", "--data", data, "--timesteps", "1", "-q", "--recipe")
    first, second = tmp_path / "first", tmp_path / "second"
    invoke(*train, tmp_path / "r.yaml", "--out", first, "--run-dir", tmp_path / "run")
    more = (*train, tmp_path / "more.yaml", "--stage", "t1", "--run-dir", tmp_path / "again")
    with pytest.raises(InvalidInput, match="t1 continues: --from names no folder with vgg9_"):
        invoke(*more, "--out", second)
    with pytest.raises(InvalidInput, match="stage t3: unknown; the chain is ann, t1"):
        invoke(*more[:-1], tmp_path / "never", "--stage", "t3", "--out", second)
    assert not (tmp_path / "never").exists()
    shipped = (first / "vgg9_w0.0625_t1.pt").read_bytes()
    result = invoke(*more, "--out", first, "--from", first)
    assert result.exit_code == 0, result.output
    longer = load_checkpoint(first / "vgg9_w0.0625_t1.pt")
    assert longer.provenance.parent_sha256 == hashlib.sha256(shipped).hexdigest()
    assert longer.sha256 != longer.provenance.parent_sha256


def test_a_network_with_average_pooling_runs(tmp_path: Path, data: Path) -> None:
    (tmp_path / "r.yaml").write_text(f"{RECIPE}pool_kind: average\n")
    train = ("train", "--data", data, "--timesteps", "1", "--recipe", tmp_path / "r.yaml", "-q")
    invoke(*train, "--out", tmp_path / "out", "--run-dir", tmp_path / "run")
    network = tmp_path / "out" / "vgg9_w0.0625_t1.pt"

    def assumed(report: Path, *chip: object) -> str:
        assert invoke("run", network, *chip, "--images", 16, "-q", "--out", report).exit_code == 0
        return "\n".join(json.loads((report / "summary.json").read_text())["assumptions"])

    def done(action: str, *more: object) -> set[str]:
        """The layers whose synapses do `action`."""
        report = tmp_path / action
        assert "average pooling: " in assumed(report, "loihi_like", *more)
        with (report / "activity.csv").open() as file:
            rows = [row for row in csv.DictReader(file) if row["component"] == "synapse"]
        return {row["layer"] for row in rows if row["action"] == action and int(row["count"])}

    assert done("mac", "--set", "first_layer=on_core_graded") == {"conv1", "conv3", "conv5", "fc1"}
    convolutions = {f"conv{n}" for n in range(2, 8)}
    assert done("op") == convolutions | {"fc1", "fc2"}, "a window sends a spike for each neuron"
    assert "window have an axon each" in assumed(tmp_path / "axons", "truenorth_like")


def test_mistakes_are_named(tmp_path: Path, data: Path) -> None:
    def fails(*arguments: object) -> str:
        with pytest.raises(HwsimError) as caught:
            invoke(*arguments)
        return str(caught.value)

    base = ("train", "--data", data, "--out", tmp_path / "o", "--run-dir", tmp_path / "r")
    assert "no such folder" in fails("train", "--data", tmp_path / "x", "--out", tmp_path / "o")
    assert "vgg7" in fails(*base, "--network", "vgg7")
    assert "nope.yaml" in fails(*base, "--recipe", "nope.yaml")
    assert "no.pt" in fails("eval", tmp_path / "no.pt")
    assert not (tmp_path / "o").exists()


def test_timestep_range() -> None:
    assert timestep_range("5:1") == (5, 4, 3, 2, 1)
    assert timestep_range("2") == (2,)
    for wrong in ("1:5", "0", "a:b", "3:", ""):
        with pytest.raises(UsageError, match="--timesteps"):
            timestep_range(wrong)


OPTIONS = """
network: vgg9
width: 0.0625
classifier: [16]
batch_size: 16
holdout: 8
amp: false
coding: poisson
augmentation: {randaugment: {operations: 1, magnitude: 5}}
stages:
  default: {phases: [{epochs: 1}], calibration_images: 16}
  t2_w4: {phases: [{epochs: 1}], calibration_images: 16, weight_bits: 4}
"""


def test_poisson_networks_of_few_bits_ship_and_are_measured_again(
    tmp_path: Path, data: Path
) -> None:
    (tmp_path / "r.yaml").write_text(OPTIONS)
    out = tmp_path / "out"
    train = ("train", "--data", data, "--out", out, "--timesteps", "2", "--seed", 7, "-q")
    invoke(*train, "--run-dir", tmp_path / "run", "--recipe", tmp_path / "r.yaml")
    names = {f"vgg9_w0.0625_{stage}.pt" for stage in ("ann", "t2", "t2_w4")}
    assert {path.name for path in out.glob("*.pt")} == names
    few, whole = (load_checkpoint(out / f"vgg9_w0.0625_{stage}.pt") for stage in ("t2_w4", "t2"))
    assert (few.network.weight_bits, whole.network.weight_bits) == (4, 8)
    assert few.network.coding == whole.network.coding == "poisson"
    assert few.provenance.parent_sha256 == whole.sha256
    assert few.provenance.stage == "t2_w4"
    few_path = out / "vgg9_w0.0625_t2_w4.pt"
    numbers = json.loads(invoke("eval", few_path, "--json").stdout)
    assert numbers["accuracy_percent"] == few.provenance.test_accuracy_percent
    assert numbers["mean_spike_rate"] == few.provenance.mean_spike_rate
    recorded = invoke("trace", few_path, "--images", 4, "-o", tmp_path / "t", "-q")
    assert "T = 2, 4 images" in recorded.stdout
    assert invoke("trace", "--check", tmp_path / "t", "-q").stdout.endswith("valid\n")
    network = open_trace(tmp_path / "t").network
    assert (network.coding, network.weight_bits) == ("poisson", 4)
