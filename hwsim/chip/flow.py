"""An experiment without steps: tasks in order, each slice at its own pace (docs/design.md, 3.3).

A task is a timestep of an image, numbered through the experiment. A unit (a slice, or the host)
does task g when its own g - 1 is done, one token of task g has been absorbed from every unit that
can send to it, and every slice that it can send to has done g - 2: a slice has two banks of sums,
one that is read and one that is written, as under a barrier.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hwsim.actions import Action
from hwsim.activity import Counts
from hwsim.chip.chip import Chip
from hwsim.chip.load import StepLoad
from hwsim.chip.timing import Overflow, ServerLoad
from hwsim.mapping.fanout import Ints


@dataclass(frozen=True)
class Wiring:
    """Who can send to whom: `targets[u]` are the slices that unit u can send to, by core index;
    the host is the unit behind the last slice, with no targets where there is none."""

    targets: tuple[tuple[int, ...], ...]
    hosted: bool

    @property
    def units(self) -> range:
        """The units that work."""
        return range(len(self.targets) - (not self.hosted))

    @property
    def sources(self) -> tuple[tuple[int, ...], ...]:
        """The units that can send to each."""
        found: list[list[int]] = [[] for _ in self.targets]
        for unit, targets in enumerate(self.targets):
            for target in targets:
                found[target].append(unit)
        return tuple(map(tuple, found))


@dataclass(frozen=True)
class FlowTask:
    """The work of a task: `load` has the scans of all slices and the packets of all units, and
    behind the packets of each unit its tokens; `awaited` (units,) tokens come to each."""

    load: StepLoad
    awaited: Ints


@dataclass(frozen=True)
class FlowLoad:
    """`tasks` tasks, made one after another. `first` are the units that an image enters, `last`
    the slices of the readout."""

    wiring: Wiring
    tasks: int
    first: tuple[int, ...]
    last: tuple[int, ...]
    make: Callable[[int], FlowTask]


@dataclass(frozen=True)
class Left:
    """A task that is done, in ps from the start of the flow: when the first of its units began,
    when its readout had scanned, when everything had; when its last packet was absorbed; and what
    its packets did, `traffic[action]` (slices + 1,) as in `StepResult`."""

    begun_ps: int
    readout_ps: int
    scan_ps: int
    absorb_ps: int
    traffic: Dict[Action, Counts]


class Flow(Protocol):
    """A flow under way."""

    def leave(self) -> Left:
        """Run until the next task is done; tasks are done in order."""

    def loads(self) -> dict[str, ServerLoad]:
        """By kind of server, of all tasks; `neurons` too."""

    def overflows(self) -> tuple[Overflow, ...]:
        """FIFOs that needed more places than they have and had them."""


FlowTransport = Callable[[FlowLoad, Chip], Flow]


def neuron_load(work_ps: Ints, tasks: int, chip: Chip) -> ServerLoad:
    """The load of the neuron units: `work_ps` (slices,) in so many tasks."""
    return ServerLoad(work_ps, chip.neurons_of_slices * tasks, np.zeros_like(work_ps))
