"""A handful of real test images in one small file, so that a demo needs no data set."""

from __future__ import annotations

import zlib
from io import BytesIO
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from hwsim.errors import InvalidInput
from hwsim.staging import write_whole
from hwsim.training.images import Images

SAMPLE_IMAGES = 256
_SAMPLE_BYTES = 1 << 22
"""Decoded, at most: 27 images of 224 x 224."""


def sample_path(folder: Path, dataset: str) -> Path:
    """Where the sample of `dataset` lies beside its checkpoints."""
    return folder / f"{dataset}_sample.npz"


def write_sample(path: Path, images: Images, count: int = SAMPLE_IMAGES) -> None:
    """Write the first `count` images and labels, fewer where they are large; the same images
    give the same bytes.
    """
    bytes_each = images.first(1).pixels[:].nbytes
    first, buffer = images.first(min(count, max(_SAMPLE_BYTES // bytes_each, 1))), BytesIO()
    np.savez_compressed(buffer, images=first.pixels[:], labels=first.labels, classes=first.classes)
    write_whole(path, buffer.getvalue())


def load_sample(path: Path) -> Images:
    """What `write_sample` wrote; InvalidInput where the file is missing or something else."""
    try:
        # Opened here, since numpy leaves a damaged file open.
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            pixels, labels, classes = file["images"], file["labels"], int(file["classes"])
    except FileNotFoundError as error:
        raise InvalidInput(f"{path}: no such file") from error
    except (OSError, ValueError, KeyError, TypeError, EOFError, BadZipFile, zlib.error) as error:
        raise InvalidInput(f"{path}: not a sample of images: {error}") from error
    if pixels.dtype != np.uint8 or pixels.ndim != 4 or len(pixels) != len(labels):
        raise InvalidInput(f"{path}: images {pixels.dtype} {pixels.shape}, labels {labels.shape}")
    return Images(pixels, labels.astype(np.int64), classes)
