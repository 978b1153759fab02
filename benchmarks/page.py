"""docs/benchmarks.md."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.bench import RATE
from benchmarks.findings import Findings, table
from benchmarks.machine import machine

_HEAD = f"""# Benchmarks

Written by `make bench` (`python -m benchmarks`); `--only NAME` measures one of them. The case is
VGG16 for CIFAR-10 at T = 1 on `loihi_like`, one image whose spikes are independent coins:
{RATE:.0%} of the pooled outputs of every layer send. Times are the least of several repetitions,
each with its wall time and, in brackets, the CPU time that it used; rates and ratios are of CPU
time, so that other work on the machine does not enter, and both sides of a ratio are measured in
one run.
"""

_TITLES = {
    "transports": "Burst and packet transport",
    "throughput": "Packet-services",
    "growth": "Growth",
    "sanafe": "SANA-FE",
    "width": "Width",
    "breakdown": "Where the time of one image goes",
    "training": "Training on a CPU",
}


def page(found: Mapping[str, Findings]) -> str:
    """The page of some benchmarks."""
    rows = [
        (row.measure, row.ours, row.bar, row.beyond, row.verdict, row.how)
        for findings in found.values()
        for row in findings.rows
    ]
    header = ("measure", "ours", "bar", "beyond", "verdict", "how measured")
    parts = [_HEAD, f"{machine()}\n", f"{table(header, rows)}\n"]
    for name, findings in found.items():
        if findings.details:
            parts.append(f"## {_TITLES[name]}\n\n{findings.details}\n")
    return "\n".join(parts)
