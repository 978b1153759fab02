"""Does time grow linearly with packets?"""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.bench import Bench
from benchmarks.cost import best
from benchmarks.findings import Findings, Row, table
from benchmarks.services import count_services, run_burst
from hwsim.trace.synthetic import synthetic_trace

TOLERANCE = 0.1


def measure(bench: Bench) -> Findings:
    """The stream of one image on one mapping at 1x, 2x, 4x, 8x the spikes; unbounded FIFOs."""
    arch, mapping = bench.endless.arch, bench.mapping
    served, times = [], []
    for rate in bench.rates:
        trace = synthetic_trace(bench.network, rate, 1, 0)
        served.append(count_services(trace, mapping, arch, "stream"))
        cost = best(partial(run_burst, trace, mapping, arch, "stream"), bench.repeats)
        times.append(cost.cpu_s)
    x, y = np.array(served, float), np.array(times)
    # Relative residuals are what is judged, so they are what is fitted.
    slope, start = np.polyfit(x, y, 1, w=1 / y)
    fitted = start + slope * x
    off = np.abs(y / fitted - 1)
    row = Row(
        "growth: time against packets over "
        + ", ".join(f"{r / bench.rates[0]:g}x" for r in bench.rates)
        + " traffic",
        f"within {off.max():.1%} of a line",
        "linear within 10 %",
        "",
        "CPU time of the stream's replay at rising firing rates, one mapping; straight line with "
        "an intercept (scans do not depend on spikes)",
        bool(off.max() <= TOLERANCE),
    )
    rows = [
        (f"{rate:.0%}", f"{count:,}", f"{time * 1e3:.1f} ms", f"{line * 1e3:.1f} ms")
        for rate, count, time, line in zip(bench.rates, served, y, fitted, strict=True)
    ]
    header = ("rate of spikes", "packet-services", "replay, CPU", "line")
    line = f"{slope * 1e9:.1f} ns a packet-service and {start * 1e3:.1f} ms a step."
    return Findings((row,), f"{table(header, rows)}\n\n{line}")
