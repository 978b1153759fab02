"""Packet-services per second of a whole warm replay."""

from __future__ import annotations

from benchmarks.bench import RATE, Bench
from benchmarks.cost import best
from benchmarks.findings import Findings, Row, table
from benchmarks.services import count_services
from benchmarks.transports import EXPERIMENTS
from hwsim.chip import burst
from hwsim.chip.schedule import run_steps
from hwsim.trace.synthetic import synthetic_trace


def measure(bench: Bench) -> Findings:
    """Both experiments on the chip as it is, from a trace in memory."""
    trace = synthetic_trace(bench.network, RATE, 1, 0)
    arch, mapping = bench.arch.arch, bench.mapping
    rows, services, seconds = [], 0, 0.0
    for experiment in EXPERIMENTS:
        served = count_services(trace, mapping, arch, experiment)
        cost = best(
            lambda e=experiment: run_steps(
                trace, mapping, arch, e, burst.transport, lambda image, activity: None
            ),
            bench.repeats,
        )
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
