"""One line of docs/validation.md."""

from __future__ import annotations

from typing import Literal, NamedTuple

Tag = Literal["calibration", "regression", "prediction"]


class Row(NamedTuple):
    """A claim, the published and our value in `unit`, and where the published one stands."""

    claim: str
    published: float
    ours: float
    unit: str
    tag: Tag
    source: str

    @property
    def difference(self) -> float:
        """Ours less the published value, relative to it."""
        return self.ours / self.published - 1
