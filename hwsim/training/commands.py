"""`hwsim train` and `hwsim eval`."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import Any

import click

from hwsim.errors import HwsimError, InvalidInput, UsageError
from hwsim.network.early_exit import Timesteps, choice, shorten
from hwsim.network.timesteps_option import timesteps_option
from hwsim.progress import progress
from hwsim.training.datasets import DATASETS, load_images
from hwsim.training.sample import load_sample, sample_path

_PATH = click.Path(path_type=Path)


def timestep_range(text: str) -> tuple[int, ...]:
    """`5:1` as (5, 4, 3, 2, 1); `2` as (2,). UsageError where it does not fall to >= 1."""
    first, colon, last = text.partition(":")
    try:
        start, stop = int(first), int(last if colon else first)
    except ValueError as error:
        raise UsageError(f"--timesteps {text}: write T or FROM:TO, e.g. 5:1") from error
    if stop < 1 or start < stop:
        raise UsageError(f"--timesteps {text}: must fall from FROM to TO >= 1, e.g. 5:1")
    return tuple(range(start, stop - 1, -1))


@click.command("train")
@click.option("--network", help="vgg9, vgg11 or vgg16 (default).")
@click.option("--width", type=float, help="Multiplies the channels of every convolution.")
@click.option("--dataset", help=f"{', '.join(DATASETS)}; cifar10 by default.")
@click.option("--data", type=_PATH, required=True, help="Folder of the data set.")
@click.option("--timesteps", metavar="FROM:TO", help="The chain, 5:1 by default.")
@click.option("--out", type=_PATH, required=True, help="Folder for the finished checkpoints.")
@click.option(
    "--recipe",
    "recipe_name",
    metavar="NAME|FILE",
    help="quick (default), full, or a YAML file; the other options override it.",
)
@click.option("--run-dir", type=_PATH, help="Folder of the run; runs/<network>_<dataset>.")
@click.option(
    "--from",
    "start",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of finished checkpoints that stand for stages not trained in this run.",
)
@click.option("--stage", "stages", multiple=True, help="Only this stage: ann, t5, ...; repeatable.")
@click.option("--seed", type=int, help="Decides initial weights, order and augmentation.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda, cuda:1, ...")
@click.option("--threads", type=click.IntRange(1), help="CPU threads; by default all cores.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def train_command(
    network: str | None,
    width: float | None,
    dataset: str | None,
    data: Path,
    timesteps: str | None,
    out: Path,
    recipe_name: str | None,
    run_dir: Path | None,
    start: Path | None,
    stages: tuple[str, ...],
    seed: int | None,
    device: str,
    threads: int | None,
    quiet: bool,
) -> None:
    """Train the chain ANN -> T = 5 -> ... -> 1 and write a checkpoint of the ANN and of each T.

    A run that was interrupted continues where its folder left it; finished stages are kept.
    """
    import numba
    import torch

    from hwsim.training.chain import Run, check_stages, run_chain
    from hwsim.training.curves import write_curves
    from hwsim.training.progress import Progress
    from hwsim.training.recipe import load_recipe, write_recipe
    from hwsim.training.ship import Shipper

    recipe = load_recipe(_recipe_file(recipe_name, run_dir))
    given = {"network": network, "width": width, "dataset": dataset, "seed": seed}
    changes: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
    if timesteps is not None:
        changes["timesteps"] = timestep_range(timesteps)
    recipe = recipe.model_copy(update=changes)
    folder = run_dir or Path("runs") / f"{recipe.network}_{recipe.dataset}"
    if threads is not None:
        torch.set_num_threads(threads)
        numba.set_num_threads(min(threads, numba.get_num_threads()))
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    train, test = (load_images(recipe.dataset, data, split) for split in ("train", "test"))
    kept = folder / "recipe.yaml"
    if kept.exists():
        there = load_recipe(kept)
        if there.model_copy(update={"stages": recipe.stages}) != recipe:
            raise InvalidInput(f"{kept}: another run is in this folder; give --run-dir")
    # What cannot run is refused before anything is written.
    check_stages(recipe, stages or recipe.stage_names)
    shown = Progress(folder, quiet=quiet)
    run = Run(recipe, folder, train, shown, torch.device(device), start=start)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_recipe(recipe, kept)
        run_chain(run, only=stages, finished=Shipper(run, out, test))
        write_curves(folder)
    except OSError as error:
        raise HwsimError(f"{error.filename or folder}: {error.strerror or error}") from error
    finally:
        run.progress.close()


def _recipe_file(name: str | None, run_dir: Path | None) -> Path:
    if name is None and run_dir is not None and (run_dir / "recipe.yaml").exists():
        return run_dir / "recipe.yaml"
    shipped = resources.files("hwsim.training") / "recipes" / f"{name or 'quick'}.yaml"
    if shipped.is_file() and (name is None or "/" not in name):
        return Path(str(shipped))
    return Path(name or "quick")


@click.command("eval")
@click.argument("checkpoint", type=_PATH)
@click.option("--data", type=_PATH, help="Folder of the data set; else the sample beside it.")
@click.option("--images", default="all", show_default=True, metavar="N|all", help="How many.")
@timesteps_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else.")
@click.option("-q", "--quiet", is_flag=True, help="No progress.")
def eval_command(
    checkpoint: Path,
    data: Path | None,
    images: str,
    timesteps: Timesteps | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Measure the test accuracy of CHECKPOINT with exactly the integers that it ships."""
    from hwsim.network.checkpoint import load_checkpoint
    from hwsim.training.evaluate import evaluate

    whole = load_checkpoint(checkpoint)
    loaded = shorten(whole, timesteps)
    trained = whole.network.timesteps
    name = loaded.network.dataset
    limit = _limit(images)
    if data is not None:
        found = load_images(name, data, "test", limit)
    else:
        sample = sample_path(checkpoint.parent, name)
        if not sample.exists():
            raise InvalidInput(f"{sample}: no such file; --data names the folder of {name}")
        found = load_sample(sample).first(limit)
    if limit is not None and len(found) < limit:
        raise UsageError(f"--images {limit}: there are {len(found)}")
    with progress(quiet) as tell:
        result = evaluate(loaded, found, lambda done, total: tell("evaluate", done, total))
    recorded = loaded.provenance.test_accuracy_percent
    if as_json:
        numbers = {
            "accuracy_percent": result.accuracy_percent,
            "images": result.images,
            "correct": result.correct,
            "recorded_accuracy_percent": recorded,
            "recorded_images": loaded.provenance.test_images,
            "analog": loaded.network.analog,
            "timesteps": None if loaded.network.analog else loaded.network.timesteps,
            "trained_timesteps": None if loaded.network.analog else trained,
            "mean_spike_rate": result.mean_rate,
            "mac_weighted_spike_rate": result.weighted_rate,
            "spike_rates": {
                layer.name: rate
                for layer, rate in zip(loaded.network.spiking_layers, result.rates, strict=True)
            },
            "saturations": result.saturations,
            "network": loaded.network.name,
            "dataset": name,
            "sha256": loaded.sha256,
        }
        click.echo(json.dumps(numbers, indent=2))
        return
    chosen = choice(timesteps, trained, loaded.network.timesteps)
    steps = "ANN" if loaded.network.analog else f"T = {loaded.network.timesteps}"
    activity = f"MAC-weighted input {100 * result.weighted_rate:.1f} %"
    if result.mean_rate is not None:
        activity = f"{result.mean_rate:.3f} a neuron, mean over layers; {activity}"
    click.echo(
        f"{checkpoint}: {loaded.network.name}, {name}, {steps}"
        f"{f': {chosen}' if chosen else ''}\n"
        f"accuracy     {result.accuracy_percent:.2f} % of {result.images} images"
        + (
            f" (recorded: {recorded:.2f} % of {loaded.provenance.test_images})"
            if recorded is not None
            else ""
        )
        + f"\nactivity     {activity}\nsaturations  {result.saturations}"
    )


def _limit(text: str) -> int | None:
    if text == "all":
        return None
    if not text.isdecimal() or not 1 <= len(text) <= 9 or int(text) < 1:
        raise UsageError(f"--images {text}: a number from 1, or all")
    return int(text)
