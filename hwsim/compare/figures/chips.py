"""The chips side by side, each with the network of the fewest timesteps."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hwsim.compare.comparison import Comparison
from hwsim.compare.figures.drawn import EDGE, MICRO, Drawn, captioned, slug, stack, uj
from hwsim.compare.pair import EXPERIMENTS, Pair
from hwsim.compare.shares import FAMILIES
from hwsim.report.spread import DIGITS, decimal_text
from hwsim.report.style import panels
from hwsim.report.table_file import csv_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def chips_figures(comparison: Comparison) -> list[Drawn]:
    """`chips-<network>`, for the network of each family with the smallest T that ran."""
    found = []
    for subjects in comparison.families().values():
        ran = [[p for p in comparison.ran if p.subject == subject] for subject in subjects]
        pairs = next((each for each in ran if each), [])
        if pairs:
            found.append(
                Drawn(
                    f"chips-{slug(pairs[0].subject.name)}",
                    partial(_draw, pairs),
                    _csv(pairs),
                )
            )
    return found


def _draw(pairs: list[Pair]) -> Figure:
    figure, plots = panels(1.1 + 0.32 * max(len(pairs), 2), 3, sharey=True)
    for plot, experiment in zip(plots, EXPERIMENTS, strict=False):
        measured = [pair.measured[experiment] for pair in pairs]
        layers = [
            (
                f.name,
                f.colour,
                f.hatch,
                [uj(m.energy_pj * m.shares.get(f.name, 0)) for m in measured],
            )
            for f in FAMILIES
            if any(m.shares.get(f.name) for p in pairs for m in p.measured.values())
        ]
        stack(plot, layers, across=True)
        plot.set_xlabel(f"energy ({MICRO}J)\n{experiment}")
    _times(plots[2], pairs)
    plots[0].set_yticks(range(len(pairs)), [p.chip.name.replace(":", ":\n") for p in pairs])
    plots[0].invert_yaxis()
    captioned(figure, plots[0], f"{pairs[0].subject.name}, per image")
    return figure


def _times(plot: Axes, pairs: list[Pair]) -> None:
    """Latency alone on the chip, and the interval between two images in `stream`."""
    latency = [pair.measured["single"].latency_ns["mean"] / 1e3 for pair in pairs]
    interval = [(pair.measured["stream"].interval_mean_ns or 0) / 1e3 for pair in pairs]
    for offset, values, colour, said in (
        (-0.2, latency, "#aaaaaa", "latency"),
        (0.2, interval, "#dddddd", "interval"),
    ):
        places = [place + offset for place in range(len(pairs))]
        plot.barh(places, values, 0.4, color=colour, **EDGE)
        plot.annotate(
            said, (0, places[0]), (2, 0), textcoords="offset points", va="center", fontsize=5
        )
    plot.set_xlabel(f"time ({MICRO}s)")


def _csv(pairs: list[Pair]) -> bytes:
    rows = []
    for pair in pairs:
        for experiment, m in pair.measured.items():
            key = (pair.subject.name, pair.chip.name, experiment)
            interval = m.interval_mean_ns
            times = (decimal_text(m.latency_ns["mean"], DIGITS), decimal_text(interval, DIGITS))
            for family in FAMILIES:
                pj = m.energy_pj * m.shares.get(family.name, 0)
                rows.append((*key, *times, family.name, decimal_text(pj, DIGITS)))
    header = ("network", "arch", "experiment", "latency_ns", "initiation_interval_ns")
    return csv_bytes((*header, "family", "energy_pj"), rows)
