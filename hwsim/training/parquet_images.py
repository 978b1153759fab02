"""Images in Parquet files: an `img` (or `image`) struct of encoded bytes, and integer labels."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwsim.errors import InvalidInput

_LABELS = {"cifar100": ("fine_label", "label"), "cifar10": ("label",), "imagenet": ("label",)}
_PREFIXES = {"train": ("train",), "test": ("test", "validation")}


def read(
    folder: Path, name: str, split: str
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]] | str:
    """Pixels (N, H, W, 3) and labels of `split`, or what was looked for where there is none.

    All images have one size. Raises InvalidInput for a damaged file or a missing column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = next(
        (found for p in _PREFIXES[split] if (found := sorted(folder.glob(f"{p}-*.parquet")))), []
    )
    if not files:
        return f"{'|'.join(_PREFIXES[split])}-*.parquet in {folder}"
    pixels: list[npt.NDArray[np.uint8]] = []
    labels: list[npt.NDArray[np.int64]] = []
    for file in files:
        try:
            columns = pq.read_schema(file).names
            image = _pick(file, columns, ("img", "image"))
            label = _pick(file, columns, _LABELS[name])
            table = pq.read_table(file, columns=[image, label])
            encoded = table[image].combine_chunks().field("bytes").to_pylist()
            pixels += [_decode(data) for data in encoded]
            labels.append(table[label].to_numpy().astype(np.int64))
        except (pa.ArrowException, OSError, ValueError, KeyError) as error:
            raise InvalidInput(f"{file}: cannot be read as images: {error}") from error
    if len({image.shape for image in pixels}) > 1:
        raise InvalidInput(f"{folder}: the images of {split} have different sizes")
    return np.stack(pixels), np.concatenate(labels)


def _pick(file: Path, columns: list[str], wanted: tuple[str, ...]) -> str:
    for column in wanted:
        if column in columns:
            return column
    raise InvalidInput(f"{file}: no column {' or '.join(wanted)}; it has {', '.join(columns)}")


def _decode(data: bytes) -> npt.NDArray[np.uint8]:
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
