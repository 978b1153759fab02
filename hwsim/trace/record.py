"""Record what a checkpoint's integer network does on real images (torch)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from torch import Tensor

from hwsim.errors import InvalidInput
from hwsim.network.analog import refuse_analog
from hwsim.network.checkpoint import Checkpoint, load_checkpoint
from hwsim.network.early_exit import Timesteps, choice, shorten
from hwsim.network.execute import Execution, Executor
from hwsim.network.graph import Network
from hwsim.trace.contents import silent_problems, spike_counts
from hwsim.trace.images import Count, labelled_images
from hwsim.trace.layout import arrays_of
from hwsim.trace.store import Bits, Origin, SpikeTrace, pack
from hwsim.training.images import Images

Progress = Callable[[int, int], None]
"""Called with (images done, images in all)."""

_BATCH = 32


def record(
    checkpoint: Path,
    images: Count = "all",
    data: Path | None = None,
    progress: Progress = lambda done, total: None,
    timesteps: Timesteps | None = None,
) -> Iterator[SpikeTrace]:
    """The trace of a checkpoint on its first test images, in chunks of a few.

    The images are the test split of the checkpoint's data set in the folder `data`, or without
    one those of the sample that lies beside the checkpoint. With `timesteps` the network runs
    its first ones only (`hwsim.network.early_exit`), and the origin says so. Everything but the
    recording is done before this returns: it raises InvalidInput for a damaged checkpoint, sample
    or data set, and UsageError for an ANN and where there are fewer images or timesteps than asked
    for. Behind the last chunk it raises InvalidInput where a layer recorded no spike on any image.
    """
    whole = load_checkpoint(checkpoint)
    refuse_analog(whole.network, checkpoint)
    loaded = shorten(whole, timesteps)
    network = loaded.network
    chosen = labelled_images(checkpoint, network, images, data)
    split = f"the first {len(chosen)} of {network.dataset}'s test split"
    chosen_steps = choice(timesteps, whole.network.timesteps, network.timesteps)
    origin = Origin(
        checkpoint.name,
        loaded.sha256,
        loaded.provenance.test_accuracy_percent,
        f"{split}, {chosen_steps}" if chosen_steps else split,
    )
    return _chunks(loaded, chosen, origin, progress)


def _chunks(
    checkpoint: Checkpoint, images: Images, origin: Origin, progress: Progress
) -> Iterator[SpikeTrace]:
    executor = Executor(checkpoint)
    network = checkpoint.network
    counts = np.zeros(len(network.spiking_layers), np.int64)
    batch = min(_BATCH, executor.images_at_once)
    for start in range(0, len(images), batch):
        pixels = images.pixels[start : start + batch]
        labels = images.labels[start : start + batch]
        execution = executor.run(pixels)
        trace = traced(network, origin, execution, labels)
        counts += spike_counts(network, arrays_of(trace))
        yield trace
        progress(start + len(pixels), len(images))
    silent = silent_problems(network, tuple(counts.tolist()), len(images))
    if silent:
        raise InvalidInput("\n".join(f"{origin.file}: {problem}" for problem in silent))


def traced(
    network: Network, origin: Origin, execution: Execution, labels: npt.NDArray[np.int64]
) -> SpikeTrace:
    """What a batch of images did, as a trace."""
    inputs = execution.inputs.numpy().reshape(len(labels), -1, network.layers[0].inputs)
    return SpikeTrace(
        network,
        origin,
        tuple(_packed(spikes) for spikes in execution.spikes),
        np.ascontiguousarray(inputs),
        execution.readout.numpy(),
        labels,
    )


def _packed(spikes: Tensor) -> Bits:
    return pack(spikes.contiguous().numpy())
