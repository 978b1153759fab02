"""Networks on chips, side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hwsim import pipeline
from hwsim.api.frame import frame_of_csv
from hwsim.api.saved_network import SavedNetwork
from hwsim.compare.arguments import tell_apart
from hwsim.compare.comparison import Comparison
from hwsim.compare.text import compare_table
from hwsim.compare.tidy import compare_csv

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, repr=False)
class Compared:
    """Every network on every chip, beside the papers' proxy and the quantised ANN."""

    comparison: Comparison

    def __repr__(self) -> str:
        return compare_table(self.comparison)

    def to_frame(self) -> DataFrame:
        """compare.csv (docs/compare.md): one observation a row."""
        return frame_of_csv(compare_csv(self.comparison))


def compare(
    networks: Iterable[SavedNetwork | str | Path],
    archs: Iterable[str],
    folder: str | Path,
    images: int | Literal["all"] = 16,
    data: str | Path | None = None,
    ann: str | Path | None = None,
) -> Compared:
    """`networks` are checkpoints or traces, `archs` files or shipped names, `NAME:VARIANT` too.
    The runs are kept in `folder`, and used again where their inputs are the same.

    Raises UsageError where a word is neither, or given twice.
    """
    sources = [n.source if isinstance(n, SavedNetwork) else n for n in networks]
    paths, chips = tell_apart([*map(str, sources), *archs])
    data_folder, baseline = (None if path is None else Path(path) for path in (data, ann))
    return Compared(pipeline.compare(paths, chips, Path(folder), images, data_folder, baseline))
