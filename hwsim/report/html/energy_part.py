"""Where the energy goes: by component, and the bill action by action."""

from __future__ import annotations

from fractions import Fraction

from hwsim.energy import LEAKAGE, Energy, Entry
from hwsim.report.groups import GROUPS, by_group, groups_in
from hwsim.report.html import show
from hwsim.report.html.bars import plain_bar, stacked_bar
from hwsim.report.html.show import EXPERIMENTS
from hwsim.report.html.table import (
    Cell,
    Column,
    Table,
    code,
    count,
    drawn,
    energy,
    number,
    percent,
    text,
)
from hwsim.report.summary import Json, free_components
from hwsim.result import Run

_BOTH = tuple(Column(f"{e}{what}") for e in EXPERIMENTS for what in ("", ", share"))


def bars(run: Run) -> dict[str, str]:
    """Each experiment's energy by group, on one scale."""
    groups = {e: by_group(outcome(run, e)) for e in EXPERIMENTS}
    longest = max(sum(group.values(), Fraction()) for group in groups.values())
    return {name: stacked_bar(group, longest, "bar tall") for name, group in groups.items()}


def outcome(run: Run, experiment: str) -> Energy:
    """The energy of an experiment."""
    return run.single.energy if experiment == "single" else run.stream.energy


def by_groups(run: Run) -> list[tuple[int, str, list[tuple[str, str]]]]:
    """Number and name of each group, and (energy, share) in both experiments."""
    means = {e: by_group(outcome(run, e)) for e in EXPERIMENTS}
    totals = {e: outcome(run, e).total.mean for e in EXPERIMENTS}
    return [
        (
            GROUPS.index(group),
            group.name,
            [
                (
                    show.energy(means[e][group.name]),
                    show.percent(_share(means[e][group.name], totals[e])),
                )
                for e in EXPERIMENTS
            ],
        )
        for group in groups_in(run.stream.energy)
    ]


def components(s: Json) -> Table:
    """Energy by component, the largest of `stream` first."""
    parts = {e: s[e]["energy_pj"]["by_component"] for e in EXPERIMENTS}
    free = free_components(s)
    names = sorted((n for n in parts["stream"] if n not in free), key=lambda n: -parts["stream"][n])

    def row(name: str) -> list[Cell]:
        cells = [text(name)]
        for experiment, values in parts.items():
            share = _share(values[name], s[experiment]["energy_pj"]["total"])
            cells += [energy(values[name]), percent(share)]
        whole = _share(parts["stream"][name], s["stream"]["energy_pj"]["total"])
        return [*cells, drawn(plain_bar(whole or Fraction()))]

    return Table(
        "Energy of an image by component",
        [Column("component", "text"), *_BOTH, Column("share in a stream", "bars")],
        [row(name) for name in names],
    )


def bill(run: Run) -> Table:
    """Every action that happened: how often, at what price, and what that makes."""
    energies = {e: outcome(run, e) for e in EXPERIMENTS}
    places: dict[str, list[int]] = {}
    for index, entry in enumerate(run.single.energy.entries):
        places.setdefault(entry.action, []).append(index)
    rows = []
    for action, indices in places.items():
        counts = {e: sum(energies[e].counted(i) for i in indices) for e in EXPERIMENTS}
        if not any(counts.values()):
            continue
        entries = [run.single.energy.entries[i] for i in indices]
        row = [code(action), _price(entries, run)]
        for e in EXPERIMENTS:
            times = None if action == LEAKAGE else Fraction(counts[e], run.images)
            row.append(count(times))
            if entries[0].pricing == "priced":
                spent = energies[e].by_action[action].mean
                row += [energy(spent), percent(_share(spent, energies[e].total.mean))]
            else:
                row += [energy(None), percent(None)]
        rows.append([*row, text(_standing(entries))])
    return Table(
        "The bill of an image, action by action",
        [
            Column("action", "text"),
            Column("each"),
            *(Column(f"{e}: {name}") for e in EXPERIMENTS for name in ("count", "energy", "share")),
            Column("evidence", "text"),
        ],
        rows,
    )


def _price(entries: list[Entry], run: Run) -> Cell:
    if entries[0].pricing != "priced":
        return energy(None)
    prices = sorted({entry.price_pj for entry in entries})
    if entries[0].action == LEAKAGE:
        watts = prices[0].scaleb(6).normalize()
        return number(f"{watts:f} \N{MICRO SIGN}W a core", prices[0])
    said = " or ".join(f"{price.normalize():f}" for price in prices)
    return number(f"{said} pJ", prices[-1])


def _standing(entries: list[Entry]) -> str:
    first = entries[0]
    if first.pricing == "included":
        return "in " + ", ".join(first.included_in)
    if first.pricing == "unpublished":
        return "unpublished, not in the total"
    return " or ".join(dict.fromkeys(entry.evidence or "none stated" for entry in entries))


def _share(part: Fraction | float, whole: Fraction | float) -> Fraction | None:
    return Fraction(part) / Fraction(whole) if whole else None
