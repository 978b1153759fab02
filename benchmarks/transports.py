"""Burst against packet transport: whole replays of one image, and equal picoseconds."""

from __future__ import annotations

from functools import partial

from benchmarks.bench import RATE, Bench
from benchmarks.cost import Cost, best, once
from benchmarks.findings import Findings, Row, table
from benchmarks.services import count_services
from hwsim.activity import Experiment
from hwsim.chip import burst, packet
from hwsim.chip.schedule import replay
from hwsim.chip.transport import Transport
from hwsim.trace.synthetic import synthetic_trace

EXPERIMENTS: tuple[Experiment, ...] = ("single", "stream")


def measure(bench: Bench) -> Findings:
    """Both experiments with unbounded FIFOs, where both transports are exact."""
    trace = synthetic_trace(bench.network, RATE, 1, 0)
    arch, mapping = bench.endless.arch, bench.mapping
    ends: dict[tuple[str, str], list[int]] = {}

    def run(transport: Transport, name: str, experiment: Experiment) -> None:
        timing = replay(trace, mapping, arch, experiment, transport).timing
        ends[name, experiment] = [*timing.scan_ps.ravel(), *timing.absorb_ps.ravel()]

    rows, sums = [], {"burst": 0.0, "packet": 0.0}
    for experiment in EXPERIMENTS:
        fast = best(partial(run, burst.transport, "burst", experiment), bench.repeats)
        slow = once(partial(run, packet.transport, "packet", experiment))
        assert ends["burst", experiment] == ends["packet", experiment], "picoseconds differ"
        served = count_services(trace, mapping, arch, experiment)
        for name, cost in (("burst", fast), ("packet", slow)):
            sums[name] += cost.cpu_s
            rows.append((experiment, name, cost.times("s"), _rate(served, cost)))
    ratio = sums["packet"] / sums["burst"]
    row = Row(
        "burst against packet transport, one image, whole replays",
        f"{ratio:.0f}x",
        "300x",
        "1000x",
        "CPU time of `single` and `stream` together, unbounded FIFOs, the same picoseconds",
        ratio >= 300,
    )
    header = ("experiment", "transport", "whole replay", "packet-services per CPU second")
    return Findings((row,), table(header, rows))


def _rate(served: int, cost: Cost) -> str:
    return f"{served / cost.cpu_s / 1e6:.3g} million"
