"""Where the time of one image goes, stage by stage, and the limit that memory sets."""

from __future__ import annotations

import numpy as np

from benchmarks.bench import RATE, Bench
from benchmarks.cost import best
from benchmarks.findings import Findings, table
from benchmarks.services import count_services
from benchmarks.stopwatch import Stopwatch
from benchmarks.transports import EXPERIMENTS
from hwsim import pipeline
from hwsim.actions import Action
from hwsim.activity import count
from hwsim.report.summary import summary
from hwsim.report.write import write_run
from hwsim.trace.synthetic import synthetic_trace

REST = "everything else"
STAGES: tuple[tuple[str, str], ...] = (
    (REST, "hwsim.pipeline:run"),
    ("trace: open, read and unpack", "hwsim.pipeline:load_trace"),
    ("trace: open, read and unpack", "hwsim.trace.window:TraceWindow.fired"),
    ("trace: open, read and unpack", "hwsim.trace.window:TraceWindow.part"),
    ("mapping: cut", "hwsim.mapping.digital:plan"),
    ("mapping: place", "hwsim.mapping.digital:place"),
    ("mapping: fit", "hwsim.mapping.digital:fit"),
    ("replay: fan-out tables", "hwsim.chip.work:fans"),
    ("replay: scans to packets", "hwsim.chip.work:Work.load"),
    ("replay: network kernel", "hwsim.chip.kernel:serve_network"),
    ("replay: synapses kernel", "hwsim.chip.kernel:serve_synapses"),
    ("replay: loads and overflows", "hwsim.chip.burst:_Step._result"),
    ("replay: streams of a step", "hwsim.chip.burst:_Step.__init__"),
    ("replay: ledger", "hwsim.chip.course:enter_scans"),
    ("replay: ledger", "hwsim.chip.course:enter_packets"),
    ("replay: ledger", "hwsim.chip.course:enter_front_end"),
    ("replay: ledger", "hwsim.chip.ledger:Ledger.close"),
    ("independent count", "hwsim.chip.digital:count"),
    ("compare and reduce", "hwsim.reduction:Reduction.add"),
    ("prices", "hwsim.pipeline:price"),
    ("report: summary", "benchmarks.breakdown:summary"),
    ("report: figures", "hwsim.report.files:figures"),
    ("report: page, tables, writing", "benchmarks.breakdown:write_run"),
)
"""Stage -> where its function is looked up."""

PACKET_BYTES = 56
"""A packet of a step's load: source, time, neuron, pointer, entry, destination, service."""
SERVICE_BYTES = 12
"""An entry of a wire: time and packet id."""
COPIED = 1 << 27
"""Bytes of the copy that shows the memory's speed."""


def measure(bench: Bench) -> Findings:
    """One image in process and warm, folder to written run, and the memory's share."""
    folder, arch, out = bench.folder, bench.arch, bench.workdir / "breakdown"
    runs: list[dict[str, float]] = []
    for _ in range(bench.repeats + 1):
        watch = Stopwatch()
        with watch.watch(STAGES):
            run = pipeline.run(folder, arch, 1)
            summary(run)
            write_run(run, out, [], 0.0, True, bench.workdir)
        runs.append(watch.seconds)
    stages = {name: min(run[name] for run in runs[1:]) for name in dict(STAGES)}
    total = sum(stages.values())
    rows = [(name, f"{s * 1e3:.2f} ms", f"{s / total:.1%}") for name, s in stages.items()]
    rows.append(("total", f"{total * 1e3:.1f} ms", ""))
    replayed = sum(s for name, s in stages.items() if name.startswith("replay"))
    return Findings(
        (),
        f"`pipeline.run` and the writing of its run folder, wall time, least of {bench.repeats}:"
        f"\n\n{table(('stage', 'time', 'share'), rows)}\n\n{_limit(bench, replayed)}",
    )


def _limit(bench: Bench, replayed: float) -> str:
    """What moving every packet once through memory would take."""
    trace = synthetic_trace(bench.network, RATE, 1, 0)
    arch, mapping = bench.arch.arch, bench.mapping
    packets = services = 0
    for experiment in EXPERIMENTS:
        activity = count(trace, mapping, arch, experiment)
        packets += int(activity.per_image(Action.AXON_OUT_SEND).sum())
        services += count_services(trace, mapping, arch, experiment)
    size = packets * PACKET_BYTES + services * SERVICE_BYTES
    speed = copy_speed(COPIED)
    limit = size / speed
    return (
        f"The limit: {packets:,} packets of {PACKET_BYTES} bytes and {services:,} services of "
        f"{SERVICE_BYTES} bytes are {size / 1e6:.0f} MB; a large copy moves {speed / 1e9:.1f} GB/s "
        f"(read and written once each), so moving each once takes {limit * 1e3:.1f} ms. The "
        f"replays take {replayed / limit:.0f} times that."
    )


def copy_speed(size: int) -> float:
    """Bytes per second that a copy reads and writes."""
    source = np.ones(size, np.uint8)
    target = np.empty_like(source)
    return size / best(lambda: np.copyto(target, source), 5).wall_s
