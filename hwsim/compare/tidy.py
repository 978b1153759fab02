"""compare.csv: one observation a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hwsim.compare.comparison import ANN_KINDS, Comparison
from hwsim.compare.crossover import SCOPES
from hwsim.compare.pair import Measured, Pair
from hwsim.compare.proxy import CONVENTIONS
from hwsim.report.spread import DIGITS, decimal_text
from hwsim.report.table_file import csv_bytes
from hwsim.units import Number

HEADER = (
    *(
        "network",
        "timesteps",
        "trained_timesteps",
        "arch",
        "experiment",
        "quantity",
        "item",
        "unit",
        "mean",
        "sd",
    ),
)

Row = tuple[str, str, str, Number | None, Number | None]
"""Quantity, item, unit, mean and sd."""


def compare_csv(comparison: Comparison) -> bytes:
    """Every pair that ran in both experiments, then its baselines (no experiment). A pair that
    does not fit has one row, `does_not_fit`, and why in `item`."""
    return csv_bytes(HEADER, _rows(comparison))


def _rows(comparison: Comparison) -> Iterator[tuple[object, ...]]:
    for pair in comparison.pairs:
        subject = pair.subject
        steps = (subject.network.timesteps, subject.trained_timesteps)
        key = (subject.name, *steps, pair.chip.name)
        if pair.run is None:
            yield (*key, "", "does_not_fit", pair.reason, "", "", "")
            continue
        for experiment, measured in pair.measured.items():
            for row in (*_measured(measured), *_crossovers(comparison, pair, measured)):
                yield (*key, experiment, *_cells(row))
        for row in _baselines(comparison, pair):
            yield (*key, "", *_cells(row))


def _measured(m: Measured) -> Iterator[Row]:
    yield ("energy", "total", "pj", m.energy_pj, m.energy_sd_pj)
    yield ("energy_per_correct_image", "", "pj", m.per_correct_pj, None)
    for name, pj in m.by_component.items():
        yield ("energy", name, "pj", pj, None)
    for name, share in m.shares.items():
        yield ("energy_share", name, "", share, None)
    yield ("energy", "low", "pj", m.low_pj, None)
    yield ("energy", "high", "pj", m.high_pj, None)
    yield ("energy_share", "not_measured", "", m.not_measured, None)
    yield ("latency", "", "ns", *_spread(m.latency_ns))
    if m.interval_ns is not None:
        yield ("initiation_interval", "", "ns", *_spread(m.interval_ns))
    yield ("power", "", "mw", m.power_mw, None)
    yield ("energy_delay_product", "", "pj_s", m.edp_pj_s, None)
    for action, access in m.accesses.items():
        yield ("memory_accesses", action, "words", access["count"], None)
        yield ("memory_accesses", action, "bits", access["bits"], None)


def _crossovers(comparison: Comparison, pair: Pair, measured: Measured) -> Iterator[Row]:
    baselines = comparison.baselines(pair)
    yield ("over_proxy", "float32", "", baselines.over_proxy(measured), None)
    for kind in ANN_KINDS:
        yield ("ann_over_snn", kind, "", baselines.ratio(measured, kind), None)
        for scope in SCOPES:
            rate = baselines.crossover(measured.experiment, scope, kind)
            yield ("break_even_rate", f"{scope}, {kind}", "", rate, None)


def _baselines(comparison: Comparison, pair: Pair) -> Iterator[Row]:
    subject, baselines = pair.subject, comparison.baselines(pair)
    correct = None if pair.run is None else pair.run.summary["correct"]
    accuracy = None if correct is None else 100 * correct / subject.images
    yield ("accuracy", "of these images", "percent", accuracy, None)
    yield ("accuracy", "recorded", "percent", pair.accuracy_percent, None)
    yield ("rate", "measured", "", subject.rate, None)
    for convention in CONVENTIONS:
        yield ("proxy_ann", convention.name, "pj", convention.ann_pj(subject.network), None)
        yield ("proxy_snn", convention.name, "pj", convention.snn_pj(subject), None)
        yield ("proxy_ann_over_snn", convention.name, "", convention.ratio(subject), None)
    for kind in ANN_KINDS:
        yield ("ann_on_chip", kind, "pj", baselines.ann_pj(kind), None)


def _spread(values: dict[str, Any]) -> tuple[Number | None, Number | None]:
    return values["mean"], values["sd"]


def _cells(row: Row) -> tuple[str, ...]:
    quantity, item, unit, mean, sd = row
    return (quantity, item, unit, decimal_text(mean, DIGITS), decimal_text(sd, DIGITS))
