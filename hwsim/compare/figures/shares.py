"""Shares of compute, memory, network, synchronisation and leakage of every pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hwsim.compare.comparison import Comparison
from hwsim.compare.figures.drawn import Drawn, captioned, stack
from hwsim.compare.pair import EXPERIMENTS, Pair
from hwsim.compare.shares import FAMILIES
from hwsim.report.spread import DIGITS, decimal_text
from hwsim.report.style import panels
from hwsim.report.table_file import csv_bytes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def shares_figures(comparison: Comparison) -> list[Drawn]:
    """`shares`."""
    pairs = [p for p in comparison.ran if all(m.shares for m in p.measured.values())]
    return [Drawn("shares", lambda: _draw(pairs), _csv(pairs))] if pairs else []


def _draw(pairs: list[Pair]) -> Figure:
    figure, plots = panels(0.8 + 0.24 * max(len(pairs), 2), 2, sharey=True)
    for plot, experiment in zip(plots, EXPERIMENTS, strict=True):
        measured = [pair.measured[experiment] for pair in pairs]
        layers = [
            (f.name, f.colour, f.hatch, [float(m.shares[f.name]) * 100 for m in measured])
            for f in FAMILIES
            if any(m.shares[f.name] for p in pairs for m in p.measured.values())
        ]
        stack(plot, layers, across=True)
        plot.set_xlim(0, 100)
        plot.set_xlabel(f"% of the energy, {experiment}")
    names = [f"{pair.subject.name}\n{pair.chip.name}" for pair in pairs]
    plots[0].set_yticks(range(len(pairs)), names, fontsize=5)
    plots[0].invert_yaxis()
    captioned(figure, plots[0], "")
    return figure


def _csv(pairs: list[Pair]) -> bytes:
    rows = (
        (pair.subject.name, pair.chip.name, experiment, name, decimal_text(share, DIGITS))
        for pair in pairs
        for experiment, measured in pair.measured.items()
        for name, share in measured.shares.items()
    )
    return csv_bytes(("network", "arch", "experiment", "family", "share"), rows)
