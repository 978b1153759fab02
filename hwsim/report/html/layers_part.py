"""Layer by layer: what each is, did and cost."""

from __future__ import annotations

from fractions import Fraction

from hwsim.actions import Action
from hwsim.report.html import show
from hwsim.report.html.bars import stacked_bar
from hwsim.report.html.table import (
    Cell,
    Column,
    Table,
    count,
    drawn,
    energy,
    number,
    percent,
    text,
)
from hwsim.report.layer_rows import CHIP, LayerRow
from hwsim.result import Run

_WORK = {
    Action.SYNAPSE_OP: "synops",
    Action.SYNAPSE_MAC: "MACs",
    Action.CROSSBAR_ARRAY_READ: "array reads",
    Action.ADC_CONVERT: "conversions",
    Action.PE_CYCLE: "PE cycles",
    Action.DRAM_READ: "DRAM reads",
    Action.AXON_OUT_SEND: "packets",
}
"""What tells of a layer's work, where the core kind does it."""


def layers(single: list[LayerRow], stream: list[LayerRow]) -> Table:
    """One row a layer; the chip's own row stays last."""
    longest = max(row.energy for row in stream)
    work = [action for action in _WORK if action in stream[0].counts]
    rows = [_row(a, b, work, longest) for a, b in zip(single, stream, strict=True)]
    names = ("spikes", "rate", *(_WORK[action] for action in work), "energy, single")
    names = (*names, "energy, stream")
    return Table(
        "Work and energy of an image by layer",
        [
            Column("layer", "text"),
            Column("neurons"),
            Column("cores"),
            *map(Column, names),
            Column("stream, by group", "bars"),
        ],
        [row for row in rows if row[0].text != CHIP],
        [row for row in rows if row[0].text == CHIP],
    )


def _row(single: LayerRow, stream: LayerRow, work: list[Action], longest: Fraction) -> list[Cell]:
    counts = stream.counts
    return [
        text(stream.name),
        number(
            stream.shape.replace(" x ", " \N{MULTIPLICATION SIGN} ") or "\N{EN DASH}",
            stream.neurons or None,
        ),
        count(stream.cores or None),
        count(counts.get(Action.NEURON_FIRE)),
        percent(stream.rate),
        *(count(counts[action]) for action in work),
        energy(single.energy),
        energy(stream.energy),
        drawn(stacked_bar(stream.groups, longest)),
    ]


def memories(run: Run, rows: list[LayerRow], experiment: str) -> Table:
    """Words touched by layer, memory by memory."""
    touched = [a for a in run.memories if any(row.counts[a] for row in rows)]
    cells = [[text(row.name), *(count(row.counts[a]) for a in touched)] for row in rows]
    return Table(
        f"{experiment}: memory words touched by layer, per image",
        [Column("layer", "text"), *(Column(action.value) for action in touched)],
        cells[:-1],
        cells[-1:],
    )


def mean_rate(run: Run, rows: list[LayerRow]) -> str:
    """The mean firing rate of the spiking layers, weighted by neurons."""
    spiking = [row for row in rows if row.rate is not None]
    places = sum(row.neurons for row in spiking) * run.network.timesteps * run.images
    return show.percent(Fraction(int(run.fired.sum()), places) if places else None)
