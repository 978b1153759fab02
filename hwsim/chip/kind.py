"""What a core kind is: all that the rest of hwsim asks of one, and of a replay on it.

A kind has a schema class of its files in `hwsim/arch/`, one module here with a `CoreKind`, and
names of actions; docs/design.md, section 3.3, says how to add one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Generic, Protocol, TypeVar

from hwsim.activity import Activity, Experiment
from hwsim.arch.schema import Arch
from hwsim.chip.frames import Frames
from hwsim.chip.timing import Timing
from hwsim.chip.transport import Transport
from hwsim.mapping.fit import Fit
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Network
from hwsim.saved import Arrays, Saved
from hwsim.trace.store import SpikeTrace


class Course(Protocol):
    """An experiment under way: `step` of `steps` are done, the first `closed` images have left
    the chip. `whole` is False while a step's parts do not belong together, and for good where it
    failed."""

    @property
    def step(self) -> int:
        """Steps that are done."""

    @property
    def steps(self) -> int:
        """Steps of the experiment."""

    @property
    def closed(self) -> int:
        """Images that have left the chip."""

    @property
    def whole(self) -> bool:
        """Whether `arrays` are those of a moment between two steps."""

    def advance(self, transport: Transport) -> Iterator[tuple[int, Activity]]:
        """Do one step. Gives the images, in order, of which nothing is left to do, each with its
        own activity (N = 1)."""

    def timing(self) -> Timing:
        """When things happened, of all images, once every step is done."""

    def arrays(self) -> Arrays:
        """All that a course of the same experiment needs to go on from here."""


@dataclass(frozen=True)
class Capacity:
    """A memory's contents for a network: bits that must be kept, and bits that the cores used
    offer (None where the architecture does not say)."""

    needed_bits: int
    offered_bits: int | None


A = TypeVar("A", bound=Arch)


class CoreKind(ABC, Generic[A]):
    """A kind of core: how a network fits on it, what it does and when."""

    name: ClassVar[str]
    """`core.kind` of its files."""
    arch: type[A]
    """The schema class of its files."""

    @abstractmethod
    def fit(self, network: Network, arch: A, mapping: Mapping | None = None) -> Fit:
        """Whether and how tightly a network fits, by the kind's own cut or as `mapping` has it."""

    @abstractmethod
    def place(self, network: Network, arch: A, loaded: Mapping | None = None) -> Mapping:
        """The network cut and placed, or a loaded mapping after it was checked.

        Raises DoesNotFit with everything that is missing, and InvalidInput where a loaded mapping
        is not one of this network and mesh.
        """

    @abstractmethod
    def count(
        self, part: SpikeTrace, mapping: Mapping, arch: A, experiment: Experiment
    ) -> Activity:
        """What happens, straight from the trace, over the actions of the kind (`arch.ACTIONS`).

        Written apart from `course`, whose activities must be the same integers.
        """

    @abstractmethod
    def course(
        self,
        frames: Frames,
        mapping: Mapping,
        arch: A,
        experiment: Experiment,
        saved: Saved | None = None,
    ) -> Course:
        """The replay from its first step, or from where the `arrays` of another one were.

        Raises ValueError where they are of another experiment.
        """

    @abstractmethod
    def capacities(self, network: Network, mapping: Mapping, arch: A) -> dict[str, Capacity]:
        """Memories by name: `membrane`, state across timesteps; `accumulator`, sums within a
        timestep, where there are any; and whatever else the kind keeps."""

    @abstractmethod
    def assumptions(self, network: Network, arch: A, mapping: Mapping) -> list[str]:
        """What a reader must know before believing the numbers, in whole sentences."""

    def executes_weights(self, network: Network, arch: A) -> bool:
        """Whether the cores compute with the network's weights as they are; where not, the
        traffic is right and no accuracy may be claimed."""
        return True
