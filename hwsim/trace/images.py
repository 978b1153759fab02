"""The labelled test images that a checkpoint is run on."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from hwsim.errors import InvalidInput, UsageError
from hwsim.network.graph import Network
from hwsim.training.datasets import load_images
from hwsim.training.images import Images
from hwsim.training.sample import load_sample, sample_path

Count = int | Literal["all"]


def labelled_images(checkpoint: Path, network: Network, images: Count, data: Path | None) -> Images:
    """The first `images` of the test split of the network's data set in the folder `data`, or
    without one of the sample that lies beside the checkpoint.

    Raises InvalidInput for a damaged sample or data set or one of other classes, and UsageError
    where there are fewer images than asked for.
    """
    if images != "all" and images < 1:
        raise UsageError(f"--images {images}: record at least one image")
    found, where = _found(checkpoint, network.dataset, images, data)
    wanted = len(found) if images == "all" else images
    if wanted > len(found):
        raise UsageError(_too_few(wanted, len(found), where, network.dataset, data))
    if found.classes != network.classes:
        raise InvalidInput(
            f"{where}: {found.classes} classes, {checkpoint} tells {network.classes} apart"
        )
    return found.first(wanted)


def _found(checkpoint: Path, dataset: str, images: Count, data: Path | None) -> tuple[Images, Path]:
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
