"""images.csv: one row an image."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from hwsim.activity import HEADLINES, derived_counts
from hwsim.report.spread import decimal_text
from hwsim.report.table_file import csv_bytes
from hwsim.result import Run

ENERGIES = ("total", "dynamic", "leakage")

HEADER = (
    "image",
    "label",
    "prediction",
    "single_latency_ns",
    "stream_latency_ns",
    "interval_ns",
    *(f"{e}_energy_{part}_pj" for e in ("single", "stream") for part in ENERGIES),
    *HEADLINES,
    "neuron_updates_stream",
)


def images_csv(run: Run) -> bytes:
    """In the order of the trace, exact. An unknown label is empty. The counts are those of
    `single`; those of `stream` are the same but for `neuron_updates_stream`."""
    return csv_bytes(HEADER, _rows(run))


def _rows(run: Run) -> Iterator[tuple[object, ...]]:
    single, stream = run.single.timing, run.stream.timing
    counts = derived_counts(run.single.activity, run.dense_synops, run.arch.arch)
    streamed = derived_counts(run.stream.activity, run.dense_synops, run.arch.arch)
    for image in range(run.images):
        label = int(run.labels[image])
        times = (single.latency_ps, stream.latency_ps, stream.interval_ps)
        energies = [
            getattr(outcome.energy, part)[image]
            for outcome in (run.single, run.stream)
            for part in ENERGIES
        ]
        yield (
            image,
            "" if label < 0 else label,
            int(run.predictions[image]),
            *(decimal_text(Fraction(int(ps[image]), 1000)) for ps in times),
            *(decimal_text(pj) for pj in energies),
            *(int(counts[name][image]) for name in HEADLINES),
            int(streamed["neuron_updates"][image]),
        )
