"""What an access of an SRAM costs by size, width and node: interpolated in a table of CACTI.

For what-if: an energy of an architecture file may be `{sram: {kib: 64, width_bits: 64, node_nm:
28, access: read}}` instead of a value. Energies are linear in the logarithms of size, width and
node between the points of `cacti_sram.csv`, which are met exactly; nothing is extrapolated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Literal

Access = Literal["read", "write"]
ACCESSES: tuple[Access, ...] = ("read", "write")
Shape = tuple[Decimal, Decimal]
"""(KiB, bits of a word)."""

TABLE = Path(__file__).parent / "cacti_sram.csv"
DIGITS = 4
"""Significant digits of an energy: one more than the table has."""
EXTRAPOLATED_BELOW = 22
"""nm; the table's own source extrapolates there."""
_EXACT = Context(prec=28, rounding=ROUND_HALF_EVEN)
_SLACK = Decimal("1e-9")


@dataclass(frozen=True)
class Sram:
    """One kind of access of an SRAM of `kib` KiB in words of `width_bits`, made in `node_nm`."""

    kib: Decimal
    width_bits: Decimal
    node_nm: Decimal
    access: Access

    def energy_pj(self) -> Decimal:
        """pJ of one access. Raises ValueError where the table does not reach."""
        weights = _nodes(self.node_nm)
        corners = _corners(self.kib, self.width_bits)
        logarithm = sum(
            (
                share * part * _ln(_table(self.access)[shape, node])
                for shape, share in corners.items()
                for node, part in weights.items()
            ),
            start=Decimal(0),
        )
        return Context(prec=DIGITS).plus(_EXACT.exp(logarithm)).normalize()

    def source(self) -> str:
        """Where the energy comes from and how good it is."""
        size, width, node = (f"{n:f}" for n in (self.kib, self.width_bits, self.node_nm))
        errors = [abs(error) for error in leave_one_out()]
        mean, worst = (100 * e for e in (sum(errors, start=Decimal(0)) / len(errors), max(errors)))
        below = ", itself extrapolated" if self.node_nm < EXTRAPOLATED_BELOW else ""
        return (
            f"a {self.access} of {width} bit in {size} KiB at {node} nm, interpolated in a table "
            f"of CACTI (itrs-lstp, 300 K{below}); a point left out of it is met within "
            f"{worst:.0f} %, {mean:.0f} % on average"
        )


def leave_one_out() -> Iterator[Decimal]:
    """The relative error with which each inner point of the table, left out, is interpolated
    between its neighbours: in node, and in size where three sizes have one width."""
    nodes = sorted(_node_list())
    for access in ACCESSES:
        table = _table(access)
        for shape in _shapes():
            for before, node, after in zip(nodes, nodes[1:], nodes[2:], strict=False):
                share = _share(before, node, after)
                yield _error(table, (shape, before), (shape, node), (shape, after), share)
        sizes = _same_width()
        for small, shape, large in zip(sizes, sizes[1:], sizes[2:], strict=False):
            share = _share(small[0], shape[0], large[0])
            for node in nodes:
                yield _error(table, (small, node), (shape, node), (large, node), share)


@cache
def _rows() -> tuple[tuple[Decimal, ...], ...]:
    lines = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if line[0].isdigit()]
    return tuple(tuple(map(Decimal, line.split(","))) for line in lines)


@cache
def _table(access: Access) -> dict[tuple[Shape, Decimal], Decimal]:
    column = 3 + ACCESSES.index(access)
    return {((row[0], row[1]), row[2]): row[column] for row in _rows()}


def _shapes() -> list[Shape]:
    return list(dict.fromkeys((row[0], row[1]) for row in _rows()))


def _same_width() -> list[Shape]:
    """The sizes of the widest word, in rising order; one more shape is narrower."""
    widest = max(width for _, width in _shapes())
    return sorted(shape for shape in _shapes() if shape[1] == widest)


def _node_list() -> list[Decimal]:
    return list(dict.fromkeys(row[2] for row in _rows()))


@cache
def _ln(number: Decimal) -> Decimal:
    return _EXACT.ln(number)


def _share(low: Decimal, at: Decimal, high: Decimal) -> Decimal:
    """How far `at` lies from `low` to `high`, on a logarithmic scale."""
    return _EXACT.divide(_ln(at) - _ln(low), _ln(high) - _ln(low))


def _nodes(node_nm: Decimal) -> dict[Decimal, Decimal]:
    """The table's nodes around one, and their shares."""
    nodes = sorted(_node_list())
    for low, high in pairwise(nodes):
        if low <= node_nm <= high:
            share = _share(low, node_nm, high)
            return {low: 1 - share, high: share}
    raise ValueError(f"the table has nodes from {nodes[0]:f} to {nodes[-1]:f} nm")


def _corners(kib: Decimal, width_bits: Decimal) -> dict[Shape, Decimal]:
    """The shapes of a triangle of the table around one, and their shares (barycentric, on
    logarithmic axes). All triangles have the narrow shape as a corner."""
    row = _same_width()
    (narrow,) = (shape for shape in _shapes() if shape not in row)
    if kib > 0 and width_bits > 0:
        for left, right in pairwise(row):
            # Height above the narrow corner, then the place on the line of that height.
            height = _share(narrow[1], width_bits, left[1])
            along = _ln(kib) - (1 - height) * _ln(narrow[0]) - height * _ln(left[0])
            second = _EXACT.divide(along, _ln(right[0]) - _ln(left[0]))
            shares = {narrow: 1 - height, left: height - second, right: second}
            if all(-_SLACK <= share <= 1 + _SLACK for share in shares.values()):
                return shares
    raise ValueError(
        f"the table has {row[0][0]:f} to {row[-1][0]:f} KiB in words of {row[0][1]:f} bit, "
        f"{narrow[0]:f} KiB in words of {narrow[1]:f} bit, and what lies between"
    )


def _error(
    table: dict[tuple[Shape, Decimal], Decimal],
    before: tuple[Shape, Decimal],
    at: tuple[Shape, Decimal],
    after: tuple[Shape, Decimal],
    share: Decimal,
) -> Decimal:
    logarithm = (1 - share) * _ln(table[before]) + share * _ln(table[after])
    return _EXACT.exp(logarithm) / table[at] - 1
