"""Memory accesses, apart by what is kept: state across timesteps, sums within one, the rest."""

from __future__ import annotations

from dataclasses import dataclass

from hwsim.report.html import show
from hwsim.report.html.show import EXPERIMENTS
from hwsim.report.html.table import Column, Table, bits, code, count, number
from hwsim.report.summary import Json
from hwsim.result import Run

_MEANINGS = (
    (
        "State across timesteps",
        "the membrane: what a neuron must remember from one timestep to the next",
        ("membrane",),
    ),
    (
        "Sums within a timestep",
        "the accumulators: what arrives until the neuron is scanned, needed at every T",
        ("accumulator",),
    ),
    (
        "Buffers and DRAM",
        "what is fetched, kept near the cores or spilled",
        ("buffer", "spad", "dram"),
    ),
)


@dataclass(frozen=True)
class Kind:
    """One kind of memory: accesses of an image in both experiments, capacity, and the table."""

    title: str
    meaning: str
    accesses: dict[str, str]
    capacity: str
    table: Table


def kinds(run: Run, s: Json) -> list[Kind]:
    """State, sums, buffers, and weights with constants and inputs; those that the chip has."""
    named = {component for *_, components in _MEANINGS for component in components}
    there = dict.fromkeys(a.component for a in run.memories)
    rest = tuple(component for component in there if component not in named)
    others = ("Weights, constants and inputs", "what is stored or written from outside", rest)
    return [
        _kind(run, s, *meaning)
        for meaning in (*_MEANINGS, others)
        if any(component in there for component in meaning[2])
    ]


def _kind(run: Run, s: Json, title: str, meaning: str, components: tuple[str, ...]) -> Kind:
    actions = [a for a in run.memories if a.component in components]
    words = {a: run.arch.arch.word_bits(a) for a in actions}
    rows = [
        [
            code(a.value),
            number(f"{words[a]} bit", words[a]),
            *(
                scale(s[e]["memory_accesses"][a.value][field])
                for e in EXPERIMENTS
                for field, scale in (("count", count), ("bits", bits))
            ),
        ]
        for a in actions
    ]
    columns = [
        Column("words touched", "text"),
        Column("word"),
        *(Column(f"{e}{what}") for e in EXPERIMENTS for what in ("", ", bits")),
    ]
    sums = {
        e: show.count(sum(s[e]["memory_accesses"][a.value]["count"] for a in actions))
        for e in EXPERIMENTS
    }
    return Kind(
        title,
        meaning,
        sums,
        _capacity(s, components),
        Table(f"{title}: accesses of an image", columns, rows, live=False),
    )


def _capacity(s: Json, components: tuple[str, ...]) -> str:
    said = []
    for name in components:
        held = s["memory_capacity"].get(name)
        if held is None:
            continue
        text = f"{show.capacity(held['needed_bits'])} needed at T = {s['timesteps']}"
        if held["offered_bits"] is not None:
            text += f", {show.capacity(held['offered_bits'])} on the cores used"
        said.append(text)
    return "; ".join(said)
