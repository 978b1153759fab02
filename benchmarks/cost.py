"""What a call or a command costs: wall time, CPU time and peak memory."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks import launch


@dataclass(frozen=True)
class Cost:
    """Seconds on the wall, seconds of CPU (all threads), and MB of peak resident memory (of a
    command; 0 for a call)."""

    wall_s: float
    cpu_s: float
    peak_mb: float = 0.0

    @staticmethod
    def least(costs: Sequence[Cost]) -> Cost:
        """Each figure's minimum (memory: maximum) over repeated measurements."""
        return Cost(
            min(cost.wall_s for cost in costs),
            min(cost.cpu_s for cost in costs),
            max(cost.peak_mb for cost in costs),
        )

    def times(self, unit: str = "ms") -> str:
        """`wall (CPU)` as text."""
        factor = {"s": 1, "ms": 1e3}[unit]
        return f"{self.wall_s * factor:.3g} {unit} (CPU {self.cpu_s * factor:.3g} {unit})"


def once(call: Callable[[], object]) -> Cost:
    """The cost of one call."""
    wall, cpu = time.perf_counter(), time.process_time()
    call()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def best(call: Callable[[], object], repeats: int) -> Cost:
    """The least cost of some calls, after one that is not measured."""
    call()
    return Cost.least([once(call) for _ in range(repeats)])


def command(argv: Sequence[str]) -> Cost:
    """The cost of a command. Raises RuntimeError with its stderr where it fails."""
    done = subprocess.run(
        [sys.executable, launch.__file__, *argv], capture_output=True, text=True, check=False
    )
    code, wall, cpu, peak = json.loads(done.stdout)
    if code:
        raise RuntimeError(f"{' '.join(argv)}: exit code {code}\n{done.stderr}")
    return Cost(wall, cpu, peak / 1e6)


def best_command(argv: Sequence[str], repeats: int) -> Cost:
    """The least cost of some runs of a command."""
    return Cost.least([command(argv) for _ in range(repeats)])
