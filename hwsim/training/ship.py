"""Turn finished float stages into checkpoints: integers, measured, with their ancestry."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import torch

from hwsim import __version__
from hwsim.errors import InvalidInput
from hwsim.network.analog import as_analog
from hwsim.network.checkpoint import Checkpoint, Provenance, load_checkpoint, save_checkpoint
from hwsim.network.fold import FloatNeurons
from hwsim.network.header import checkpoint_name
from hwsim.network.parameters import LayerParameters
from hwsim.network.stored import parameters_to_plain
from hwsim.training.analog import AnalogNetwork
from hwsim.training.batches import Batches, values_of
from hwsim.training.chain import Run, coding_of, graph, input_scaling
from hwsim.training.datasets import find_dataset
from hwsim.training.evaluate import evaluate
from hwsim.training.export import analog_integers, float_neurons, to_integers
from hwsim.training.images import Images
from hwsim.training.loop import accuracy_percent
from hwsim.training.optimizer import TrainableNetwork
from hwsim.training.recipe import Augmentation
from hwsim.training.sample import sample_path, write_sample
from hwsim.training.stages import StageNotes, stage_path


class Shipper:
    """Writes a checkpoint to `out` for every finished stage, and the sample of test images.

    The parent of a stage is the checkpoint of the one before; the ANN has none.
    """

    def __init__(self, run: Run, out: Path, test: Images) -> None:
        self.run = run
        self.out = out
        self.test = test
        out.mkdir(parents=True, exist_ok=True)
        write_sample(sample_path(out, run.recipe.dataset), test)

    def __call__(self, name: str, network: TrainableNetwork, notes: StageNotes) -> None:
        """Ship stage `name`, unless `out` has exactly these integers already."""
        scaling = input_scaling(find_dataset(self.run.recipe.dataset))
        shipped, trained = network.network, tuple[FloatNeurons, ...]()
        if isinstance(network, AnalogNetwork):
            shipped = as_analog(shipped)
            parameters = analog_integers(network.cpu(), scaling)
        else:
            parameters = to_integers(network.cpu(), scaling)
            trained = tuple(float_neurons(layer) for layer in network.spiking_layers())
        path = self.out / checkpoint_name(shipped, name)
        if path.exists() and _same(path, parameters):
            self.run.progress.say(f"{name}: {path} is up to date")
            return
        seeded = Provenance(self.run.recipe.dataset, seed=notes.seed)
        unmeasured = Checkpoint(shipped, parameters, scaling, seeded)
        result = evaluate(unmeasured, self.test)
        provenance = Provenance(
            dataset=self.run.recipe.dataset,
            test_accuracy_percent=result.accuracy_percent,
            test_images=result.images,
            float_accuracy_percent=self._float_accuracy(name, network),
            heldout_accuracy_percent=notes.heldout_percent,
            mean_spike_rate=result.mean_rate,
            mac_weighted_rate=result.weighted_rate,
            parent_sha256=self._parent(name),
            stage=name,
            recipe=self.run.recipe.model_dump(mode="json"),
            epochs=notes.epochs,
            seed=notes.seed,
            wall_time_s=notes.wall_time_s,
            hardware=notes.hardware,
            hwsim_version=__version__,
        )
        save_checkpoint(path, Checkpoint(shipped, parameters, scaling, provenance, trained))
        spikes = "" if result.mean_rate is None else f", mean spike rate {result.mean_rate:.3f}"
        self.run.progress.say(
            f"{name}: {path}, {result.accuracy_percent:.2f} % of {result.images} test images"
            f" (float {provenance.float_accuracy_percent:.2f} %){spikes},"
            f" R {100 * result.weighted_rate:.1f} %"
        )

    def _parent(self, name: str) -> str | None:
        before = self.run.recipe.stage_before(name)
        if before is None:
            return None
        file = checkpoint_name(graph(self.run.recipe, before), before)
        trained = stage_path(self.run.run_dir, before)
        if self.run.start is not None and (before == name or not trained.exists()):
            path = self.run.start / file
        else:
            path = self.out / file if (self.out / file).exists() else trained
        return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None

    def _float_accuracy(self, name: str, network: TrainableNetwork) -> float:
        recipe = self.run.recipe
        scaling = input_scaling(find_dataset(recipe.dataset))
        batches = Batches(
            values_of(self.test, scaling),
            torch.from_numpy(self.test.labels),
            scaling,
            recipe.batch_size,
            Augmentation(),
            torch.device("cpu"),
            coding_of(recipe, name),
        )
        return accuracy_percent(network, batches, amp=False)


def _same(path: Path, parameters: tuple[LayerParameters, ...]) -> bool:
    try:
        there = load_checkpoint(path).parameters
    except InvalidInput:
        return False
    pairs = zip(there, parameters, strict=False)
    return len(there) == len(parameters) and all(_equal(a, b) for a, b in pairs)


def _equal(one: LayerParameters, other: LayerParameters) -> bool:
    a, b = parameters_to_plain(one), parameters_to_plain(other)
    flat_a, flat_b = {**a, **a["neuron"]}, {**b, **b["neuron"]}
    flat_a.pop("neuron"), flat_b.pop("neuron")
    return flat_a.keys() == flat_b.keys() and all(
        np.array_equal(np.asarray(flat_a[key]), np.asarray(flat_b[key])) for key in flat_a
    )
