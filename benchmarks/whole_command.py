"""One image as a command: wall time and peak memory, without torch."""

from __future__ import annotations

import sys

from benchmarks.bench import Bench
from benchmarks.cost import best_command, command
from benchmarks.findings import Findings, Row

_NO_TORCH = """
import sys
from hwsim.cli import cli
cli.main(sys.argv[1:], standalone_mode=False)
sys.exit("torch was imported" if "torch" in sys.modules else 0)
"""


def measure(bench: Bench) -> Findings:
    """`hwsim run TRACE loihi_like --images 1` from the second run on."""
    argv = bench.run_argv(bench.folder)
    command([sys.executable, "-c", _NO_TORCH, *argv[argv.index("run") :]])
    cost = best_command(argv, bench.repeats)
    return Findings(
        (
            Row(
                "the same as a command, second run",
                cost.times("s"),
                "2 s",
                "1 s",
                "`hwsim run TRACE loihi_like --images 1 -q`, run folder with figures written",
                cost.wall_s <= 2,
            ),
            Row(
                "peak memory of that run (no torch)",
                f"{cost.peak_mb:.0f} MB",
                "600 MB",
                "300 MB",
                "peak resident size of the process; another run checks that torch is not imported",
                cost.peak_mb <= 600,
            ),
        )
    )
