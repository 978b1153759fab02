"""The comparison on a terminal: the networks, then what each chip makes of them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hwsim import units
from hwsim.compare.comparison import ANN_KINDS, Baselines, Comparison
from hwsim.compare.memories import accesses, kinds_of
from hwsim.compare.pair import Chip, Measured, Pair
from hwsim.compare.proxy import FLOAT32, INT8
from hwsim.compare.sentences import conventions, sentences
from hwsim.compare.shares import FAMILIES
from hwsim.compare.subject import Subject
from hwsim.report.text import Row, columns, wrapped


def compare_table(comparison: Comparison, styled: bool = False) -> str:
    """All of it, at most 100 characters wide; `styled` sets headings in bold for a terminal."""
    sections = [
        ("Networks, and the papers' proxy", _networks(comparison)),
        *(section for chip in comparison.chips for section in _chip(comparison, chip)),
        ("What it says", _listed(sentences(comparison))),
        ("How it is counted", _listed(conventions(comparison))),
    ]
    lines: list[str] = []
    for title, body in sections:
        if body:
            heading = f"\033[1m{title}\033[0m" if styled else title
            lines += ["", heading, *body] if lines else [heading, *body]
    return "\n".join(lines) + "\n"


def _networks(comparison: Comparison) -> list[str]:
    header = ("", "T", "accuracy", "here", "R", "E_ANN", "E_SNN", "ratio", "int8 ratio")
    return columns([_network(subject) for subject in comparison.subjects], header)


def _network(subject: Subject) -> Row:
    recorded = subject.origin.test_accuracy_percent
    here = None if subject.correct is None else Fraction(subject.correct, subject.images)
    return (
        subject.name,
        subject.timesteps,
        units.UNKNOWN if recorded is None else f"{units.plain(recorded)} %",
        f"{units.percent(here)} of {subject.images}",
        units.percent(subject.rate),
        units.energy(FLOAT32.ann_pj(subject.network)),
        units.energy(FLOAT32.snn_pj(subject)),
        units.plain(FLOAT32.ratio(subject), 3),
        units.plain(INT8.ratio(subject), 3),
    )


def _chip(comparison: Comparison, chip: Chip) -> list[tuple[str, list[str]]]:
    pairs = [pair for pair in comparison.pairs if pair.chip == chip]
    ran = [(pair, m) for pair in pairs for m in pair.measured.values()]
    sections = [(f"{chip.name}: per image", _tabled(ran, _HEADLINES, _headlines))]
    sections.append((f"{chip.name}: shares of the energy", _tabled(ran, _SHARES, _shares)))
    kinds = kinds_of(m for _, m in ran)
    words = _tabled(
        ran,
        tuple(kind.short for kind in kinds),
        lambda pair, m: tuple(units.count(accesses(m, kind)) for kind in kinds),
    )
    sections.append((f"{chip.name}: memory words touched", words))
    sections.append(
        (
            f"{chip.name}: against the proxy and the int8 ANN on its memories",
            _tabled(ran, _BASELINES, lambda pair, m: _baselines(comparison.baselines(pair), m)),
        )
    )
    refused = [
        line
        for pair in pairs
        if pair.run is None
        for line in wrapped(f"{pair.subject.name} does not fit: {pair.reason}")
    ]
    return [(title, body) for title, body in sections if ran] + [
        (f"{chip.name}: does not fit", refused)
    ]


def _tabled(ran: list[tuple[Pair, Measured]], header: Row, cells: Any) -> list[str]:
    rows = [(f"{pair.subject.name} {m.experiment}", *cells(pair, m)) for pair, m in ran]
    return columns(rows, ("", *header))


_HEADLINES = ("energy", "+-", "latency", "+-", "interval", "power", "E x latency", "per correct")


def _headlines(pair: Pair, m: Measured) -> Row:
    return (
        units.energy(m.energy_pj),
        units.energy(m.energy_sd_pj, 2),
        units.time(m.latency_ns["mean"]),
        units.time(m.latency_ns["sd"], 2),
        units.time(m.interval_mean_ns),
        units.power(m.power_mw),
        units.energy_delay(m.edp_pj_s),
        units.energy(m.per_correct_pj),
    )


_SHARES = ("compute", "memory", "network", "sync", "leakage", "unmeasured", "low", "high")


def _shares(pair: Pair, m: Measured) -> Row:
    families = [units.percent(m.shares.get(family.name)) for family in FAMILIES]
    bounds = (units.energy(m.low_pj), units.energy(m.high_pj))
    return (*families, units.percent(m.not_measured), *bounds)


_BASELINES = ("x proxy", "dense ANN", "/ SNN", "R <", "skipping ANN", "/ SNN", "R <")


def _baselines(baselines: Baselines, m: Measured) -> Row:
    cells = [units.plain(baselines.over_proxy(m), 3)]
    for kind in ANN_KINDS:
        rate = baselines.crossover(m.experiment, "full", kind)
        cells += [
            units.energy(baselines.ann_pj(kind)),
            units.plain(baselines.ratio(m, kind), 3),
            units.percent(rate),
        ]
    return cells


def _listed(paragraphs: list[str]) -> list[str]:
    return [line for paragraph in paragraphs for line in wrapped(f"- {paragraph}")]
