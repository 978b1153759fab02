"""The ways to cut one axis of a layer into pieces, and what each way costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hwsim.mapping.reach import Ints, counts
from hwsim.network.graph import Layer

Edges = tuple[int, ...]


def even(units: int, pieces: int, step: int = 1) -> Edges:
    """Edges of `pieces` pieces of `units` units of `step` positions, as even as possible.

    The larger pieces lie at the outer ends, where padding leaves the fewest taps.
    """
    size, extra = divmod(units, pieces)
    sizes = [size] * pieces
    for turn in range(extra):
        sizes[turn // 2 if turn % 2 == 0 else -1 - turn // 2] += 1
    return tuple(int(edge) * step for edge in np.cumsum([0, *sizes]))


@dataclass(frozen=True)
class Cut:
    """Rows or columns cut at `edges`; every entry is for the worst piece.

    * `size` positions, `field` input positions inside the image, `taps` kernel taps inside it,
    * `reach` (in,) pieces that each input position reaches.
    """

    edges: Edges
    size: int
    field: int
    taps: int
    reach: Ints

    @property
    def pieces(self) -> int:
        """How many pieces."""
        return len(self.edges) - 1

    def dominates(self, other: Cut) -> bool:
        """No worse than `other` in any limit, with no more pieces."""
        return (
            self.pieces <= other.pieces
            and self.size <= other.size
            and self.field <= other.field
            and self.taps <= other.taps
        )


def cut(layer: Layer, axis: int, edges: Edges) -> Cut:
    """A cut of the rows (axis 0) or columns (axis 1) of a layer at some edges."""
    pieces = np.array([edges[:-1], edges[1:]], np.int64).T
    covered = counts(layer, axis, pieces)
    return Cut(
        edges=edges,
        size=int((pieces[:, 1] - pieces[:, 0]).max()),
        field=int(np.count_nonzero(covered, axis=1).max()),
        taps=int(covered.sum(axis=1).max()),
        reach=np.count_nonzero(covered, axis=0),
    )


def cuts(layer: Layer, axis: int) -> list[Cut]:
    """Even cuts of an axis at pooling windows, fewest pieces first, without dominated ones."""
    units = layer.out_shape[1 + axis] // layer.pool
    kept: list[Cut] = []
    for pieces in range(1, units + 1):
        new = cut(layer, axis, even(units, pieces, layer.pool))
        if not any(old.dominates(new) for old in kept):
            kept.append(new)
    return kept


def channel_cuts(channels: int) -> list[Edges]:
    """Even cuts of the channels, one for each size of the largest piece."""
    sizes: set[int] = set()
    kept = []
    for pieces in range(1, channels + 1):
        size = -(-channels // pieces)
        if size not in sizes:
            sizes.add(size)
            kept.append(even(channels, pieces))
    return kept
