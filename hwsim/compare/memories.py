"""Memory accesses by what is kept there: state across timesteps apart from sums within one."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hwsim.actions import MEMORIES
from hwsim.compare.pair import Measured
from hwsim.compare.subject import Subject


@dataclass(frozen=True)
class Kind:
    """A kind of content and the component whose memory holds it; None: every other memory."""

    name: str
    memory: str | None

    @property
    def short(self) -> str:
        """Heading of a narrow column."""
        return self.memory or "others"


KINDS = (
    Kind("state across timesteps", "membrane"),
    Kind("sums within a timestep", "accumulator"),
    Kind("weights", "synapse"),
    Kind("thresholds, constants, input", None),
)
STATE = KINDS[0]


def accesses(measured: Measured, kind: Kind) -> Fraction:
    """Words touched by an image, on average."""
    others = {action.component for action in MEMORIES} - {other.memory for other in KINDS}
    wanted = others if kind.memory is None else {kind.memory}
    return sum(
        (
            Fraction(str(found["count"]))
            for action, found in measured.accesses.items()
            if action.split(".")[0] in wanted
        ),
        Fraction(),
    )


def needed_state(subject: Subject) -> int:
    """Membrane words that a run of T timesteps cannot do without: read before and written after
    all but the first and the last, 2 N (T - 1) for N neurons. None at T = 1."""
    neurons = sum(layer.neurons for layer in subject.network.layers)
    return 2 * neurons * (subject.network.timesteps - 1)
