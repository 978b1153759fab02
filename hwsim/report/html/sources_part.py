"""Every number of the architecture: value, unit, source, evidence, and what rests on it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hwsim import units
from hwsim.energy import LEAKAGE, Energy, Entry
from hwsim.report.html.table import Cell, Column, Table, code, number, percent, text
from hwsim.report.sources import Number, numbers
from hwsim.result import Run


def sources(run: Run) -> Table:
    """In the order of the file; the shares are of the energy, which alone is a sum."""
    listed = numbers(run.arch.resolved)
    paths = {entry.path for entry in listed}
    kinds = {layer.name: layer.kind for layer in run.network.layers}
    shares = [_shares(o.energy, paths, kinds) for o in (run.single, run.stream)]
    bounded = any(n.low is not None or n.high is not None for n in listed)
    bounds = [Column("low"), Column("high")] if bounded else []
    return Table(
        "Every number of the architecture",
        [
            Column("entry", "text"),
            Column("value"),
            Column("unit", "text"),
            *bounds,
            Column("evidence", "text"),
            Column("energy, single"),
            Column("energy, stream"),
            Column("source", "long"),
        ],
        [_row(entry, bounded, [share.get(entry.path) for share in shares]) for entry in listed],
    )


def _row(entry: Number, bounded: bool, shares: list[Fraction | None]) -> list[Cell]:
    return [
        code(entry.path),
        _decimal(entry.value),
        text(units.micro(f" {entry.unit}").strip()),
        *([_decimal(entry.low), _decimal(entry.high)] if bounded else []),
        text(entry.evidence or "none stated"),
        *(percent(share) for share in shares),
        text(entry.source),
    ]


def _decimal(value: Decimal | None) -> Cell:
    return number("\N{EN DASH}" if value is None else f"{value.normalize():f}", value)


def _shares(energy: Energy, paths: set[str], kinds: Mapping[str, str]) -> dict[str, Fraction]:
    """Path of a price -> its share of the energy of all images."""
    total = energy.total.sum
    shares: dict[str, Fraction] = {}
    for index, entry in enumerate(energy.entries):
        if entry.pricing == "priced" and total:
            path = _path(entry, paths, kinds)
            spent = Fraction(entry.price_pj) * energy.counted(index) / total
            shares[path] = shares.get(path, Fraction()) + spent
    return shares


def _path(entry: Entry, paths: set[str], kinds: Mapping[str, str]) -> str:
    if entry.action == LEAKAGE:
        return "leakage_uw_per_core"
    path = f"energy_pj.{entry.action}"
    if path in paths:
        return path
    return f"{path}.{'conv' if kinds.get(entry.place, 'conv') == 'conv' else 'dense'}"


def unpublished(run: Run) -> list[tuple[str, Fraction | None]]:
    """Actions without a published energy, and how often an image of `single` did them; leakage
    is no action and has no count."""
    energy = run.single.energy
    counts: dict[str, int] = {}
    for index, entry in enumerate(energy.entries):
        if entry.pricing == "unpublished" and energy.counted(index):
            counts[entry.action] = counts.get(entry.action, 0) + energy.counted(index)
    return [
        (name, None if name == LEAKAGE else Fraction(times, run.images))
        for name, times in counts.items()
    ]


def evidence(s: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    """Evidence -> share of the energy of `single` and of `stream`, in the summary's order."""
    shares = [s[e]["energy_pj"]["evidence_shares"] for e in ("single", "stream")]
    names = dict.fromkeys(name for share in shares for name in share)
    return [
        ("no stated evidence" if name == "none" else name, [share.get(name) for share in shares])
        for name in names
    ]
