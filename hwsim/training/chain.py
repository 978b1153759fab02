"""The chain: train the ANN, hand it to the most timesteps, retrain down to the fewest.

Iterative initialization and retraining (Chowdhury et al. 2021) with batch norm through time:
each network starts from the one before, its own run of the same loop.
"""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from hwsim.errors import InvalidInput
from hwsim.network.graph import Network
from hwsim.network.header import checkpoint_name
from hwsim.network.parameters import InputScaling
from hwsim.network.vgg import VggShape, vgg
from hwsim.training.analog import AnalogNetwork
from hwsim.training.batches import Batches, Poisson, generator, part, values_of
from hwsim.training.calibrate import calibrate
from hwsim.training.datasets import find_dataset
from hwsim.training.handover import from_analog, from_earlier, from_longer
from hwsim.training.images import Dataset, Images
from hwsim.training.loop import (
    Hooks,
    Position,
    StageData,
    accuracy_percent,
    new_optimizer,
    train_stage,
    weights_of,
)
from hwsim.training.optimizer import TrainableNetwork
from hwsim.training.progress import Progress
from hwsim.training.recipe import Recipe, stage_timesteps
from hwsim.training.shipped import load_shipped
from hwsim.training.stages import (
    StageNotes,
    load_partial,
    load_stage,
    partial_path,
    save_partial,
    save_stage,
    stage_path,
)

StageFinished = Callable[[str, TrainableNetwork, StageNotes], None]


@dataclass(frozen=True)
class Run:
    """One chain: its recipe, its folder, its training images and where it reports.

    The checkpoints in the folder `start` stand for stages that `run_dir` does not have.
    """

    recipe: Recipe
    run_dir: Path
    images: Images
    progress: Progress
    device: torch.device
    save_every_s: float = 240.0
    start: Path | None = None


def input_scaling(dataset: Dataset) -> InputScaling:
    """Normalized pixels to int8 such that the brightest and the darkest pixel just fit."""
    extremes = [max(m, 1 - m) / s for m, s in zip(dataset.mean, dataset.std, strict=True)]
    return InputScaling(dataset.mean, dataset.std, round(max(extremes) / 127 + 5e-7, 6))


def graph(recipe: Recipe, name: str) -> Network:
    """The network of the recipe's stage `name`; that of the ANN has the layers of all."""
    dataset = find_dataset(recipe.dataset)
    shape = VggShape(
        name=recipe.network,
        width=recipe.width,
        classifier=recipe.classifier,
        image_size=dataset.image_size,
        pool_kind=recipe.pool_kind,
        coding=recipe.coding,
    )
    timesteps = 1 if name == "ann" else stage_timesteps(name)
    network = vgg(shape, dataset=recipe.dataset, classes=dataset.classes, timesteps=timesteps)
    return replace(network, weight_bits=recipe.stage(name).weight_bits or 8)


def check_stages(recipe: Recipe, names: Sequence[str]) -> None:
    """Raise InvalidInput for a stage that is not in the chain or has no settings, for a network
    that cannot be built, and for images that shrink to another size than the classifier's.
    """
    chain = recipe.stage_names
    for name in names:
        if name not in chain:
            raise InvalidInput(f"stage {name}: unknown; the chain is {', '.join(chain)}")
        network = graph(recipe, name)
        height = network.input_shape[1]
        side = next(layer.kernel[0] for layer in network.layers if layer.kind == "linear")
        smallest = (side - 1) * (height // side) + 1
        for number, phase in enumerate(recipe.stage(name).phases):
            if phase.image_size and not smallest <= phase.image_size <= height:
                raise InvalidInput(
                    f"recipe: stage {name}, phases.{number}.image_size: {phase.image_size}; "
                    f"{network.name} takes {smallest} to {height} pixels"
                )


def coding_of(recipe: Recipe, name: str) -> Poisson | None:
    """How images reach the network of stage `name`: the ANN sees pixels, whatever the recipe."""
    if recipe.coding == "direct" or name == "ann":
        return None
    return Poisson(stage_timesteps(name), recipe.seed)


def run_chain(
    run: Run,
    *,
    only: Sequence[str] = (),
    finished: StageFinished | None = None,
) -> None:
    """Train every stage that is not finished, in order; `finished` hears of each one.

    `only` names stages to run by themselves, again where they are finished; the stage before
    each must exist. A stage that was interrupted continues at its last save.
    """
    names = run.recipe.stage_names
    check_stages(run.recipe, only or names)
    for name in names:
        if only and name not in only:
            continue
        path = stage_path(run.run_dir, name)
        again = name in only and not partial_path(run.run_dir, name).exists()
        if path.exists() and not again:
            network, notes = load_stage(path)
            run.progress.say(f"{name}: finished earlier ({path})")
        elif name not in only and _taken(run, name):
            continue
        else:
            network, notes = _run_stage(run, name)
        if finished is not None:
            finished(name, network, notes)


def _run_stage(run: Run, name: str) -> tuple[TrainableNetwork, StageNotes]:
    recipe, stage = run.recipe, run.recipe.stage(name)
    network = _initial_network(run, name).to(run.device)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    data, plain = _stage_data(run, name)
    optimizer = new_optimizer(network, stage)
    partial = partial_path(run.run_dir, name)
    position = Position()
    if partial.exists():
        position = Position(*load_partial(partial, network, optimizer))
        run.progress.say(f"{name}: continuing after step {position.step}")

    def save() -> None:
        save_partial(partial, network, optimizer, position.step, position.elapsed_s)

    teacher = _teacher(run) if stage.distills and name != "ann" else None
    try:
        train_stage(
            name,
            (recipe.seed, name),
            network,
            optimizer,
            position,
            stage,
            data,
            Hooks(log=run.progress.show, save=save, save_every_s=run.save_every_s),
            amp=recipe.amp,
            teacher=teacher,
        )
    except KeyboardInterrupt:
        if partial.exists():
            run.progress.say(f"{name}: kept in {partial}: the same command goes on from there")
        raise
    calibrate(network, plain[0], stage.calibration_images)
    heldout = None
    if plain[1] is not None:
        with weights_of(network, stage):
            heldout = accuracy_percent(network, plain[1], amp=False)
    notes = StageNotes(
        stage=name,
        epochs=round(sum(phase.epochs for phase in stage.phases), 6),
        seed=recipe.seed,
        wall_time_s=round(position.elapsed_s, 1),
        hardware=_hardware(run.device),
        heldout_percent=heldout,
        heldout_images=recipe.holdout,
    )
    save_stage(stage_path(run.run_dir, name), network, recipe.surrogate_of(name), notes)
    partial.unlink(missing_ok=True)
    run.progress.close()
    if heldout is not None:
        run.progress.say(f"{name}: finished, {heldout:.2f} % of {recipe.holdout} held-out images")
    return network, notes


def _initial_network(run: Run, name: str) -> TrainableNetwork:
    recipe = run.recipe
    network, before = graph(recipe, name), recipe.stage_before(name)
    if before is None:
        # The only place that draws from torch's global generator: the initial weights.
        torch.manual_seed(generator(recipe.seed, "weights").initial_seed())
        return AnalogNetwork(network)
    if before == name:
        return from_earlier(_earlier(run, name), network, recipe.surrogate_of(name))
    source = _finished_stage(run, before, f"stage {name} starts from stage {before}")
    if isinstance(source, AnalogNetwork):
        return from_analog(source, network, recipe.surrogate_of(name))
    return from_longer(source, network, recipe.surrogate_of(name))


def _earlier(run: Run, name: str) -> TrainableNetwork:
    """The network of stage `name` that this run trains further."""
    shipped = _shipped(run, name)
    if shipped is None:
        wanted = checkpoint_name(graph(run.recipe, name), name)
        raise InvalidInput(f"stage {name} continues: --from names no folder with {wanted}")
    return load_shipped(shipped, graph(run.recipe, name), run.recipe.surrogate_of(name))


def _teacher(run: Run) -> AnalogNetwork:
    teacher = _finished_stage(run, "ann", "it is the teacher")
    assert isinstance(teacher, AnalogNetwork)
    teacher.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return teacher.eval().to(run.device)


def _finished_stage(run: Run, name: str, why: str) -> TrainableNetwork:
    """The network of stage `name`: from the run's folder, else from a checkpoint."""
    path, network = stage_path(run.run_dir, name), graph(run.recipe, name)
    if path.exists():
        found, _ = load_stage(path)
        if found.network != network:
            raise InvalidInput(f"{path}: is of another network than the recipe's")
        return found
    shipped = _shipped(run, name)
    if shipped is None:
        raise InvalidInput(f"{path}: missing; {why}")
    return load_shipped(shipped, network, run.recipe.surrogate_of(name))


def _taken(run: Run, name: str) -> bool:
    """Whether a checkpoint stands for stage `name`, of which nothing is trained yet."""
    shipped = _shipped(run, name)
    if shipped is None or partial_path(run.run_dir, name).exists():
        return False
    run.progress.say(f"{name}: taken from {shipped}")
    return True


def _shipped(run: Run, name: str) -> Path | None:
    """The checkpoint that stands for stage `name`, if there is one."""
    if run.start is None:
        return None
    path = run.start / checkpoint_name(graph(run.recipe, name), name)
    return path if path.exists() else None


def _stage_data(run: Run, name: str) -> tuple[StageData, tuple[Batches, Batches | None]]:
    """The stage's data, and its full-size training and held-out images for what comes after."""
    recipe, scaling = run.recipe, input_scaling(find_dataset(run.recipe.dataset))
    stage, values = recipe.stage(name), values_of(run.images, scaling)
    labels = torch.from_numpy(run.images.labels)
    kept = len(labels) - recipe.holdout
    if kept < 2:
        raise InvalidInput(f"recipe: holdout {recipe.holdout} leaves no image of {len(labels)}")

    def batches(start: int, stop: int, size: int) -> Batches:
        return Batches(
            part(values, start, stop, size),
            labels[start:stop],
            scaling,
            stage.batch_size or recipe.batch_size,
            recipe.augmentation,
            run.device,
            coding_of(recipe, name),
        )

    sizes = [phase.image_size for phase in stage.phases]
    train = {size: batches(0, kept, size) for size in {*sizes, 0}}
    heldout = (
        {size: batches(kept, len(labels), size) for size in {*sizes, 0}} if recipe.holdout else None
    )
    data = StageData(
        tuple(train[size] for size in sizes),
        tuple(heldout[size] for size in sizes) if heldout else None,
    )
    return data, (train[0], heldout[0] if heldout else None)


def _hardware(device: torch.device) -> str:
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    return f"{platform.machine()} CPU, {torch.get_num_threads()} threads"
