"""One line of docs/validation.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tag = Literal["calibration", "regression", "prediction"]
Range = tuple[float, float]


@dataclass(frozen=True)
class Row:
    """A claim, the published value (or range) and ours in `unit`, and where the published one
    stands.

    A `regression` holds where ours has all the digits of the published value; give a whole number
    as an int. Others hold where they are at most `within` (a share) away from it, and where that is
    None the row shows a comparison without pass or fail.
    """

    claim: str
    published: float | Range
    ours: float
    unit: str
    tag: Tag
    source: str
    within: float | None = None

    @property
    def digits(self) -> int:
        """Decimals of the published value."""
        if isinstance(self.published, tuple):
            return max(_digits(end) for end in self.published)
        return _digits(self.published)

    @property
    def difference(self) -> float:
        """Ours less the published value, relative to it; of a range to its nearer end, and 0
        inside."""
        if isinstance(self.published, tuple):
            low, high = self.published
            near = min(max(self.ours, low), high)
        else:
            near = self.published
        return 0.0 if self.ours == near else self.ours / near - 1 if near else float("inf")

    @property
    def holds(self) -> bool | None:
        """Whether the row passes; None where it is not meant to."""
        if self.tag == "regression":
            return round(self.ours, self.digits) == self.published
        return None if self.within is None else abs(self.difference) <= self.within

    @property
    def verdict(self) -> str:
        """`holds` as a word."""
        exact = self.tag == "regression"
        return {True: "exact" if exact else "holds", False: "fails", None: "shown"}[self.holds]


def _digits(value: float) -> int:
    return 0 if isinstance(value, int) else len(f"{value:.15g}".partition(".")[2])
