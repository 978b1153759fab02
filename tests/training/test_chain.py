from __future__ import annotations

import csv
import os
import signal
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from hwsim.errors import InvalidInput
from hwsim.training.analog import AnalogNetwork
from hwsim.training.batches import Batches, Poisson, input_values
from hwsim.training.calibrate import calibrate
from hwsim.training.chain import Run, check_stages, input_scaling, run_chain
from hwsim.training.datasets import find_dataset
from hwsim.training.handover import from_analog, from_longer
from hwsim.training.images import Images
from hwsim.training.loop import accuracy_percent
from hwsim.training.optimizer import TrainableNetwork
from hwsim.training.progress import Progress
from hwsim.training.quantised import quantised_weights
from hwsim.training.recipe import Augmentation, Phase, RandAugment, Recipe, Stage
from hwsim.training.sample import load_sample
from hwsim.training.spike import Surrogate
from hwsim.training.spiking import SpikingNetwork
from hwsim.training.stages import load_stage
from tests.training.layouts import pictures

SAMPLE = Path(__file__).parents[2] / "trained" / "cifar10_sample.npz"


def tiny(**stages: Stage) -> Recipe:
    return Recipe(
        network="vgg9",
        width=0.0625,
        classifier=(16,),
        timesteps=(2, 1),
        batch_size=16,
        holdout=8,
        amp=False,
        stages=stages,
    )


def start(recipe: Recipe, folder: Path, images: Images, save_every_s: float = 0.0) -> None:
    folder.mkdir(exist_ok=True)
    progress = Progress(folder, quiet=True)
    run_chain(Run(recipe, folder, images, progress, torch.device("cpu"), save_every_s))


def log(folder: Path) -> list[dict[str, str]]:
    with (folder / "log.csv").open() as file:
        return list(csv.DictReader(file))


def assert_same_weights(recipe: Recipe, unbroken: Path, broken: Path) -> None:
    for stage in recipe.stage_names:
        one, _ = load_stage(unbroken / f"{stage}.pt")
        other, _ = load_stage(broken / f"{stage}.pt")
        for name, value in one.state_dict().items():
            assert torch.equal(value, other.state_dict()[name]), f"{stage} {name}"
    assert not list(broken.glob("*.partial.pt"))


class KilledError(Exception):
    pass


PLAIN = Stage(phases=(Phase(epochs=2), Phase(epochs=1)), calibration_images=16)
OPTIONS = {
    "coding": "poisson",
    "timesteps": (1,),
    "augmentation": Augmentation(randaugment=RandAugment()),
}
FOUR_BITS = PLAIN.model_copy(update={"weight_bits": 4, "distill": 0.5})


@pytest.mark.parametrize(
    "recipe",
    [
        tiny(default=PLAIN),
        tiny(default=PLAIN, t1_w4=FOUR_BITS).model_copy(update=OPTIONS),
    ],
    ids=["plain", "options"],
)
def test_killed_at_any_moment_and_resumed_gives_the_same_weights(
    recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = Images(pictures(40), np.arange(40) % 10, 10)
    start(recipe, tmp_path / "unbroken", images)
    batch, countdown = Batches.batch, [0]

    def dying(self: Batches, key: tuple[object, ...], position: int):  # type: ignore[no-untyped-def]
        countdown[0] -= 1
        if countdown[0] < 0:
            raise KilledError
        return batch(self, key, position)

    monkeypatch.setattr(Batches, "batch", dying)
    deaths = 0
    for steps in (1, 4, 5, 3, 2, 100):
        countdown[0] = steps
        try:
            start(recipe, tmp_path / "broken", images)
        except KilledError:
            deaths += 1
    assert deaths == 5
    assert_same_weights(recipe, tmp_path / "unbroken", tmp_path / "broken")


def test_ctrl_c_waits_for_the_end_of_a_step_and_loses_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe, images = tiny(default=PLAIN), Images(pictures(40), np.arange(40) % 10, 10)
    start(recipe, tmp_path / "unbroken", images)
    batch, calls = Batches.batch, []

    def pressed(self: Batches, key: tuple[object, ...], position: int):  # type: ignore[no-untyped-def]
        calls.append((key, position))
        if len(calls) == 3:
            os.kill(os.getpid(), signal.SIGINT)
        return batch(self, key, position)

    monkeypatch.setattr(Batches, "batch", pressed)
    with pytest.raises(KeyboardInterrupt):
        start(recipe, tmp_path / "broken", images, save_every_s=1e9)
    assert len(calls) == 3
    start(recipe, tmp_path / "broken", images, save_every_s=1e9)
    assert len(calls) == len(set(calls))
    assert_same_weights(recipe, tmp_path / "unbroken", tmp_path / "broken")


def test_every_stage_learns_real_images(tmp_path: Path) -> None:
    images = load_sample(SAMPLE).first(168)
    recipe = tiny(
        ann=Stage(phases=(Phase(epochs=12),), matrix_lr=0.05, calibration_images=160),
        t2=Stage(phases=(Phase(epochs=5),), calibration_images=160),
        t1=Stage(phases=(Phase(epochs=12),), calibration_images=160),
    ).model_copy(update={"width": 0.125, "augmentation": Augmentation(crop=0, flip=False)})
    start(recipe, tmp_path, images, save_every_s=1e9)
    scaling = input_scaling(find_dataset("cifar10"))
    values, labels = input_values(images.pixels, scaling), torch.from_numpy(images.labels)
    batches = Batches(values[:160], labels[:160], scaling, 32, Augmentation(), torch.device("cpu"))

    def accuracy(network: TrainableNetwork) -> float:
        calibrate(network, batches, 160)
        return accuracy_percent(network, batches, amp=False)

    ann, t2, t1 = (load_stage(tmp_path / f"{stage}.pt")[0] for stage in recipe.stage_names)
    assert isinstance(ann, AnalogNetwork)
    assert isinstance(t2, SpikingNetwork)
    assert accuracy(ann) > 80
    assert accuracy(t2) > accuracy(from_analog(ann, t2.network)) + 5
    assert accuracy(t1) > accuracy(from_longer(t2, t1.network)) + 5
    for stage in recipe.stage_names:
        rows = [row for row in log(tmp_path) if row["stage"] == stage]
        assert float(rows[-1]["heldout_percent"]) >= 0
        assert bool(rows[-1]["spike_rate"]) == (stage != "ann")


def test_a_stage_alone_needs_the_one_before(tmp_path: Path) -> None:
    images = Images(pictures(40), np.arange(40) % 10, 10)
    recipe = tiny(default=Stage(phases=(Phase(epochs=0.5),), calibration_images=16))
    run = Run(recipe, tmp_path, images, Progress(tmp_path, quiet=True), torch.device("cpu"))
    with pytest.raises(InvalidInput, match="stage t1 starts from stage t2"):
        run_chain(run, only=["t1"])
    with pytest.raises(InvalidInput, match="the chain is ann, t2, t1"):
        run_chain(run, only=["t3"])
    run_chain(run)
    written = (tmp_path / "t1.pt").stat().st_mtime_ns
    run_chain(run)
    assert (tmp_path / "t1.pt").stat().st_mtime_ns == written, "a finished stage is kept"
    run_chain(run, only=["t1"])
    assert (tmp_path / "t1.pt").stat().st_mtime_ns > written, "a named stage is repeated"
    (tmp_path / "t2.pt").write_bytes(b"broken")
    with pytest.raises(InvalidInput, match=r"t2.pt: not a training stage"):
        run_chain(run, only=["t1"])


def test_distillation_and_rate_penalty_run(tmp_path: Path) -> None:
    images = Images(pictures(40), np.arange(40) % 10, 10)
    quiet = Stage(phases=(Phase(epochs=6),), calibration_images=16, matrix_lr=0.05)
    busy = quiet.model_copy(update={"constant_lr": 0.05})
    saving = busy.model_copy(update={"rate_penalty": 50.0, "distill": 0.5, "loss": "final"})
    rates = []
    for name, stage in (("plain", busy), ("saving", saving)):
        start(tiny(ann=quiet, default=stage), tmp_path / name, images, 1e9)
        rates.append(float(log(tmp_path / name)[-1]["spike_rate"]))
    assert rates[1] < rates[0]


def test_a_stage_has_its_own_surrogate_and_not_that_of_the_stage_before(tmp_path: Path) -> None:
    images = Images(pictures(40), np.arange(40) % 10, 10)
    wide = PLAIN.model_copy(update={"surrogate_width": 3.0})
    recipe = tiny(ann=PLAIN, t2=wide, t1=PLAIN)
    start(recipe, tmp_path, images)
    for name, width in (("t2", 3.0), ("t1", 1.0)):
        network, _ = load_stage(tmp_path / f"{name}.pt")
        assert isinstance(network, SpikingNetwork)
        assert {layer.lif.surrogate for layer in network.spiking_layers()} == {
            Surrogate("triangle", width)
        }


def test_images_that_shrink_to_another_size_are_refused(tmp_path: Path) -> None:
    images = Images(pictures(40), np.arange(40) % 10, 10)
    for size, fits in ((25, True), (24, False), (33, False)):
        small = Stage(phases=(Phase(epochs=0.5), Phase(epochs=0.1, image_size=size)))
        recipe = tiny(ann=small, default=PLAIN)
        if fits:
            check_stages(recipe, recipe.stage_names)
            continue
        text = rf"stage ann, phases.1.image_size: {size}; vgg9_w0.0625 takes 25 to 32 pixels"
        with pytest.raises(InvalidInput, match=text):
            start(recipe, tmp_path, images)


def test_a_branch_learns_with_few_bits(tmp_path: Path) -> None:
    images = load_sample(SAMPLE).first(168)
    stage = Stage(phases=(Phase(epochs=12),), matrix_lr=0.05, calibration_images=160)
    recipe = tiny(
        ann=stage.model_copy(update={"phases": (Phase(epochs=5),)}),
        t1=stage,
        t1_w6=stage.model_copy(update={"weight_bits": 6, "phases": (Phase(epochs=1),)}),
        t1_w3=stage.model_copy(update={"weight_bits": 3, "phases": (Phase(epochs=8),)}),
    ).model_copy(
        update={
            "timesteps": (1,),
            "width": 0.125,
            "augmentation": Augmentation(crop=0, flip=False),
        }
    )
    assert recipe.stage_names == ("ann", "t1", "t1_w6", "t1_w3")
    start(recipe, tmp_path, images, save_every_s=1e9)
    scaling = input_scaling(find_dataset("cifar10"))
    values, labels = input_values(images.pixels, scaling), torch.from_numpy(images.labels)
    batches = Batches(values[:160], labels[:160], scaling, 32, Augmentation(), torch.device("cpu"))

    def accuracy(stage: str, bits: int) -> float:
        network, _ = load_stage(tmp_path / f"{stage}.pt")
        network.network = replace(network.network, weight_bits=bits)
        calibrate(network, batches, 160)
        with quantised_weights(network):
            return accuracy_percent(network, batches, amp=False)

    assert load_stage(tmp_path / "t1_w3.pt")[0].network.weight_bits == 3
    assert accuracy("t1_w3", 3) > accuracy("t1", 3) + 5


def test_poisson_coding_learns_and_its_ann_sees_pixels(tmp_path: Path) -> None:
    images = load_sample(SAMPLE).first(168)
    stage = Stage(phases=(Phase(epochs=8),), matrix_lr=0.05, calibration_images=160)
    few = stage.model_copy(update={"phases": (Phase(epochs=3),)})
    recipe = tiny(ann=few, t2=stage).model_copy(
        update={
            "timesteps": (2,),
            "coding": "poisson",
            "augmentation": Augmentation(crop=0, flip=False),
        }
    )
    start(recipe, tmp_path, images, save_every_s=1e9)
    t2, _ = load_stage(tmp_path / "t2.pt")
    assert t2.network.coding == "poisson"
    scaling = input_scaling(find_dataset("cifar10"))
    batches = Batches(
        *(input_values(images.pixels, scaling)[:160], torch.from_numpy(images.labels)[:160]),
        *(scaling, 32, Augmentation(), torch.device("cpu"), Poisson(2, recipe.seed)),
    )
    calibrate(t2, batches, 160)
    assert accuracy_percent(t2, batches, amp=False) > 25, "chance is 10 %"
