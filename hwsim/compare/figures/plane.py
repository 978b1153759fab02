"""Energy against latency, with the accuracy at each point."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hwsim import units
from hwsim.compare.comparison import Comparison
from hwsim.compare.figures.drawn import MARKS, MICRO, Drawn, captioned, slug, uj
from hwsim.compare.pair import EXPERIMENTS, Pair
from hwsim.report.spread import DIGITS, decimal_text
from hwsim.report.style import panels
from hwsim.report.table_file import csv_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def plane_figures(comparison: Comparison) -> list[Drawn]:
    """`energy_latency-<network>-<dataset>`."""
    found = []
    for (network, dataset), subjects in comparison.families().items():
        lines = {
            chip.name: [
                p for s in subjects for p in comparison.ran if (p.subject, p.chip) == (s, chip)
            ]
            for chip in comparison.chips
        }
        lines = {name: pairs for name, pairs in lines.items() if pairs}
        if lines:
            found.append(
                Drawn(
                    f"energy_latency-{slug(network, dataset)}",
                    partial(_draw, lines),
                    _csv(lines),
                )
            )
    return found


def _draw(lines: dict[str, list[Pair]]) -> Figure:
    figure, plots = panels(2.3, 2, sharey=True)
    known = [chip for chip, pairs in lines.items() if any(p.accuracy_percent for p in pairs)]
    first = next(iter([*known, *lines]))
    for plot, experiment in zip(plots, EXPERIMENTS, strict=True):
        for number, (chip, pairs) in enumerate(lines.items()):
            colour, marker = MARKS[number % len(MARKS)]
            measured = [pair.measured[experiment] for pair in pairs]
            x = [m.latency_ns["mean"] / 1e3 for m in measured]
            y = [uj(m.energy_pj) for m in measured]
            plot.plot(x, y, color=colour, marker=marker, markersize=3.5, lw=0.6, label=chip)
            _name_points(plot, pairs, list(zip(x, y, strict=True)), full=chip == first)
        _logarithmic(plot)
        plot.set_xlabel(f"latency ({MICRO}s)")
        plot.set_title(experiment, fontsize=6.5)
    plots[0].set_ylabel(f"energy per image ({MICRO}J)")
    captioned(figure, plots[0], "", 2)
    return figure


def _name_points(
    plot: Axes, pairs: list[Pair], points: list[tuple[float, float]], *, full: bool
) -> None:
    """T at each point; at those of one chip the accuracy too, which is that of every chip that
    can execute the weights."""
    for pair, at in zip(pairs, points, strict=True):
        label = _label(pair) if full else str(pair.subject.network.timesteps)
        away, side = ((-3, 2), "right") if full else ((3, -6), "left")
        plot.annotate(label, at, away, textcoords="offset points", ha=side, fontsize=5)


def _logarithmic(plot: Axes) -> None:
    """Both axes, with room for the labels left of the points."""
    from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator, StrMethodFormatter

    plot.set_xscale("log")
    plot.set_yscale("log")
    low, high = plot.get_xlim()
    plot.set_xlim(low * (low / high) ** 0.6, high * (high / low) ** 0.1)
    for axis, (low, high) in ((plot.xaxis, plot.get_xlim()), (plot.yaxis, plot.get_ylim())):
        subs = (1.0, 2.0, 5.0) if high / low < 50 else (1.0,)
        axis.set_major_locator(MaxNLocator(3) if high / low < 8 else LogLocator(subs=subs))
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axis.set_minor_locator(NullLocator())
        axis.set_tick_params(labelsize=6)


def _label(pair: Pair) -> str:
    accuracy = pair.accuracy_percent
    known = "" if accuracy is None else f": {units.plain(accuracy, 3)} %"
    return f"T = {pair.subject.network.timesteps}{known}"


def _csv(lines: dict[str, list[Pair]]) -> bytes:
    rows = (
        (
            *(pair.subject.name, pair.subject.network.timesteps, chip, experiment),
            *(decimal_text(m.latency_ns["mean"], DIGITS), decimal_text(m.energy_pj, DIGITS)),
            decimal_text(pair.accuracy_percent, DIGITS),
        )
        for chip, pairs in lines.items()
        for pair in pairs
        for experiment, m in pair.measured.items()
    )
    header = ("network", "timesteps", "arch", "experiment", "latency_ns", "energy_pj")
    return csv_bytes((*header, "test_accuracy_percent"), rows)
