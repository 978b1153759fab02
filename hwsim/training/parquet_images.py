"""Images in Parquet files: an `img` (or `image`) struct of encoded bytes, and integer labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwsim.errors import InvalidInput
from hwsim.training.decode import decode
from hwsim.training.images import Found, Wanted

_LABELS = {"cifar100": ("fine_label", "label")}
_PREFIXES = {"train": ("train",), "test": ("test", "validation")}


def read(folder: Path, wanted: Wanted) -> Found | str:
    """Pixels and labels of a split, or what was looked for where there is none.

    Shards are read in the order of their names. Raises InvalidInput for a damaged file or a
    missing column.
    """
    prefixes = _PREFIXES[wanted.split]
    files = next(
        (found for prefix in prefixes if (found := sorted(folder.glob(f"{prefix}-*.parquet")))), []
    )
    if not files:
        return " or ".join(f"{prefix}-*.parquet" for prefix in prefixes)
    pixels: list[npt.NDArray[np.uint8]] = []
    labels: list[npt.NDArray[np.int64]] = []
    for file in files:
        left = None if wanted.limit is None else wanted.limit - len(pixels)
        encoded, numbers = _columns(file, _LABELS.get(wanted.dataset.name, ("label",)), left)
        size = wanted.dataset.image_size
        pixels += [decode(data, size, f"{file}: row {i}") for i, data in enumerate(encoded)]
        labels.append(numbers)
    return np.stack(pixels), np.concatenate(labels)


def _columns(
    file: Path, label_names: tuple[str, ...], limit: int | None
) -> tuple[list[bytes], npt.NDArray[np.int64]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        columns = pq.read_schema(file).names
        image = _pick(file, columns, ("img", "image"))
        label = _pick(file, columns, label_names)
        table = pq.read_table(file, columns=[image, label]).slice(0, limit)
        encoded = table[image].combine_chunks().field("bytes").to_pylist()
        return encoded, table[label].to_numpy().astype(np.int64)
    except (pa.ArrowException, OSError, ValueError, KeyError, AttributeError) as error:
        raise InvalidInput(f"{file}: cannot be read as images: {error}") from error


def _pick(file: Path, columns: list[str], names: tuple[str, ...]) -> str:
    for name in names:
        if name in columns:
            return name
    raise InvalidInput(f"{file}: no column {' or '.join(names)}; it has {', '.join(columns)}")
