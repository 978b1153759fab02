"""FIFOs that a burst transport found too short: why a run is not exact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hwsim.chip.timing import Timing
from hwsim.report.table_file import csv_bytes
from hwsim.result import Run

HEADER = ("experiment", "server", "place", "depth", "needed", "packets")


@dataclass(frozen=True)
class Overflowing:
    """The FIFOs of one kind of server that were too short: how many, the places that the worst
    one needed and where it is, and the packets that found no room, over all images."""

    server: str
    fifos: int
    depth: int
    needed: int
    place: int
    packets: int


def overflowing(timing: Timing) -> list[Overflowing]:
    """By kind of server, in the order of the transport; empty where every time is exact."""
    found = []
    for server in dict.fromkeys(overflow.server for overflow in timing.overflows):
        own = [overflow for overflow in timing.overflows if overflow.server == server]
        worst = max(own, key=lambda overflow: overflow.needed)
        places = {overflow.place for overflow in own}
        packets = sum(overflow.packets for overflow in own)
        found.append(
            Overflowing(server, len(places), worst.depth, worst.needed, worst.place, packets)
        )
    return found


def overflows_csv(run: Run) -> bytes:
    """Every overflow that the transport reported."""

    def rows() -> Iterator[tuple[object, ...]]:
        for outcome in (run.single, run.stream):
            timing = outcome.timing
            for o in timing.overflows:
                yield timing.experiment, o.server, o.place, o.depth, o.needed, o.packets

    return csv_bytes(HEADER, rows())
