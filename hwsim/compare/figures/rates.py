"""Spike rate of every layer against T; the same on every chip."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from hwsim.compare.comparison import Comparison
from hwsim.compare.figures.drawn import MARKS, Drawn, labels, slug
from hwsim.compare.subject import Subject
from hwsim.report.spread import DIGITS, decimal_text
from hwsim.report.style import axes
from hwsim.report.table_file import csv_bytes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def rates_figures(comparison: Comparison) -> list[Drawn]:
    """`rates_by_layer-<network>-<dataset>`."""
    return [
        Drawn(
            f"rates_by_layer-{slug(network, dataset)}",
            partial(_draw, subjects),
            _csv(subjects),
        )
        for (network, dataset), subjects in comparison.families().items()
    ]


def spikes(subject: Subject) -> dict[str, Fraction]:
    """Spiking layer -> spikes of an image, over all timesteps."""
    totals = subject.survey.fired.sum(axis=0)
    return {
        layer.name: Fraction(int(total), subject.images)
        for layer, total in zip(subject.network.layers, totals, strict=True)
        if layer.spiking
    }


def rates(subject: Subject) -> dict[str, Fraction]:
    """Spiking layer -> spikes of a neuron and timestep."""
    neurons = {layer.name: layer.neurons for layer in subject.network.layers}
    return {
        name: count / neurons[name] / subject.network.timesteps
        for name, count in spikes(subject).items()
    }


def _draw(subjects: list[Subject]) -> Figure:
    figure, plot = axes(2.1)
    marks = _marks(len(subjects))
    for subject, label, (colour, marker) in zip(subjects, labels(subjects), marks, strict=True):
        found = rates(subject)
        plot.plot(
            range(len(found)),
            [float(rate) * 100 for rate in found.values()],
            color=colour,
            marker=marker,
            markersize=3,
            linewidth=0.8,
            label=f"T = {label}",
        )
    names = [layer.name for layer in subjects[0].network.spiking_layers]
    plot.set_xticks(range(len(names)), names, rotation=90)
    plot.set_ylim(bottom=0)
    plot.set_ylabel("spikes per neuron\nand timestep (%)")
    plot.legend(ncols=2)
    return figure


def _marks(count: int) -> list[tuple[str, str]]:
    return [MARKS[number % len(MARKS)] for number in range(count)]


def _csv(subjects: list[Subject]) -> bytes:
    rows = (
        (
            *(subject.name, subject.network.timesteps, layer),
            *(decimal_text(count, DIGITS), decimal_text(rates(subject)[layer], DIGITS)),
        )
        for subject in subjects
        for layer, count in spikes(subject).items()
    )
    header = ("network", "timesteps", "layer", "spikes", "rate_per_neuron_and_timestep")
    return csv_bytes(header, rows)
