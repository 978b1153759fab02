"""Every layout in which the data sets are kept, written small."""

from __future__ import annotations

import io
import pickle
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image


def pictures(count: int, size: int = 32, seed: int = 0) -> np.ndarray:
    """uint8 (count, size, size, 3)."""
    return np.random.default_rng(seed).integers(0, 256, (count, size, size, 3), dtype=np.uint8)


def encode(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def write_parquet(
    file: Path, pixels: np.ndarray, labels: list[int], column: str = "label", image: str = "img"
) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    images = [{"bytes": encode(p), "path": None} for p in pixels]
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    pq.write_table(pa.table({image: pa.array(images, kind), column: pa.array(labels)}), file)


def rows(pixels: np.ndarray) -> np.ndarray:
    """As CIFAR's files have them: channel planes, flattened."""
    return np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)).reshape(len(pixels), -1)


def write_python(file: Path, pixels: np.ndarray, labels: list[int], key: bytes = b"labels") -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(pickle.dumps({b"data": rows(pixels), key: labels}, protocol=2))


def write_binary(file: Path, pixels: np.ndarray, labels: list[list[int]]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    heading = np.array(labels, dtype=np.uint8)
    file.write_bytes(np.concatenate([heading, rows(pixels)], axis=1).tobytes())
