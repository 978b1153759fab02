"""What an ANN's integers do on images: the multiplications that a chip could not skip."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwsim.errors import UsageError
from hwsim.network.checkpoint import load_checkpoint
from hwsim.network.execute import Execution, Executor
from hwsim.network.graph import Layer, Network
from hwsim.progress import Tell, silent
from hwsim.trace.images import Count, labelled_images
from hwsim.trace.store import Origin

Counts = npt.NDArray[np.int64]

_BATCH = 32


@dataclass(frozen=True)
class AnalogCounts:
    """An ANN on N images. All arrays are int64; `layers` runs over all weight layers.

    `dense_macs` (layers,): multiply-accumulates of one image over taps inside the input.
    `nonzero_macs` (N, layers): those of them whose input is not zero, counted as `synapse.op`
    counts spikes; the inputs of layer 0 are the int8 pixels, of the others the int8 activations
    after pooling. `nonzero_inputs` (N, layers) of the `inputs` (layers,) are not zero. `labels`
    and `predictions` are (N,). `origin` names the checkpoint and the images.
    """

    network: Network
    origin: Origin
    labels: Counts
    predictions: Counts
    dense_macs: Counts
    nonzero_macs: Counts
    inputs: Counts
    nonzero_inputs: Counts


def analog_counts(
    checkpoint: Path, images: Count = "all", data: Path | None = None, tell: Tell = silent
) -> AnalogCounts:
    """Run the ANN in `checkpoint` on its first test images, chosen as `record` chooses them.

    Raises UsageError where `checkpoint` is of a
    spiking network, and what `load_checkpoint` and `labelled_images` raise.
    """
    loaded = load_checkpoint(checkpoint)
    network = loaded.network
    if not network.analog:
        raise UsageError(
            f"{checkpoint} is a spiking network (T = {network.timesteps}), not an ANN such as "
            "vgg16_ann.pt"
        )
    chosen = labelled_images(checkpoint, network, images, data)
    executor = Executor(loaded)
    predictions: list[Counts] = []
    macs: list[Counts] = []
    nonzero: list[Counts] = []
    batch = min(_BATCH, executor.images_at_once)
    for start in range(0, len(chosen), batch):
        execution = executor.run(chosen.pixels[start : start + batch])
        predictions.append(execution.classes.numpy())
        arriving = list(zip(network.layers, _nonzero(execution), strict=True))
        macs.append(np.stack([_macs(layer, pixels) for layer, pixels in arriving], axis=1))
        nonzero.append(np.stack([pixels.sum(axis=(1, 2)) for _, pixels in arriving], axis=1))
        tell("run the ANN", min(start + batch, len(chosen)), len(chosen))
    accuracy = loaded.provenance.test_accuracy_percent
    split = f"the first {len(chosen)} of {network.dataset}'s test split"
    return AnalogCounts(
        network=network,
        origin=Origin(checkpoint.name, loaded.sha256, accuracy, split),
        labels=chosen.labels,
        predictions=np.concatenate(predictions),
        dense_macs=np.array([layer.macs for layer in network.layers], np.int64),
        nonzero_macs=np.concatenate(macs),
        inputs=np.array([layer.inputs for layer in network.layers], np.int64),
        nonzero_inputs=np.concatenate(nonzero),
    )


def _nonzero(execution: Execution) -> list[Counts]:
    """Per layer (N, H, W): how many channels of each pixel of its input are not zero."""
    arriving = (execution.inputs, *execution.activations)
    return [np.count_nonzero(values.numpy(), axis=-1).astype(np.int64) for values in arriving]


def _macs(layer: Layer, nonzero: Counts) -> Counts:
    """(N,): each non-zero input times the outputs that it reaches."""
    rows, columns = np.array(layer.reached(0)), np.array(layer.reached(1))
    macs: Counts = layer.out_shape[0] * (nonzero @ columns @ rows)
    return macs
