"""Stacked energy by group of components against T."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from hwsim.compare.comparison import Comparison
from hwsim.compare.figures.drawn import MICRO, Drawn, captioned, labels, series, stack, uj
from hwsim.compare.pair import EXPERIMENTS, Chip, Measured, Pair
from hwsim.report.groups import GROUPS, Group, group_of
from hwsim.report.spread import DIGITS, decimal_text
from hwsim.report.style import panels
from hwsim.report.table_file import csv_bytes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def energy_figures(comparison: Comparison) -> list[Drawn]:
    """`energy_by_timesteps-<network>-<dataset>-<chip>`."""
    return [
        Drawn(
            f"energy_by_timesteps-{suffix}",
            partial(_draw, chip, pairs),
            _csv(pairs),
        )
        for suffix, chip, pairs in series(comparison)
    ]


def _draw(chip: Chip, pairs: list[Pair]) -> Figure:
    figure, plots = panels(2.3, 2, sharey=True)
    used = [g for g in GROUPS if any(_paid(m, g) for p in pairs for m in p.measured.values())]
    for plot, experiment in zip(plots, EXPERIMENTS, strict=True):
        measured = [pair.measured[experiment] for pair in pairs]
        layers = [(g.name, g.colour, g.hatch, [uj(_paid(m, g)) for m in measured]) for g in used]
        stack(plot, layers)
        plot.set_xticks(range(len(pairs)), labels([pair.subject for pair in pairs]))
        plot.set_xlim(-0.7, len(pairs) - 0.3)
        plot.set_xlabel("timesteps T")
        plot.set_title(experiment, fontsize=6.5)
        for place, m in enumerate(measured):
            if m.energy_sd_pj is not None:
                plot.errorbar(
                    place, uj(m.energy_pj), uj(m.energy_sd_pj), color="black", lw=0.6, capsize=1.5
                )
    plots[0].set_ylabel(f"energy per image ({MICRO}J)")
    captioned(figure, plots[0], chip.name)
    return figure


def _paid(measured: Measured, group: Group) -> Fraction:
    found = (pj for name, pj in measured.by_component.items() if group_of(name) == group.name)
    return sum(found, Fraction())


def _csv(pairs: list[Pair]) -> bytes:
    rows = (
        (
            *(pair.subject.name, pair.subject.network.timesteps, experiment),
            *(group_of(component), component, decimal_text(pj, DIGITS)),
        )
        for pair in pairs
        for experiment, measured in pair.measured.items()
        for component, pj in measured.by_component.items()
    )
    header = ("network", "timesteps", "experiment", "group", "component", "energy_pj")
    return csv_bytes(header, rows)
