"""Memory accesses, apart by what is kept: state across timesteps, sums within one, the rest."""

from __future__ import annotations

from dataclasses import dataclass

from hwsim.actions import MEMORIES
from hwsim.report.html import show
from hwsim.report.html.show import EXPERIMENTS
from hwsim.report.html.table import Column, Table, bits, code, count, number
from hwsim.report.memories import word_bits
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
    """State, sums, and weights with constants and inputs."""
    named = {component for *_, components in _MEANINGS for component in components}
    others = tuple(dict.fromkeys(a.component for a in MEMORIES if a.component not in named))
    rest = ("Weights, constants and inputs", "what is stored or written from outside", others)
    return [_kind(run, s, *meaning) for meaning in (*_MEANINGS, rest)]


def _kind(run: Run, s: Json, title: str, meaning: str, components: tuple[str, ...]) -> Kind:
    actions = [a for a in MEMORIES if a.component in components and a.value in _accesses(s)]
    rows = [
        [
            code(a.value),
            number(f"{word_bits(run.arch.arch, a)} bit", word_bits(run.arch.arch, a)),
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


def _accesses(s: Json) -> Json:
    accesses: Json = s["single"]["memory_accesses"]
    return accesses


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
