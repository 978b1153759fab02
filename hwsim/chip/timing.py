"""What a replay measured, in integer picoseconds."""

from __future__ import annotations

from collections.abc import Mapping as Dict
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from hwsim.activity import Activity, Experiment

Ps = npt.NDArray[np.int64]

CoreServer = Literal["neurons", "axon_out", "synapses"]
TileServer = Literal["inject", "east", "west", "north", "south", "eject"]
CORE_SERVERS: tuple[CoreServer, ...] = ("neurons", "axon_out", "synapses")
PORTS: tuple[TileServer, ...] = ("east", "west", "north", "south")
TILE_SERVERS: tuple[TileServer, ...] = ("inject", *PORTS, "eject")


ARRAY = "array"
"""The server of a layer that works in passes, at each of its slices (`hwsim.chip.passes`)."""
LINKS: tuple[str, ...] = tuple(f"link_{port}" for port in PORTS)
"""The servers between real chips, by the port in front."""


@dataclass(frozen=True)
class ServerLoad:
    """Load of one kind of server, one entry per place: int64 (tiles,) for a kind of
    `TILE_SERVERS` or `LINKS` and (slices,) for a server of a core.

    `busy_ps` is service time and `served` packets (neurons for `neurons`), both summed over the
    experiment; `max_queue` is the longest queue of any step, sampled after the arrivals and
    before the pick of an instant, without the packet in service (docs/design.md, section 3.1).
    A stage that takes no time is no server: zeros.
    """

    busy_ps: Ps
    served: Ps
    max_queue: Ps

    def then(self, later: ServerLoad) -> ServerLoad:
        """The load of this step and of later ones."""
        return ServerLoad(
            self.busy_ps + later.busy_ps,
            self.served + later.served,
            np.maximum(self.max_queue, later.max_queue),
        )


@dataclass(frozen=True)
class Overflow:
    """A FIFO that needed more places than it has; only a burst transport can report one.

    It would have needed `needed` places instead of `depth`; `packets` found it full.
    """

    server: str
    place: int
    depth: int
    needed: int
    packets: int

    def then(self, later: Overflow) -> Overflow:
        """The same FIFO's overflow in this step and in later ones."""
        needed = max(self.needed, later.needed)
        return replace(self, needed=needed, packets=self.packets + later.packets)


@dataclass(frozen=True)
class Timing:
    """Times of one experiment over N images.

    * `scan_ps`, `absorb_ps`: int64 (N, steps), when the last scan and the last absorption of a
      step ended, from the start of the step; `single`: T + L - 1 (+ 1 with a host) steps of each
      image; `stream`: the T steps of each image's interval,
    * `barrier_ps`: what a step adds behind the later of the two,
    * `tick_ps`: the length of every step, where it is fixed,
    * `latency_ps`, `interval_ps`: int64 (N,), from an image's first step to its readout, and the
      time it keeps layer 0 (in `single`: the latency),
    * `loads`: by kind of server,
    * `exact`: False where a finite FIFO overflowed that the transport did not model.
    """

    experiment: Experiment
    scan_ps: Ps
    absorb_ps: Ps
    barrier_ps: int
    latency_ps: Ps
    interval_ps: Ps
    loads: Dict[str, ServerLoad]
    overflows: tuple[Overflow, ...] = ()
    tick_ps: int | None = None

    @property
    def exact(self) -> bool:
        """Whether every time is what the packet transport gives."""
        return not self.overflows

    @property
    def passes(self) -> bool:
        """Whether a step is the pass of one layer: wave by wave, in the order of the layers.
        `scan_ps` is how long it took, and passes may overlap."""
        return ARRAY in self.loads

    @property
    def core_servers(self) -> tuple[str, ...]:
        """The kinds of server that cores have."""
        return tuple(kind for kind in self.loads if kind not in (*TILE_SERVERS, *LINKS))

    @property
    def step_ps(self) -> Ps:
        """int64 (N, steps): duration of each step, barrier included."""
        return step_ps(self.scan_ps, self.absorb_ps, self.barrier_ps, self.tick_ps)


def step_ps(scan_ps: Ps, absorb_ps: Ps, barrier_ps: int, tick_ps: int | None) -> Ps:
    """How long steps last: until the later of scan and absorption, and a barrier; or a tick."""
    if tick_ps is not None:
        return np.full_like(scan_ps, tick_ps)
    return np.maximum(scan_ps, absorb_ps) + barrier_ps


@dataclass(frozen=True)
class Replay:
    """One experiment: its times and its counts."""

    timing: Timing
    activity: Activity
