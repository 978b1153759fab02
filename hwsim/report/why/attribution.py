"""Why two energies differ: exactly how much by each count, each price, the time and the cores."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hwsim.energy import LEAKAGE
from hwsim.report.why.explain_energy import leaking_cores
from hwsim.report.why.rows import BillLine
from hwsim.report.why.run_folder import RunFolder


@dataclass(frozen=True)
class Shift:
    """An action's mean energy of an image in A and B, pJ, and the parts of the difference.

    `by_count` = (count_b - count_a) x price_a, `by_price` = count_b x (price_b - price_a); they
    sum to b - a. The leakage's `by_count` is split further: `by_time` at the cores of A and
    `by_cores` at the time of B; both are 0 for every other action.
    """

    layer: str
    action: str
    a: Fraction
    b: Fraction
    by_count: Fraction
    by_price: Fraction
    by_time: Fraction = Fraction()
    by_cores: Fraction = Fraction()

    @property
    def delta(self) -> Fraction:
        """b - a."""
        return self.b - self.a


@dataclass(frozen=True)
class _Line:
    count: Fraction
    price: Fraction


def shifts(a: RunFolder, b: RunFolder, experiment: str) -> list[Shift]:
    """One for each layer and action that either run counted, in the order of A's bill.

    Where an action did not happen at a layer in one of them, its price there is that of the
    other: the whole difference is one of count.
    """
    ours, theirs = _lines(a, experiment), _lines(b, experiment)
    found = []
    for layer, action in dict.fromkeys([*ours, *theirs]):
        mine, other = ours.get((layer, action)), theirs.get((layer, action))
        price_a, price_b = (x.price if x else None for x in (mine, other))
        first = _Line(mine.count if mine else Fraction(), _or(price_a, price_b))
        second = _Line(other.count if other else Fraction(), _or(price_b, price_a))
        found.append(_shift(a, b, experiment, layer, action, first, second))
    return found


def by_action(found: list[Shift]) -> list[Shift]:
    """The layers' shifts summed, an action a row, by size; rows without any difference left out."""
    groups: dict[str, list[Shift]] = {}
    for shift in found:
        groups.setdefault(shift.action, []).append(shift)
    rows = [_summed(action, group) for action, group in groups.items()]
    moved = [r for r in rows if r.delta or r.by_count or r.by_price]
    return sorted(moved, key=lambda row: -abs(row.delta))


def _summed(action: str, group: list[Shift]) -> Shift:
    def whole(name: str) -> Fraction:
        return sum((getattr(shift, name) for shift in group), Fraction())

    parts = ("a", "b", "by_count", "by_price", "by_time", "by_cores")
    return Shift("", action, *(whole(name) for name in parts))


def _shift(
    a: RunFolder,
    b: RunFolder,
    experiment: str,
    layer: str,
    action: str,
    first: _Line,
    second: _Line,
) -> Shift:
    by_time = by_cores = Fraction()
    if action == LEAKAGE:
        cores_a, cores_b = (leaking_cores(run, experiment) for run in (a, b))
        time_a = first.count / cores_a if cores_a else Fraction()
        time_b = second.count / cores_b if cores_b else Fraction()
        by_time = (time_b - time_a) * cores_a * first.price
        by_cores = time_b * (cores_b - cores_a) * first.price
    return Shift(
        layer=layer,
        action=action,
        a=first.count * first.price,
        b=second.count * second.price,
        by_count=(second.count - first.count) * first.price,
        by_price=second.count * (second.price - first.price),
        by_time=by_time,
        by_cores=by_cores,
    )


def _lines(folder: RunFolder, experiment: str) -> dict[tuple[str, str], _Line]:
    """Mean count of an image and price, 0 where it has none of its own."""
    images = len(folder.images)
    lines: dict[tuple[str, str], BillLine] = {
        (line.layer, line.action): line for line in folder.bill if line.experiment == experiment
    }
    return {key: _Line(Fraction(x.count, images), x.price) for key, x in lines.items()}


def _or(price: Fraction | None, other: Fraction | None) -> Fraction:
    return price if price is not None else other or Fraction()
