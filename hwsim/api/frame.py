"""Tables as pandas frames, which is imported only here."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pandas import DataFrame


def frame_of_rows(rows: Iterable[Sequence[object]], columns: Sequence[str]) -> DataFrame:
    """One row a sequence."""
    from pandas import DataFrame

    return DataFrame(list(rows), columns=list(columns))


def frame_of_csv(data: bytes) -> DataFrame:
    """A table as hwsim writes it: an empty cell is unknown."""
    from pandas import read_csv

    return read_csv(io.BytesIO(data), low_memory=False)
