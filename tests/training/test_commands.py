from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hwsim.cli import cli
from hwsim.errors import HwsimError, InvalidInput, UsageError
from hwsim.network.checkpoint import load_checkpoint
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
    names = {"vgg9_w0.0625_t2.pt", "vgg9_w0.0625_t1.pt", "cifar10_sample.npz"}
    assert {p.name for p in out.iterdir()} == names
    short = load_checkpoint(out / "vgg9_w0.0625_t1.pt")
    assert short.provenance.seed == 3
    assert short.provenance.test_images == 20
    assert short.provenance.recipe["width"] == 0.0625
    parent = (out / "vgg9_w0.0625_t2.pt").read_bytes()
    assert short.provenance.parent_sha256 == hashlib.sha256(parent).hexdigest()
    for name in sorted(names)[1:]:
        numbers = json.loads(invoke("eval", out / name, "--data", data, "--json").stdout)
        recorded = load_checkpoint(out / name).provenance.test_accuracy_percent
        assert numbers["accuracy_percent"] == recorded
        assert numbers["images"] == 20
        assert 0 < numbers["mac_weighted_spike_rate"] < numbers["timesteps"]
    text = invoke("eval", out / "vgg9_w0.0625_t1.pt", "--images", "5").stdout
    assert "of 5 images" in text, "without --data the sample beside it is used"

    before = (out / "vgg9_w0.0625_t1.pt").read_bytes()
    assert invoke(*train, "-q").exit_code == 0
    assert (out / "vgg9_w0.0625_t1.pt").read_bytes() == before
    with pytest.raises(InvalidInput, match="another run is in this folder"):
        invoke(*train, "--seed", 4, "-q")


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
