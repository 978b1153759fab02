"""How wide a VGG16 fits in memory."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.bench import RATE, Bench
from benchmarks.cost import command
from benchmarks.findings import Findings, Row, table

LIMIT_MB = 24e3


def measure(bench: Bench) -> Findings:
    """`hwsim run` of one image of ever wider networks, each on a mesh with cores enough."""
    rows, largest = [], 0.0
    for width, tiles_x, tiles_y in bench.widths:
        shape = replace(bench.shape, width=width * bench.shape.width)
        mesh = ("--set", f"mesh.tiles_x={tiles_x}", "--set", f"mesh.tiles_y={tiles_y}")
        cost = command(bench.run_argv(bench.folder_of(shape), *mesh))
        if cost.peak_mb <= LIMIT_MB:
            largest = max(largest, width)
        size = f"{tiles_x} x {tiles_y}"
        rows.append((f"{width:g}", size, f"{cost.peak_mb:,.0f} MB", cost.times("s")))
    row = Row(
        "largest VGG16 width that runs in 24 GB",
        f"{largest:g}",
        "1.0 (SANA-FE stops at about 0.35)",
        "4.0",
        f"peak memory of `hwsim run`, one image, {RATE:.0%} of outputs send, burst transport; "
        "wider networks on larger meshes; wider ones than these were not tried",
        largest >= 1,
    )
    return Findings((row,), table(("width", "tiles", "peak memory", "whole command"), rows))
