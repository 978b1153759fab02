"""Images in Parquet files: an `img` (or `image`) struct of encoded bytes, and integer labels."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwsim.errors import InvalidInput
from hwsim.training.decode import decode
from hwsim.training.images import DecodedPixels, Found, StreamedPixels, Wanted

_LABELS = {"cifar100": ("fine_label", "label")}
_PREFIXES = {"train": ("train",), "test": ("test", "validation")}
_GROUPS_KEPT = 8
"""Row groups whose encoded images stay in memory; that many neighbours are read once."""


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
    label_names = _LABELS.get(wanted.dataset.name, ("label",))
    groups = lru_cache(maxsize=_GROUPS_KEPT)(_group)
    shards = [_Shard(file, label_names, groups) for file in files]
    ends = list(accumulate(shard.rows for shard in shards))
    count = ends[-1] if wanted.limit is None else min(wanted.limit, ends[-1])

    def image(index: int) -> DecodedPixels:
        number = bisect_right(ends, index)
        shard, row = shards[number], index - (ends[number - 1] if number else 0)
        return decode(shard.encoded(row), wanted.dataset.image_size, f"{files[number]}: row {row}")

    pixels = StreamedPixels(image, 0, count)
    labels = np.concatenate([shard.labels() for shard in shards])[:count]
    return pixels if wanted.dataset.streamed or not count else pixels[:], labels


class _Shard:
    """One file, of which a row group at a time is read."""

    def __init__(
        self,
        file: Path,
        label_names: tuple[str, ...],
        groups: Callable[[Path, int, str], list[bytes]],
    ) -> None:
        import pyarrow.parquet as pq

        self.file = file
        self.groups = groups
        with _located(file):
            metadata = pq.read_metadata(file)
            columns = metadata.schema.to_arrow_schema().names
        self.image = _pick(file, columns, ("img", "image"))
        self.label = _pick(file, columns, label_names)
        self.rows = metadata.num_rows
        sizes = (metadata.row_group(i).num_rows for i in range(metadata.num_row_groups))
        self.ends = list(accumulate(sizes))

    def labels(self) -> npt.NDArray[np.int64]:
        """int64 (rows,)."""
        import pyarrow.parquet as pq

        with _located(self.file):
            table = pq.read_table(self.file, columns=[self.label])
            labels: npt.NDArray[np.int64] = table[self.label].to_numpy().astype(np.int64)
        return labels

    def encoded(self, row: int) -> bytes:
        """The file of one image."""
        group = bisect_right(self.ends, row)
        images = self.groups(self.file, group, self.image)
        return images[row - (self.ends[group - 1] if group else 0)]


def _group(file: Path, group: int, column: str) -> list[bytes]:
    import pyarrow.parquet as pq

    with _located(file), pq.ParquetFile(file) as opened:
        table = opened.read_row_group(group, columns=[column])
        encoded: list[bytes] = table[column].combine_chunks().field("bytes").to_pylist()
    return encoded


@contextmanager
def _located(file: Path) -> Iterator[None]:
    """Inside, what pyarrow raises for a damaged file is InvalidInput."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, ValueError, KeyError, AttributeError) as error:
        raise InvalidInput(f"{file}: cannot be read as images: {error}") from error


def _pick(file: Path, columns: list[str], names: tuple[str, ...]) -> str:
    for name in names:
        if name in columns:
            return name
    raise InvalidInput(f"{file}: no column {' or '.join(names)}; it has {', '.join(columns)}")
