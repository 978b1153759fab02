"""Spike rate of every layer against T; the same on every chip."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from hwsim.actions import Action
from hwsim.compare.comparison import Comparison
from hwsim.compare.figures.drawn import MARKS, Drawn, labels, slug
from hwsim.compare.pair import Pair
from hwsim.report.spread import DIGITS, decimal_text
from hwsim.report.style import axes
from hwsim.report.table_file import csv_bytes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def rates_figures(comparison: Comparison) -> list[Drawn]:
    """`rates_by_layer-<network>-<dataset>`."""
    found = []
    for (network, dataset), subjects in comparison.families().items():
        ran = [[p for p in comparison.ran if p.subject == subject] for subject in subjects]
        pairs = [each[0] for each in ran if each]
        if pairs:
            found.append(
                Drawn(
                    f"rates_by_layer-{slug(network, dataset)}",
                    partial(_draw, pairs),
                    _csv(pairs),
                )
            )
    return found


def spikes(pair: Pair) -> dict[str, Fraction]:
    """Spiking layer -> spikes of an image, over all timesteps."""
    assert pair.run is not None
    fired = {layer.name: 0 for layer in pair.subject.network.spiking_layers}
    for line in pair.run.bill:
        if line.action == Action.NEURON_FIRE and line.experiment == "single":
            fired[line.layer] += line.count
    return {name: Fraction(count, pair.subject.images) for name, count in fired.items()}


def rates(pair: Pair) -> dict[str, Fraction]:
    """Spiking layer -> spikes of a neuron and timestep."""
    neurons = {layer.name: layer.neurons for layer in pair.subject.network.layers}
    return {
        name: count / neurons[name] / pair.subject.network.timesteps
        for name, count in spikes(pair).items()
    }


def _draw(pairs: list[Pair]) -> Figure:
    figure, plot = axes(2.1)
    for pair, label, (colour, marker) in zip(pairs, labels(pairs), _marks(len(pairs)), strict=True):
        found = rates(pair)
        plot.plot(
            range(len(found)),
            [float(rate) * 100 for rate in found.values()],
            color=colour,
            marker=marker,
            markersize=3,
            linewidth=0.8,
            label=f"T = {label}",
        )
    names = [layer.name for layer in pairs[0].subject.network.spiking_layers]
    plot.set_xticks(range(len(names)), names, rotation=90)
    plot.set_ylim(bottom=0)
    plot.set_ylabel("spikes per neuron\nand timestep (%)")
    plot.legend(ncols=2)
    return figure


def _marks(count: int) -> list[tuple[str, str]]:
    return [MARKS[number % len(MARKS)] for number in range(count)]


def _csv(pairs: list[Pair]) -> bytes:
    rows = (
        (
            *(pair.subject.name, pair.subject.network.timesteps, layer),
            *(decimal_text(count, DIGITS), decimal_text(rates(pair)[layer], DIGITS)),
        )
        for pair in pairs
        for layer, count in spikes(pair).items()
    )
    header = ("network", "timesteps", "layer", "spikes", "rate_per_neuron_and_timestep")
    return csv_bytes(header, rows)
