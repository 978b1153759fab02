"""`hwsim compare` and `hwsim figures paper` end to end, on small networks."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hwsim import cli, pipeline
from hwsim.arch import shipped
from hwsim.compare import paper
from hwsim.network.analog import as_analog
from hwsim.network.checkpoint import Checkpoint, Provenance, save_checkpoint
from hwsim.network.graph import Layer, Network
from hwsim.network.parameters import InputScaling, LayerParameters, Requantise
from hwsim.training.images import Images
from hwsim.training.sample import sample_path, write_sample
from tests.network.nets import random_checkpoint

ONE = ("--images", "1")


def ann_of(network: Network) -> Checkpoint:
    """An ANN of the same layers with random weights."""
    rng = np.random.default_rng(0)
    analog = as_analog(network)

    def parameters(layer: Layer) -> LayerParameters:
        channels = layer.out_shape[0]
        weights = rng.integers(-50, 51, (channels, layer.in_shape[0], *layer.kernel))
        neuron = Requantise(
            rng.integers(-9, 15, channels).astype(np.int32), np.full(channels, 9), 9
        )
        scales = np.ones(channels, np.float32)
        readout = layer is analog.layers[-1]
        return LayerParameters(weights.astype(np.int8), scales, None if readout else neuron)

    scaling = InputScaling((0.5, 0.5, 0.5), (0.25, 0.25, 0.25), 2 / 127)
    provenance = Provenance("cifar10", test_accuracy_percent=92.0)
    return Checkpoint(analog, tuple(map(parameters, analog.layers)), scaling, provenance)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """T = 1 and 2 of a small VGG9, its ANN, its sample, and a chip too small for it."""
    root = tmp_path_factory.mktemp("work")
    folder = root / "trained"
    folder.mkdir()
    for timesteps in (1, 2):
        checkpoint = random_checkpoint(timesteps)
        save_checkpoint(folder / f"small_t{timesteps}.pt", checkpoint)
    network = checkpoint.network
    save_checkpoint(folder / f"{network.name}_ann.pt", ann_of(network))
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (3, 32, 32, 3), np.uint8)
    sample = Images(pixels, rng.integers(0, 10, 3), 10)
    write_sample(sample_path(folder, network.dataset), sample, 3)
    text = (shipped.folder() / "loihi_like.yaml").read_text()
    for size in ("tiles_x: 16", "tiles_y: 8", "chip_tiles_x: {value: 8", "chip_tiles_y: {value: 4"):
        assert size in text
        text = text.replace(size, size.rpartition(" ")[0] + " 1")
    (root / "tiny.yaml").write_text(text)
    return root


@pytest.fixture
def here(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("trained", "tiny.yaml"):
        (tmp_path / name).symlink_to(trained / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def hwsim(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["hwsim", *words])
    try:
        cli.main()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures have tests of their own, and take most of the time."""
    monkeypatch.setattr("hwsim.compare.write.figures", lambda comparison: {})


@pytest.mark.usefixtures("undrawn")
def test_networks_on_chips_and_again_without_replaying(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = (
        *("compare", "trained/small_t1.pt", "tiny.yaml", "loihi_like", *ONE),
        *("--out", "found", "-q", "--json"),
    )
    assert hwsim(monkeypatch, *words) == 0
    said = json.loads(capsys.readouterr().out)
    assert [(pair["arch"], pair["fits"]) for pair in said["pairs"]] == [
        ("tiny.yaml", False), ("loihi_like", True),
    ]  # fmt: skip
    assert "core" in said["pairs"][0]["reason"]
    (ann,) = said["anns"]
    assert ann["test_accuracy_percent"] == 92.0
    assert 0 < said["pairs"][1]["ann"]["zero_skipping_pj"] < said["pairs"][1]["ann"]["dense_pj"]
    run = here / "found" / "runs" / "small_t1-loihi_like"
    assert said["pairs"][1]["run"] == f"runs/{run.name}"
    summary = json.loads((run / "summary.json").read_text())
    for experiment in ("single", "stream"):
        energy = summary[experiment]["energy_pj"]["total"]
        assert said["pairs"][1][experiment]["energy_pj"]["mean"] == energy

    def replayed(*_: object, **__: object) -> None:
        raise AssertionError("a finished run is made again")

    files = {p: p.read_bytes() for p in (here / "found").rglob("*") if p.is_file()}
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "_replayed", replayed)
        assert hwsim(patch, *words) == 0
    assert {p: p.read_bytes() for p in (here / "found").rglob("*") if p.is_file()} == files

    (run / "energy.csv").write_text("damaged")
    assert hwsim(monkeypatch, *words) == 0
    assert (run / "energy.csv").read_bytes() == files[run / "energy.csv"]


@pytest.mark.usefixtures("undrawn")
def test_nothing_fits(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("compare", "trained/small_t1.pt", "tiny.yaml", *ONE, "--out", "none", "-q")
    assert hwsim(monkeypatch, *words) == 4
    out, err = capsys.readouterr()
    assert "small_t1 does not fit" in out
    assert err.startswith("error: ")
    said = json.loads((here / "none" / "compare.json").read_text())
    assert [pair["fits"] for pair in said["pairs"]] == [False]


@pytest.mark.usefixtures("undrawn")
def test_fewer_timesteps_than_trained(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first timestep of T = 2 spikes less than both, and has no recorded accuracy."""
    found = {}
    for steps in ((), ("--timesteps", "1"), ("--timesteps", "gamma")):
        words = ("compare", "trained/small_t2.pt", "loihi_like", *ONE, *steps, "-q")
        assert hwsim(monkeypatch, *words, "--out", f"of{len(found)}") == 0
        out = capsys.readouterr().out
        said = json.loads(Path(f"of{len(found)}/compare.json").read_text())
        found["".join(steps[1:])] = said["networks"][0], said["pairs"][0]["stream"], out
    (whole, all_of_it, _), (first, part, out) = found[""], found["1"]
    assert (whole["timesteps"], first["timesteps"]) == (2, 1)
    assert whole["trained_timesteps"] == first["trained_timesteps"] == 2
    assert (whole["test_accuracy_percent"], first["test_accuracy_percent"]) == (10.0, None)
    assert part["energy_pj"]["mean"] < all_of_it["energy_pj"]["mean"]
    assert "small_t2  1 of 2" in out
    assert found["gamma"][0]["timesteps"] == 2  # gammas around 1 do not fade
    manifest = json.loads((here / "of1/runs/small_t2-loihi_like/manifest.json").read_text())
    assert manifest["request"]["timesteps"] == 1


def test_more_timesteps_than_trained(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    networks = ("trained/small_t2.pt", "trained/small_t1.pt")
    assert hwsim(monkeypatch, "compare", *networks, "loihi_like", "--timesteps", "2") == 2
    said = capsys.readouterr().err
    assert said == "error: --timesteps 2: trained/small_t1.pt: trained for 1\n"
    assert not (here / "reports").exists()


def test_an_ann_alone_is_no_comparison(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (ann,) = (here / "trained").glob("*_ann.pt")
    assert hwsim(monkeypatch, "compare", str(ann), "loihi_like", *ONE) == 2
    assert "no spiking network" in capsys.readouterr().err
    assert not (here / "reports").exists()


@pytest.mark.usefixtures("undrawn")
def test_an_ann_of_another_data_set_is_not_taken(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ANN in the folder is of CIFAR-10: a network for CIFAR-100 beside it has none there."""
    hundred = random_checkpoint(1)
    network = replace(hundred.network, dataset="cifar100")
    folder = here / "hundred"
    folder.mkdir()
    save_checkpoint(folder / "hundred_t1.pt", replace(hundred, network=network))
    for file in (here / "trained").glob("*"):
        name = file.name.replace("cifar10_sample", "cifar100_sample")
        (folder / name).symlink_to(file.resolve())
    assert (folder / f"{network.name}_ann.pt").exists()
    words = ("compare", "hundred/hundred_t1.pt", "loihi_like", *ONE, "--json", "-q")
    assert hwsim(monkeypatch, *words) == 0
    assert json.loads(capsys.readouterr().out)["anns"] == []


def test_the_ann_of_other_layers_is_refused(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    layer = Layer("fc", "linear", (3, 32, 32), (10, 1, 1), (32, 32), spiking=False)
    hidden = Layer("conv", "conv", (3, 32, 32), (3, 32, 32), (1, 1))
    other = ann_of(Network("other", "cifar10", 1, (hidden, layer)))
    save_checkpoint(here / "other.pt", other)
    words = ("compare", "trained/small_t1.pt", "tiny.yaml", *ONE, "--ann", "other.pt", "-q")
    assert hwsim(monkeypatch, *words) == 2
    assert "other.pt: an ANN of other for cifar10" in capsys.readouterr().err


@pytest.mark.usefixtures("undrawn")
def test_figures_paper(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("hwsim.compare_commands.ARCHS", paper.ARCHS[:1])
    monkeypatch.setattr("hwsim.compare_commands.IMAGES", 1)
    assert hwsim(monkeypatch, "figures", "paper", "-q") == 0
    folder = here / "reports" / "paper"
    said = json.loads((folder / "compare.json").read_text())
    assert [pair["timesteps"] for pair in said["pairs"]] == [1, 2]
    assert (folder / "figures").is_dir()
    assert (folder / "latex" / "numbers.tex").is_file()
    assert "small_t2 stream" in capsys.readouterr().out
    shutil.rmtree(folder)


def test_figures_paper_without_networks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert hwsim(monkeypatch, "figures", "paper", "-q") == 3
    assert "trained: no <network>_t1.pt" in capsys.readouterr().err
