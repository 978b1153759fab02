"""One image from the trace's folder to the report object, in process and warm."""

from __future__ import annotations

from benchmarks.bench import Bench
from benchmarks.cost import best
from benchmarks.findings import Findings, Row
from hwsim import pipeline
from hwsim.report.summary import summary


def measure(bench: Bench) -> Findings:
    """`pipeline.run`, mapping and independent count included, and the summary of the report."""
    folder, arch = bench.folder, bench.arch
    cost = best(lambda: summary(pipeline.run(folder, arch, 1)), bench.repeats)
    row = Row(
        "one image, from the trace's folder to the report object",
        cost.times(),
        "0.25 s",
        "0.05 s",
        "`pipeline.run` and the report's summary in process, compiled code warm; reading, "
        "mapping, both replays, independent count, prices",
        cost.wall_s <= 0.25,
    )
    return Findings((row,))
