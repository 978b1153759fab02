"""Saturation of uniform traffic with FIFOs of few places, where output queues hold back most."""

from __future__ import annotations

from benchmarks.findings import table
from benchmarks.validation.mesh import saturation
from hwsim.chip import packet

DEPTHS: tuple[int | str, ...] = ("unbounded", 16, 4, 1)


def queues(k: int = 8, packets: int = 200) -> str:
    """Packets a node and cycle on a k x k mesh by depth, as Markdown."""
    found = {d: saturation(k, packets, packet.transport, d) for d in DEPTHS}
    whole = found["unbounded"]
    rows = [
        (f"`router.fifo_depth: {depth}`", f"{rate:.3f}", f"{rate / whole - 1:+.1%}")
        for depth, rate in found.items()
    ]
    return table((f"{k} x {k} tiles", "packets/node/cycle", "against unbounded"), rows)
