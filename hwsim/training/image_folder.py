"""Images in one folder per class, as ImageNet is usually kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from hwsim.training.decode import decode
from hwsim.training.images import Found, Wanted

_SPLITS = {"train": ("train",), "test": ("val", "validation", "test")}
_SUFFIXES = frozenset((".jpeg", ".jpg", ".png", ".webp"))


def read(folder: Path, wanted: Wanted) -> Found | str:
    """Pixels and labels from `folder`/<split>/<class>/*, or what was looked for.

    Classes are numbered in the order of their folders' names. With `wanted.limit`, images are
    taken evenly over the classes, so that few of them still cover many.
    """
    splits = _SPLITS[wanted.split]
    root = next((folder / name for name in splits if (folder / name).is_dir()), None)
    looked_for = " or ".join(f"{name}/<class>/*.jpeg" for name in splits)
    if root is None:
        return looked_for
    names = sorted(entry for entry in root.iterdir() if entry.is_dir())
    files = [
        (rank, label, file)
        for label, name in enumerate(names)
        for rank, file in enumerate(sorted(name.iterdir()))
        if file.suffix.lower() in _SUFFIXES
    ]
    if not files:
        return looked_for
    if wanted.limit is not None:
        files = sorted(files)[: wanted.limit]
    pixels = np.stack([decode(file, wanted.dataset.image_size, str(file)) for _, _, file in files])
    return pixels, np.array([label for _, label, _ in files], dtype=np.int64)
