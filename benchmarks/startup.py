"""What `hwsim --help` takes over an empty Python."""

from __future__ import annotations

import sys

from benchmarks.bench import Bench
from benchmarks.cost import best_command
from benchmarks.findings import Findings, Row


def measure(bench: Bench) -> Findings:
    """Least wall times of both."""
    repeats = 3 * bench.repeats
    helped = best_command([sys.executable, "-m", "hwsim", "--help"], repeats)
    empty = best_command([sys.executable, "-c", "pass"], repeats)
    more = helped.wall_s - empty.wall_s
    row = Row(
        "`hwsim --help` against `python -c pass`",
        f"+ {more * 1e3:.0f} ms",
        "+ 150 ms",
        "",
        f"least wall time of {repeats} runs each",
        more <= 0.15,
    )
    return Findings((row,))
