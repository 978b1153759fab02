"""What a transport is: work in, times and traffic out; step by step, or as a flow."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Dict
from dataclasses import dataclass

from hwsim.actions import Action
from hwsim.activity import Counts
from hwsim.chip.chip import Chip
from hwsim.chip.flow import FlowTransport
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


StepTransport = Callable[[StepLoad, Chip], StepResult]


@dataclass(frozen=True)
class Transport:
    """How packets are timed: in hardware steps, one at a time, or in a flow without steps."""

    step: StepTransport
    flow: FlowTransport

    def __call__(self, load: StepLoad, chip: Chip) -> StepResult:
        """One step."""
        return self.step(load, chip)
