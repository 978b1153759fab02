"""The Python and the binary batches in which CIFAR-10 and CIFAR-100 are published."""

from __future__ import annotations

import io
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwsim.errors import InvalidInput
from hwsim.training.images import Found, Wanted

FOLDERS = {
    "cifar10": ("cifar-10-batches-py", "cifar-10-batches-bin"),
    "cifar100": ("cifar-100-python", "cifar-100-binary"),
}
"""The folders that the published archives unpack to."""

_PYTHON = {
    ("cifar10", "train"): tuple(f"data_batch_{i}" for i in range(1, 6)),
    ("cifar10", "test"): ("test_batch",),
    ("cifar100", "train"): ("train",),
    ("cifar100", "test"): ("test",),
}
_BINARY = {
    ("cifar10", "train"): tuple(f"data_batch_{i}.bin" for i in range(1, 6)),
    ("cifar10", "test"): ("test_batch.bin",),
    ("cifar100", "train"): ("train.bin",),
    ("cifar100", "test"): ("test.bin",),
}
_PIXELS = 3 * 32 * 32


class _ArraysOnly(pickle.Unpickler):
    """A pickle can call anything; these files need numpy arrays and built-in containers only."""

    _ALLOWED = frozenset(
        (module, name)
        for module in ("numpy.core.multiarray", "numpy._core.multiarray", "numpy")
        for name in ("_reconstruct", "ndarray", "dtype")
    ) | {("_codecs", "encode")}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._ALLOWED:
            raise pickle.UnpicklingError(
                f"it wants to run {module}.{name}, which no data set needs"
            )
        return super().find_class(module, name)


def read_python(folder: Path, wanted: Wanted) -> Found | str:
    """Pixels and labels from the pickled batches, or what was looked for.

    Raises InvalidInput for a damaged file, or one that would run code.
    """
    batches = _files(folder, _PYTHON.get((wanted.dataset.name, wanted.split), ()))
    if isinstance(batches, str):
        return batches
    pixels, labels = [], []
    for file in batches:
        try:
            loaded = _ArraysOnly(io.BytesIO(file.read_bytes()), encoding="bytes").load()
            data = np.asarray(loaded[b"data"])
            found = loaded[b"fine_labels" if wanted.dataset.name == "cifar100" else b"labels"]
            if data.dtype != np.uint8 or data.shape != (len(found), _PIXELS):
                raise ValueError(f"data is {data.dtype} {data.shape}, not uint8 (N, {_PIXELS})")
        except (
            pickle.UnpicklingError,
            ValueError,
            KeyError,
            TypeError,
            EOFError,
            IndexError,
            AttributeError,
            ImportError,
        ) as error:
            raise InvalidInput(f"{file}: not a CIFAR batch: {error}") from error
        pixels.append(data)
        labels.append(np.asarray(found, dtype=np.int64))
    return _to_images(np.concatenate(pixels)), np.concatenate(labels)


def read_binary(folder: Path, wanted: Wanted) -> Found | str:
    """Pixels and labels from the binary batches, or what was looked for."""
    batches = _files(folder, _BINARY.get((wanted.dataset.name, wanted.split), ()))
    if isinstance(batches, str):
        return batches
    # CIFAR-100 puts a coarse label before the fine one.
    heading = 2 if wanted.dataset.name == "cifar100" else 1
    rows = []
    for file in batches:
        data = np.frombuffer(file.read_bytes(), dtype=np.uint8)
        if data.size == 0 or data.size % (heading + _PIXELS):
            raise InvalidInput(f"{file}: {data.size} bytes are no whole number of images")
        rows.append(data.reshape(-1, heading + _PIXELS))
    table = np.concatenate(rows)
    return _to_images(table[:, heading:]), table[:, heading - 1].astype(np.int64)


def _files(folder: Path, names: tuple[str, ...]) -> list[Path] | str:
    files = [folder / name for name in names]
    if not files or not files[0].is_file():
        return names[0] if names else ""
    for file in files:
        if not file.is_file():
            raise InvalidInput(f"{file}: missing, though {files[0].name} is there")
    return files


def _to_images(rows: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return np.ascontiguousarray(rows.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1))
