"""Energy: integer counts times the decimals of the architecture's table, exact, and nothing else.

Everything is an integer number of some 10^-k pJ, so sums do not depend on their order and both
breakdowns add up to the total to the last digit. Only printing rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from math import sqrt
from typing import Literal

import numpy as np
import numpy.typing as npt

from hwsim.actions import Counted
from hwsim.activity import Counts, Experiment, Tally
from hwsim.arch.quantity import ByFormat, Included, Quantity
from hwsim.arch.schema import Arch
from hwsim.errors import InvalidInput
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Network

CHIP = "chip"
"""The place of what no layer causes by itself: leakage, barriers, host input and its traffic."""
LEAKAGE = "leakage"
"""Component and action of the leakage; it counts picoseconds times cores."""
Pricing = Literal["priced", "included", "unpublished"]


@dataclass(frozen=True)
class Picojoules:
    """Exact energies of N images: `units[n]` / 10^`places` pJ."""

    units: tuple[int, ...]
    places: int

    def __getitem__(self, image: int) -> Fraction:
        return Fraction(self.units[image], 10**self.places)

    def __len__(self) -> int:
        return len(self.units)

    def __add__(self, other: Picojoules) -> Picojoules:
        if self.places != other.places:
            raise ValueError("energies of two tables do not add up")
        pairs = zip(self.units, other.units, strict=True)
        return Picojoules(tuple(mine + theirs for mine, theirs in pairs), self.places)

    @property
    def sum(self) -> Fraction:
        """Over all images, exact."""
        return Fraction(sum(self.units), 10**self.places)

    @property
    def mean(self) -> Fraction:
        """Of an image, exact."""
        return self.sum / len(self.units)

    @property
    def sd(self) -> float | None:
        """Sample standard deviation over images; None for a single one. Exact up to its root."""
        count = len(self.units)
        if count < 2:
            return None
        squares = count * sum(unit * unit for unit in self.units) - sum(self.units) ** 2
        return sqrt(Fraction(squares, count * (count - 1) * 100**self.places))


@dataclass(frozen=True)
class Entry:
    """One line of the bill: an action at a layer (or the chip) and the table's word on it.

    `price_pj` is 0 where the action is `included` in others or `unpublished`.
    """

    place: str
    component: str
    action: str
    pricing: Pricing
    price_pj: Decimal
    source: str | None = None
    evidence: str | None = None
    low_pj: Decimal | None = None
    high_pj: Decimal | None = None
    included_in: tuple[str, ...] = ()


@dataclass(frozen=True)
class Energy:
    """`counts` (N, entries) times the prices of `entries`: the energy of every image.

    Raises ValueError unless both breakdowns sum to the total, for every image.
    """

    experiment: Experiment
    entries: tuple[Entry, ...]
    counts: Counts

    def __post_init__(self) -> None:
        if self.counts.shape[1:] != (len(self.entries),):
            raise ValueError(f"{self.counts.shape} counts for {len(self.entries)} entries")
        for breakdown in (self.by_component, self.by_layer):
            if _sum(breakdown.values()) != self.total:
                raise ValueError("a breakdown of the energy does not sum to the total")

    @cached_property
    def places(self) -> int:
        """Decimal places of the finest price."""
        return max((_places(entry.price_pj) for entry in self.entries), default=0)

    @cached_property
    def total(self) -> Picojoules:
        """Everything, per image."""
        return self.where(lambda entry: True)

    @cached_property
    def leakage(self) -> Picojoules:
        """Power times time, per image."""
        return self.where(lambda entry: entry.component == LEAKAGE)

    @cached_property
    def dynamic(self) -> Picojoules:
        """All but the leakage, per image."""
        return self.where(lambda entry: entry.component != LEAKAGE)

    @cached_property
    def by_component(self) -> dict[str, Picojoules]:
        """Component (with `leakage`) -> energy per image."""
        return self._grouped(lambda entry: entry.component)

    @cached_property
    def by_layer(self) -> dict[str, Picojoules]:
        """Layer name (and `chip`) -> energy per image."""
        return self._grouped(lambda entry: entry.place)

    @cached_property
    def by_action(self) -> dict[str, Picojoules]:
        """Action (and `leakage`) -> energy per image."""
        return self._grouped(lambda entry: entry.action)

    @cached_property
    def evidence_shares(self) -> dict[str, Fraction]:
        """Evidence (`none` where the table gives none) -> its exact share of the energy of all
        images; empty where that is zero."""
        total = self.total.sum
        if not total:
            return {}
        groups = self._grouped(lambda entry: entry.evidence or "none", only_priced=True)
        return {evidence: energy.sum / total for evidence, energy in groups.items()}

    @cached_property
    def unpublished(self) -> tuple[str, ...]:
        """Actions that happened and whose energy nobody has published: holes in the total."""
        holes = [
            entry.action
            for entry, happened in zip(self.entries, self.counts.T, strict=True)
            if entry.pricing == "unpublished" and happened.any()
        ]
        return tuple(dict.fromkeys(holes))

    def where(self, chosen: Callable[[Entry], bool]) -> Picojoules:
        """Energy per image of the entries that `chosen` says yes to."""
        columns = [number for number, entry in enumerate(self.entries) if chosen(entry)]
        prices = [int(self.entries[n].price_pj.scaleb(self.places)) for n in columns]
        return Picojoules(_product(self.counts[:, columns], prices), self.places)

    def counted(self, number: int) -> int:
        """How often entry `number` happened, over all images."""
        return int(self.counts[:, number].sum())

    def _grouped(
        self, key: Callable[[Entry], str], *, only_priced: bool = False
    ) -> dict[str, Picojoules]:
        chosen = [e for e in self.entries if e.pricing == "priced" or not only_priced]
        names = dict.fromkeys(key(entry) for entry in chosen)
        return {
            name: self.where(
                lambda e, name=name: (
                    key(e) == name  # type: ignore[misc]
                    and (e.pricing == "priced" or not only_priced)
                )
            )
            for name in names
        }


def price(
    tally: Tally,
    durations_ps: npt.NDArray[np.int64],
    mapping: Mapping,
    arch: Arch,
    network: Network,
) -> Energy:
    """The energy of images that take `durations_ps` (N,): an image's latency in `single`, its
    interval in `stream`.

    Raises InvalidInput where an action happened of which the architecture file says nothing.
    """
    places = [*((layer.name, layer.kind) for layer in network.layers), (CHIP, "conv")]
    entries: list[Entry] = []
    columns: list[Counts] = []
    for action, per_place in tally.places.items():
        if arch.energy_pj.price(action) is None:
            if per_place.any():
                raise InvalidInput(
                    f"{arch.name}: energy_pj.{action} is missing, yet the chip did it "
                    f"{per_place.sum()} times; give a value, included_in or unpublished"
                )
            continue
        for column, (place, kind) in enumerate(places):
            entries.append(_entry(action, place, kind, arch))
            columns.append(per_place[:, column])
    entries.append(_leakage(arch))
    columns.append(np.asarray(durations_ps, np.int64) * leaking_cores(mapping, arch))
    return Energy(tally.experiment, tuple(entries), np.stack(columns, axis=1))


def leaking_cores(mapping: Mapping, arch: Arch) -> int:
    """Cores that leak: those of every chip used, or with `power_gated` only those used."""
    if arch.power_gated:
        return len(mapping.slices)
    tiles = mapping.chip_tiles_x * mapping.chip_tiles_y
    return mapping.chips_used * tiles * mapping.cores_per_tile


def _entry(action: Counted, place: str, kind: str, arch: Arch) -> Entry:
    said = arch.energy_pj.price(action)
    if isinstance(said, ByFormat):
        said = said.of(kind)
    if isinstance(said, Quantity):
        return _priced(place, action.component, str(action), said, 0)
    if isinstance(said, Included):
        return Entry(
            place,
            action.component,
            str(action),
            "included",
            Decimal(0),
            included_in=said.included_in,
        )
    return Entry(place, action.component, str(action), "unpublished", Decimal(0))


def _leakage(arch: Arch) -> Entry:
    """1 uW for 1 ps is 10^-6 pJ."""
    power = arch.leakage_uw_per_core
    if isinstance(power, Quantity):
        return _priced(CHIP, LEAKAGE, LEAKAGE, power, -6)
    return Entry(CHIP, LEAKAGE, LEAKAGE, "unpublished", Decimal(0))


def _priced(place: str, component: str, action: str, q: Quantity, exponent: int) -> Entry:
    value, low, high = (
        None if number is None else number.scaleb(exponent) for number in (q.value, q.low, q.high)
    )
    assert value is not None
    return Entry(place, component, action, "priced", value, q.source, q.evidence, low, high)


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def _product(counts: Counts, prices: list[int]) -> tuple[int, ...]:
    """Exact row sums of counts times prices: in int64 where that cannot overflow."""
    largest = int(counts.max(initial=0)) * sum(prices)
    if largest < 2**63:
        sums = counts @ np.array(prices, np.int64)
        return tuple(sums.tolist())
    return tuple((counts.astype(object) @ np.array(prices, object)).tolist())


def _sum(energies: Iterable[Picojoules]) -> Picojoules:
    first, *rest = energies
    return sum(rest, start=first)
