from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from hwsim.errors import InvalidInput
from hwsim.network.checkpoint import load_checkpoint, save_checkpoint
from hwsim.training.batches import Batches, values_of
from hwsim.training.chain import Run, graph, input_scaling, run_chain
from hwsim.training.datasets import find_dataset
from hwsim.training.images import Images
from hwsim.training.progress import Progress
from hwsim.training.quantised import quantised_weights
from hwsim.training.recipe import Augmentation, Phase, Recipe, Stage
from hwsim.training.ship import Shipper
from hwsim.training.shipped import load_shipped
from hwsim.training.spike import TRIANGLE
from hwsim.training.stages import load_stage
from tests.training.layouts import pictures

IMAGES = Images(pictures(40), np.arange(40) % 10, 10)
RECIPE = Recipe(
    network="vgg9",
    width=0.0625,
    classifier=(16,),
    timesteps=(2, 1),
    batch_size=16,
    holdout=8,
    amp=False,
    stages={"default": Stage(phases=(Phase(epochs=1),), calibration_images=16, distill=0.5)},
)


def train(
    folder: Path,
    out: Path,
    only: tuple[str, ...] = (),
    start: Path | None = None,
    recipe: Recipe = RECIPE,
) -> list[str]:
    """Train in `folder`, ship to `out`; what was said, but for the progress of steps."""
    folder.mkdir(exist_ok=True)
    progress = Progress(folder, quiet=True)
    said: list[str] = []
    progress.say = said.append  # type: ignore[method-assign]
    run = Run(recipe, folder, IMAGES, progress, torch.device("cpu"), 1e9, start)
    run_chain(run, only=only, finished=Shipper(run, out, IMAGES))
    return [line for line in said if " step " not in line]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chain")
    train(folder / "run", folder / "out")
    return folder


@pytest.mark.parametrize("stage", ["ann", "t2", "t1"])
def test_the_float_network_of_a_checkpoint_is_the_one_that_was_shipped(
    chain: Path, stage: str
) -> None:
    trained, _ = load_stage(chain / "run" / f"{stage}.pt")
    path = chain / "out" / f"vgg9_w0.0625_{stage}.pt"
    restored = load_shipped(path, graph(RECIPE, stage), TRIANGLE)
    scaling = input_scaling(find_dataset("cifar10"))
    labels = torch.from_numpy(IMAGES.labels)
    values = values_of(IMAGES, scaling)
    batches = Batches(values, labels, scaling, 40, Augmentation(), torch.device("cpu"))
    images, _ = next(batches.plain(40))
    with torch.no_grad(), quantised_weights(trained):
        expected = trained.eval()(images)
    got = restored.eval()(images).detach()
    # Gains and shifts of the ANN are rounded to 2**-shift, nothing else is.
    torch.testing.assert_close(got, expected, rtol=1e-4, atol=1e-4)


def test_a_stage_starts_from_checkpoints_and_names_its_parent(chain: Path, tmp_path: Path) -> None:
    shipped = chain / "out"
    said = train(tmp_path / "run", tmp_path / "out", only=("t1",), start=shipped)
    assert [path.name for path in (tmp_path / "run").glob("*.pt")] == ["t1.pt"]
    assert said[0].startswith("t1: finished")
    parent = hashlib.sha256((shipped / "vgg9_w0.0625_t2.pt").read_bytes()).hexdigest()
    child = load_checkpoint(tmp_path / "out" / "vgg9_w0.0625_t1.pt")
    assert child.provenance.parent_sha256 == parent


def test_only_what_has_no_checkpoint_is_trained(chain: Path, tmp_path: Path) -> None:
    start = tmp_path / "start"
    start.mkdir()
    for stage in ("ann", "t2"):
        name = f"vgg9_w0.0625_{stage}.pt"
        (start / name).write_bytes((chain / "out" / name).read_bytes())
    said = train(tmp_path / "run", tmp_path / "out", start=start)
    assert [line.split(":")[0] for line in said] == ["ann", "t2", "t1", "t1"]
    assert "taken from" in said[0]
    assert "taken from" in said[1]
    assert [path.name for path in (tmp_path / "run").glob("*.pt")] == ["t1.pt"]


@pytest.mark.parametrize("stage", ["ann", "t2", "t1"])
def test_a_checkpoint_is_trained_further_with_another_pooling(
    chain: Path, tmp_path: Path, stage: str
) -> None:
    settings = RECIPE.stage(stage).model_copy(update={"continues": True, "distill": 0.5})
    averages = {"pool_kind": "average", "stages": {**RECIPE.stages, stage: settings}}
    recipe = RECIPE.model_copy(update=averages)
    train(tmp_path / "run", tmp_path / "out", only=(stage,), start=chain / "out", recipe=recipe)
    name = f"vgg9_w0.0625_{stage}.pt"
    before, after = (load_checkpoint(folder / "out" / name) for folder in (chain, tmp_path))
    assert after.provenance.parent_sha256 == before.sha256
    kinds = [layer.pool_kind for layer in after.network.layers if layer.pool > 1]
    assert set(kinds) == {"average"}
    # What it starts from pools as it did, a teacher too.
    network = graph(recipe, stage)
    assert load_shipped(chain / "out" / name, network, TRIANGLE).network == graph(RECIPE, stage)


def test_a_checkpoint_that_cannot_be_started_from_is_refused(chain: Path, tmp_path: Path) -> None:
    name = "vgg9_w0.0625_t2.pt"
    t2 = load_checkpoint(chain / "out" / name)
    cases = {
        "keeps no float neurons": replace(t2, trained=()),
        "is of another network": load_checkpoint(chain / "out" / "vgg9_w0.0625_t1.pt"),
    }
    for text, checkpoint in cases.items():
        save_checkpoint(tmp_path / name, checkpoint)
        with pytest.raises(InvalidInput, match=rf"{name}: {text}"):
            train(tmp_path / "run", tmp_path / "out", only=("t1",), start=tmp_path)
