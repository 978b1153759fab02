"""Memory accesses by what is kept there: state across timesteps apart from sums within one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from hwsim.compare.pair import Measured
from hwsim.compare.subject import Subject


@dataclass(frozen=True)
class Kind:
    """A kind of content and the components whose memories hold it; none: every other memory.
    `short` heads a narrow column."""

    name: str
    short: str
    memories: tuple[str, ...]


KINDS = (
    Kind("state across timesteps", "membrane", ("membrane",)),
    Kind("sums within a timestep", "accumulator", ("accumulator",)),
    Kind("weights", "synapse", ("synapse",)),
    Kind("buffers and DRAM", "buffers", ("buffer", "spad", "dram")),
    Kind("thresholds, constants, input", "others", ()),
)
STATE = KINDS[0]


def accesses(measured: Measured, kind: Kind) -> Fraction:
    """Words touched by an image, on average."""
    return sum(
        (
            Fraction(str(found["count"]))
            for action, found in measured.accesses.items()
            if _kind(action.split(".")[0]) is kind
        ),
        Fraction(),
    )


def kinds_of(measured: Iterable[Measured]) -> tuple[Kind, ...]:
    """The kinds that these have a memory of."""
    components = {action.split(".")[0] for m in measured for action in m.accesses}
    there = {_kind(component) for component in components}
    return tuple(kind for kind in KINDS if kind in there)


def _kind(component: str) -> Kind:
    return next((kind for kind in KINDS if component in kind.memories), KINDS[-1])


def needed_state(subject: Subject) -> int:
    """Membrane words that a run of T timesteps cannot do without: read before and written after
    all but the first and the last, 2 N (T - 1) for N neurons. None at T = 1."""
    neurons = sum(layer.neurons for layer in subject.network.layers)
    return 2 * neurons * (subject.network.timesteps - 1)
