"""What a transport is: a step's load in, the step's times and traffic out."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Dict
from dataclasses import dataclass

from hwsim.actions import Action
from hwsim.activity import Counts
from hwsim.chip.chip import Chip
from hwsim.chip.load import StepLoad
from hwsim.chip.timing import Overflow, Ps, ServerLoad


@dataclass(frozen=True)
class StepResult:
    """`scan_ps` and `absorb_ps`: when the step's last scan and last absorption ended;
    `delivered_ps` (D,): when each delivery was absorbed; `traffic[action]` (slices + 1,) for the
    actions of `TRAFFIC`, by the slice that sent the packet, the host's last; `loads` by kind of
    server."""

    scan_ps: int
    absorb_ps: int
    delivered_ps: Ps
    traffic: Dict[Action, Counts]
    loads: Dict[str, ServerLoad]
    overflows: tuple[Overflow, ...] = ()


Transport = Callable[[StepLoad, Chip], StepResult]
