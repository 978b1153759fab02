"""Accuracy and activity of a checkpoint's integer network on labelled images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from hwsim.errors import InvalidInput
from hwsim.network.checkpoint import Checkpoint
from hwsim.network.execute import Executor
from hwsim.network.graph import Layer
from hwsim.training.images import Images

_BATCH = 64


@dataclass(frozen=True)
class Evaluation:
    """What the integers that ship do on `images` images.

    `rates`: per spiking layer, spikes per neuron (before pooling), summed over the timesteps;
    empty for an ANN. `weighted_rate` is R, the share of dense MACs whose input is not zero: over
    layers l >= 2, MAC_l times the mean number of non-zero inputs (after pooling, summed over the
    timesteps), divided by the MACs of all layers. `saturations` counts clipped membranes.
    """

    correct: int
    images: int
    rates: tuple[float, ...]
    weighted_rate: float
    saturations: int

    @property
    def accuracy_percent(self) -> float:
        """Correct images in percent."""
        return 100.0 * self.correct / self.images

    @property
    def mean_rate(self) -> float | None:
        """Mean of `rates` over the layers; None where no layer spikes."""
        return sum(self.rates) / len(self.rates) if self.rates else None


def evaluate(
    checkpoint: Checkpoint, images: Images, tell: Callable[[int, int], None] | None = None
) -> Evaluation:
    """Run the integer network on all `images`; `tell` hears of (images done, images in all).

    Raises InvalidInput where there are none, or where they are of another data set's classes.
    """
    network = checkpoint.network
    if len(images) == 0 or images.classes != network.classes:
        raise InvalidInput(
            f"{len(images)} images of {images.classes} classes; network {network.name} tells "
            f"{network.classes} apart"
        )
    executor = Executor(checkpoint)
    correct = saturations = 0
    fired = [0] * len(network.spiking_layers)
    sent = [0] * (len(network.layers) - 1)
    batch = min(_BATCH, executor.images_at_once)
    for start in range(0, len(images), batch):
        execution = executor.run(images.pixels[start : start + batch])
        labels = images.labels[start : start + batch]
        correct += int((execution.classes.numpy() == labels).sum())
        saturations += execution.saturations
        for index, (layer, spikes) in enumerate(
            zip(network.spiking_layers, execution.spikes, strict=True)
        ):
            fired[index] += int(spikes.sum())
            sent[index] += int(_pooled(layer, spikes).sum())
        for index, activations in enumerate(execution.activations):
            sent[index] += int(activations.count_nonzero())
        if tell is not None:
            tell(min(start + batch, len(images)), len(images))
    count = len(images)
    rates = [n / count / layer.neurons for n, layer in zip(fired, network.layers, strict=False)]
    weighted = sum(
        after.dense_macs * n / count / after.inputs
        for n, after in zip(sent, network.layers[1:], strict=True)
    )
    macs = sum(layer.dense_macs for layer in network.layers)
    return Evaluation(correct, count, tuple(rates), weighted / macs, saturations)


def _pooled(layer: Layer, spikes: Tensor) -> Tensor:
    """Which inputs of the next layer are not zero, for spikes (N, T, H, W, C)."""
    if layer.pool == 1:
        return spikes
    count, steps, height, width, channels = spikes.shape
    windows = spikes.reshape(
        count, steps, height // layer.pool, layer.pool, width // layer.pool, layer.pool, channels
    )
    return windows.any(dim=5).any(dim=3)
