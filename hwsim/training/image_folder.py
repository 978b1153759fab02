"""Images in one folder per class, as ImageNet is usually kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hwsim.training.decode import decode
from hwsim.training.images import DecodedPixels, Found, StreamedPixels, Wanted

_SPLITS = {"train": ("train",), "test": ("val", "validation", "test")}
_SUFFIXES = frozenset((".jpeg", ".jpg", ".png", ".webp"))


def read(folder: Path, wanted: Wanted) -> Found | str:
    """Pixels and labels from `folder`/<split>/<class>/*, or what was looked for.

    Classes are numbered in the order of their folders' names. Images come evenly over the classes,
    the first of each and then the second, so that few of them (and the last) still cover many.
    """
    splits = _SPLITS[wanted.split]
    root = next((folder / name for name in splits if (folder / name).is_dir()), None)
    looked_for = " or ".join(f"{name}/<class>/*.jpeg" for name in splits)
    if root is None:
        return looked_for
    names = sorted(entry for entry in root.iterdir() if entry.is_dir())
    files = sorted(
        (rank, label, file)
        for label, name in enumerate(names)
        for rank, file in enumerate(sorted(name.iterdir()))
        if file.suffix.lower() in _SUFFIXES
    )[: wanted.limit]
    if not files:
        return looked_for

    def image(index: int) -> DecodedPixels:
        file = files[index][2]
        return decode(file, wanted.dataset.image_size, str(file))

    pixels = StreamedPixels(image, 0, len(files))
    labels = np.array([label for _, label, _ in files], dtype=np.int64)
    return pixels if wanted.dataset.streamed else pixels[:], labels
