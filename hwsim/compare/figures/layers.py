"""Energy of every layer of one pair, stacked by group, with its spike rate."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

from hwsim.activity import Experiment
from hwsim.compare.comparison import Comparison
from hwsim.compare.figures.drawn import MICRO, Drawn, slug, stack, uj
from hwsim.compare.figures.rates import rates
from hwsim.compare.pair import EXPERIMENTS, Pair
from hwsim.energy import CHIP
from hwsim.report.groups import GROUPS, group_of
from hwsim.report.spread import DIGITS, decimal_text
from hwsim.report.style import axes
from hwsim.report.table_file import csv_bytes

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_RATE = "#d55e00"
_DRAWN: Experiment = "stream"


def layers_figures(comparison: Comparison) -> list[Drawn]:
    """`energy_by_layer-<network>-<chip>` of every pair that ran."""
    return [
        Drawn(
            f"energy_by_layer-{slug(pair.subject.name, pair.chip.name)}",
            partial(_draw, pair),
            _csv(pair),
        )
        for pair in comparison.ran
    ]


def by_layer(pair: Pair, experiment: Experiment) -> dict[str, dict[str, Fraction]]:
    """Layer, and `chip` for what no layer caused -> group -> pJ of the mean image."""
    assert pair.run is not None
    names = [*(layer.name for layer in pair.subject.network.layers), CHIP]
    paid = {name: {group.name: Fraction() for group in GROUPS} for name in names}
    for line in pair.run.bill:
        if line.experiment == experiment:
            paid[line.layer][group_of(line.component)] += line.energy / pair.subject.images
    return paid


def _draw(pair: Pair) -> Figure:
    figure, plot = axes(2.3)
    paid = by_layer(pair, _DRAWN)
    bars = [(g.name, g.colour, g.hatch, [uj(e[g.name]) for e in paid.values()]) for g in GROUPS]
    stack(plot, [bar for bar in bars if any(bar[3])])
    plot.set_xticks(range(len(paid)), list(paid), rotation=90)
    plot.set_ylabel(f"energy per image ({MICRO}J)")
    spiking = rates(pair.subject)
    second = plot.twinx()
    second.spines["right"].set_visible(True)
    places = [number for number, name in enumerate(paid) if name in spiking]
    percent = [float(spiking[name]) * 100 for name in paid if name in spiking]
    style: dict[str, Any] = {"marker": "o", "markersize": 3, "lw": 0.8, "mec": "white", "mew": 0.4}
    second.plot(places, percent, color=_RATE, label="spike rate", **style)
    second.set_ylim(bottom=0)
    second.set_ylabel("spikes per neuron\nand timestep (%)", color=_RATE)
    handles, names = (
        [*a, *b]
        for a, b in zip(
            plot.get_legend_handles_labels(), second.get_legend_handles_labels(), strict=True
        )
    )
    figure.legend(handles, names, loc="outside lower center", ncols=3)
    figure.suptitle(f"{pair.subject.name} on {pair.chip.name}, {_DRAWN}", fontsize=6.5)
    return figure


def _csv(pair: Pair) -> bytes:
    spiking = rates(pair.subject)
    rows = (
        (
            *(pair.subject.name, pair.chip.name, experiment, layer, group),
            *(decimal_text(pj, DIGITS), decimal_text(spiking.get(layer), DIGITS)),
        )
        for experiment in EXPERIMENTS
        for layer, groups in by_layer(pair, experiment).items()
        for group, pj in groups.items()
    )
    header = ("network", "arch", "experiment", "layer", "group", "energy_pj")
    return csv_bytes((*header, "rate_per_neuron_and_timestep"), rows)
