"""Packet-services per second of a whole warm replay."""

from __future__ import annotations

from functools import partial

from benchmarks.bench import RATE, Bench
from benchmarks.cost import best
from benchmarks.findings import Findings, Row, table
from benchmarks.services import count_services, run_burst
from benchmarks.transports import EXPERIMENTS
from hwsim.trace.synthetic import synthetic_trace


def measure(bench: Bench) -> Findings:
    """Both experiments on the chip as it is, from a trace in memory."""
    trace = synthetic_trace(bench.network, RATE, 1, 0)
    arch, mapping = bench.arch.arch, bench.mapping
    rows, services, seconds = [], 0, 0.0
    for experiment in EXPERIMENTS:
        served = count_services(trace, mapping, arch, experiment)
        cost = best(partial(run_burst, trace, mapping, arch, experiment), bench.repeats)
        rate = f"{served / cost.cpu_s / 1e6:.3g} million"
        rows.append((experiment, f"{served:,}", cost.times(), rate))
        services, seconds = services + served, seconds + cost.cpu_s
    row = Row(
        "packet-services per second, one core",
        f"{services / seconds / 1e6:.3g} million",
        "20 million",
        "50 million",
        "all services of `single` and `stream` / CPU time of the whole replays: fan-out tables, "
        "scans, network, synapses, ledger, overflow report",
        services / seconds >= 20e6,
    )
    header = ("experiment", "packet-services", "whole replay", "per CPU second")
    return Findings((row,), table(header, rows))
