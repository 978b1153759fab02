"""`hwsim reproduce`, end to end on a small network, and what it says of each thing that is off."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from hwsim import cli
from hwsim.errors import HwsimError, InvalidInput
from hwsim.network.checkpoint import save_checkpoint
from hwsim.network.early_exit import GammaExit, Timesteps
from hwsim.report.difference import first_difference
from hwsim.reproduce import reproduce
from hwsim.request import Request
from hwsim.training.images import Images
from hwsim.training.sample import sample_path, write_sample
from tests.network.nets import random_checkpoint

CHIP = "chip.yaml"


def hwsim(*words: str) -> tuple[int, str, str]:
    """Exit code, stdout and what is said about a mistake."""
    done = CliRunner().invoke(cli.cli, words)
    if isinstance(done.exception, HwsimError):
        return done.exception.exit_code, done.stdout, str(done.exception)
    assert done.exception is None, done.exception
    return done.exit_code, done.stdout, ""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a checkpoint, its sample, a chip and a run."""
    place = tmp_path_factory.mktemp("made")
    checkpoint = random_checkpoint(1)
    save_checkpoint(place / "net.pt", checkpoint)
    channels, height, width = checkpoint.network.input_shape
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (4, height, width, channels), np.uint8)
    labels = rng.integers(0, checkpoint.network.classes, 4)
    sample = sample_path(place, checkpoint.network.dataset)
    write_sample(sample, Images(pixels, labels, checkpoint.network.classes), 4)
    shipped = Path(__file__).parent.parent / "arch_configs" / "loihi_like.yaml"
    shutil.copy(shipped, place / CHIP)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        words = ("run", "net.pt", CHIP, "--images", "2", "--out", "run", "-q")
        assert hwsim(*words, "--set", "energy_pj.router.hop_x=3.5")[0] == 0
    return place


@pytest.fixture
def here(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to spoil, which is the working folder."""
    place = tmp_path / "here"
    shutil.copytree(made, place)
    monkeypatch.chdir(place)
    return place


def test_a_run_is_reproduced_with_its_overrides(here: Path) -> None:
    code, out, _ = hwsim("reproduce", "run", "-q")
    assert code == 0
    assert "byte for byte" in out
    assert {path.name for path in here.iterdir()} == {
        CHIP, "net.pt", "run", next(here.glob("*_sample.npz")).name,
    }  # fmt: skip


def test_the_manifest_says_what_was_asked_and_read(here: Path) -> None:
    manifest = json.loads((here / "run" / "manifest.json").read_text())
    request = Request.from_dict(manifest["request"])
    assert request.overrides == ("energy_pj.router.hop_x=3.5",)
    assert (request.images, request.arch, request.data) == (2, CHIP, None)
    assert [file["role"] for file in manifest["files_read"]] == [
        "checkpoint", "architecture", "images",
    ]  # fmt: skip
    assert manifest["files_read"][0]["sha256"] == manifest["inputs"]["checkpoint"]["sha256"]


def test_inputs_that_are_gone_or_other_are_listed_together(here: Path) -> None:
    (here / "net.pt").unlink()
    with (here / CHIP).open("a") as file:
        file.write("# another\n")
    next(here.glob("*_sample.npz")).write_bytes(b"")
    code, _, said = hwsim("reproduce", "run", "-q")
    assert code == 3
    assert "checkpoint: net.pt: no such file" in said
    assert "architecture: chip.yaml: not the file of then (sha256 " in said
    assert "images: " in said


def test_a_file_that_was_changed_is_named(here: Path) -> None:
    table = here / "run" / "energy.csv"
    table.write_bytes(table.read_bytes().replace(b"published", b"measured", 1))
    (here / "run" / "latency.csv").unlink()
    code, out, said = hwsim("reproduce", "run", "-q", "--json")
    assert code == 1
    assert "2 of " in said
    assert "energy.csv: was changed after the run: line " in said
    assert "latency.csv: was changed after the run: missing in the run" in said
    assert json.loads(out)["equal"] is False


def test_output_that_comes_out_other_is_named(here: Path) -> None:
    """As if other code had made the run: its files and its manifest agree, and are not ours."""
    import hashlib

    run = here / "run"
    (run / "summary.json").write_text("{}\n")
    manifest = json.loads((run / "manifest.json").read_text())
    manifest["files"]["summary.json"] = hashlib.sha256(b"{}\n").hexdigest()
    (run / "manifest.json").write_text(json.dumps(manifest))
    (one,) = reproduce(run).differences
    assert one.file == "summary.json"
    assert one.first == "line 1: '{}', now '{'"


def edited(run: Path, change: Callable[[dict[str, object]], object]) -> None:
    path = run / "manifest.json"
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


def test_a_manifest_that_does_not_say_how_is_refused(here: Path) -> None:
    run = here / "run"
    edited(run, lambda m: m.update(request=None))
    with pytest.raises(InvalidInput, match="does not say what `hwsim run` was asked for"):
        reproduce(run)
    edited(run, lambda m: m.pop("request"))
    with pytest.raises(InvalidInput, match="no request"):
        reproduce(run)
    (run / "manifest.json").write_text("[]")
    with pytest.raises(InvalidInput, match="not a manifest"):
        reproduce(run)
    with pytest.raises(InvalidInput, match="is no run"):
        reproduce(here)


def test_another_version_is_refused(here: Path) -> None:
    edited(here / "run", lambda m: m["inputs"].update(hwsim_version="0.0.1"))  # type: ignore[attr-defined]
    with pytest.raises(InvalidInput, match=r"made by hwsim 0\.0\.1"):
        reproduce(here / "run")


@pytest.mark.parametrize("timesteps", [None, 3, GammaExit(0.25)])
def test_a_request_survives_json(timesteps: Timesteps | None) -> None:
    request = Request(
        source=Path("a/b.pt"),
        arch="loihi_like",
        variant="v",
        overrides=("a=1", "b=2"),
        strict=True,
        images="all",
        data=Path("data"),
        mapping_file=Path("m.json"),
        transport="packet",
        seed=4,
        timesteps=timesteps,
    )
    assert Request.from_dict(json.loads(json.dumps(request.to_dict()))) == request


TEXT = st.text("ab\n", max_size=12)


@given(TEXT, TEXT)
def test_the_first_difference_is_the_first(old: str, new: str) -> None:
    if old == new:
        return
    number = int(first_difference(old.encode(), new.encode()).split(":")[0].split()[1])
    lines = [text.split("\n") for text in (old, new)]
    assert lines[0][: number - 1] == lines[1][: number - 1]
    assert lines[0][number - 1 :] != lines[1][number - 1 :]


def test_bytes_that_are_no_text_have_a_place() -> None:
    assert first_difference(b"\xff\x00a", b"\xff\x00b") == "byte 2 of 3"
    long = "x" * 200
    assert len(first_difference((long + "a").encode(), (long + "b").encode())) < 160
