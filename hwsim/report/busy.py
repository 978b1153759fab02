"""Who was busy: the core and the link that limit an experiment, and every core's load."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from hwsim.chip.timing import PORTS, ServerLoad, TileServer, Timing
from hwsim.mapping.mapping import Mapping

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class CoreLoad:
    """A core and its busiest server. `busy_ns` is per image,
    `share` of the experiment's time."""

    slice: int
    core: int
    layer: int
    server: str
    busy_ns: Fraction
    share: Fraction


@dataclass(frozen=True)
class LinkLoad:
    """An output port of a router. `packets` and `busy_ns` are per image; both are None where
    links take no time."""

    tile_x: int
    tile_y: int
    direction: str
    packets: Fraction
    busy_ns: Fraction
    share: Fraction
    max_queue: int


@dataclass(frozen=True)
class StepEnds:
    """How many steps the last scan ended and how many the last absorption (a tie is the scan's),
    and the barriers' share of the time."""

    scan: int
    absorption: int
    barrier_share: Fraction


def total_ps(timing: Timing) -> int:
    """The experiment's time: every image's interval."""
    return int(timing.interval_ps.sum())


def busiest_core(timing: Timing, mapping: Mapping) -> CoreLoad | None:
    """The core with the longest busy time of one server; None where no core was busy."""
    slices = len(mapping.slices)
    servers = timing.core_servers
    if not servers:
        return None
    busy = np.stack([timing.loads[server].busy_ps for server in servers])
    index = int(busy.max(axis=0).argmax()) if slices else 0
    longest = int(busy[:, index].max()) if slices else 0
    if not longest:
        return None
    part = mapping.slices[index]
    return CoreLoad(
        slice=index,
        core=part.core,
        layer=part.layer,
        server=servers[int(busy[:, index].argmax())],
        busy_ns=Fraction(longest, 1000 * len(timing.latency_ps)),
        share=Fraction(longest, total_ps(timing)),
    )


def busiest_link(timing: Timing, mapping: Mapping) -> LinkLoad | None:
    """The port with the longest busy time, the most packets on a tie; None where none is
    timed or nothing crossed one."""
    best: tuple[int, int, TileServer, int, ServerLoad] | None = None
    for port in PORTS:
        load = timing.loads.get(port)
        if load is None:
            continue
        order = np.lexsort((-load.served, -load.busy_ps))
        tile = int(order[0])
        busy, served = int(load.busy_ps[tile]), int(load.served[tile])
        if served and (best is None or (busy, served) > best[:2]):
            best = (busy, served, port, tile, load)
    if best is None:
        return None
    busy, served, port, tile, load = best
    images = len(timing.latency_ps)
    return LinkLoad(
        tile_x=tile % mapping.tiles_x,
        tile_y=tile // mapping.tiles_x,
        direction=port,
        packets=Fraction(served, images),
        busy_ns=Fraction(busy, 1000 * images),
        share=Fraction(busy, total_ps(timing)),
        max_queue=int(load.max_queue[tile]),
    )


def step_ends(timing: Timing) -> StepEnds:
    """What the steps waited for."""
    by_scan = int((timing.scan_ps >= timing.absorb_ps).sum())
    barriers = timing.barrier_ps * timing.scan_ps.size
    return StepEnds(
        scan=by_scan,
        absorption=timing.scan_ps.size - by_scan,
        barrier_share=Fraction(barriers, total_ps(timing)) if total_ps(timing) else Fraction(),
    )
