"""Record what a checkpoint's integer network does on real images (torch)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
from torch import Tensor

from hwsim.errors import InvalidInput, UsageError
from hwsim.network.checkpoint import Checkpoint, load_checkpoint
from hwsim.network.execute import Execution, Executor
from hwsim.network.graph import Network
from hwsim.trace.contents import silent_problems, spike_counts
from hwsim.trace.layout import arrays_of
from hwsim.trace.store import Bits, Origin, SpikeTrace, pack
from hwsim.training.datasets import load_images
from hwsim.training.images import Images
from hwsim.training.sample import load_sample, sample_path

Count = int | Literal["all"]
Progress = Callable[[int, int], None]
"""Called with (images done, images in all)."""

_BATCH = 32


def record(
    checkpoint: Path,
    images: Count = "all",
    data: Path | None = None,
    progress: Progress = lambda done, total: None,
) -> Iterator[SpikeTrace]:
    """The trace of a checkpoint on its first test images, in chunks of a few.

    The images are the test split of the checkpoint's data set in the folder `data`, or without
    one those of the sample that lies beside the checkpoint. Everything but the recording is done
    before this returns: it raises InvalidInput for a damaged checkpoint, sample or data set, and
    UsageError where there are fewer images than asked for. Behind the last chunk it raises
    InvalidInput where a layer recorded no spike on any image.
    """
    if images != "all" and images < 1:
        raise UsageError(f"--images {images}: record at least one image")
    loaded = load_checkpoint(checkpoint)
    network = loaded.network
    found, where = _images(checkpoint, network.dataset, images, data)
    wanted = len(found) if images == "all" else images
    if wanted > len(found):
        raise UsageError(_too_few(wanted, len(found), where, network.dataset, data))
    if found.classes != network.classes:
        raise InvalidInput(
            f"{where}: {found.classes} classes, {checkpoint} tells {network.classes} apart"
        )
    chosen = found.first(wanted)
    split = f"the first {wanted} of {network.dataset}'s test split"
    origin = Origin(checkpoint.name, loaded.sha256, loaded.provenance.test_accuracy_percent, split)
    return _chunks(loaded, chosen, origin, progress)


def _images(
    checkpoint: Path, dataset: str, images: Count, data: Path | None
) -> tuple[Images, Path]:
    if data is not None:
        return load_images(dataset, data, "test", None if images == "all" else images), data
    sample = sample_path(checkpoint.parent, dataset)
    if not sample.is_file():
        raise InvalidInput(
            f"{sample}: no sample of {dataset} beside the checkpoint; --data names the folder of "
            f"{dataset}"
        )
    return load_sample(sample), sample


def _too_few(wanted: int, there: int, where: Path, dataset: str, data: Path | None) -> str:
    if data is None:
        return (
            f"--images {wanted}: the sample {where} has {there} images; --data DIR takes the test "
            f"split of {dataset} from your own folder"
        )
    return f"--images {wanted}: the test split of {dataset} in {where} has {there} images"


def _chunks(
    checkpoint: Checkpoint, images: Images, origin: Origin, progress: Progress
) -> Iterator[SpikeTrace]:
    executor = Executor(checkpoint)
    network = checkpoint.network
    counts = np.zeros(len(network.spiking_layers), np.int64)
    for start in range(0, len(images), _BATCH):
        pixels = images.pixels[start : start + _BATCH]
        labels = images.labels[start : start + _BATCH]
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
    inputs = execution.inputs.numpy().reshape(len(labels), 1, -1)
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
