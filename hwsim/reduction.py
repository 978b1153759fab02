"""Images that leave the chip: checked against the independent count, then reduced.

A replay of ten thousand images must not keep what each slice did for each of them.
"""

from __future__ import annotations

from typing import Protocol

from hwsim.activity import Activity, Experiment, Tally, count
from hwsim.arch.schema import Arch
from hwsim.errors import HwsimError
from hwsim.mapping.mapping import Mapping
from hwsim.trace.store import SpikeTrace


class Parts(Protocol):
    """A trace that gives out some of its images."""

    @property
    def images(self) -> int:
        """How many there are."""

    def part(self, start: int, stop: int) -> SpikeTrace:
        """Images `start` to `stop` - 1 in memory."""


class Reduction:
    """Takes the activities of a replay's images in order, `chunk` at a time."""

    def __init__(
        self, trace: Parts, mapping: Mapping, arch: Arch, experiment: Experiment, chunk: int
    ) -> None:
        self._trace, self._mapping, self._arch = trace, mapping, arch
        self._experiment, self._chunk = experiment, chunk
        self._waiting: list[Activity] = []
        self._tallies: list[Tally] = []
        self._reduced = 0

    def add(self, image: int, activity: Activity) -> None:
        """The next image's activity. Raises HwsimError where the count differs."""
        self._waiting.append(activity)
        if len(self._waiting) == self._chunk or image + 1 == self._trace.images:
            self._reduce()

    def tally(self) -> Tally:
        """All images."""
        return Tally.concatenate(self._tallies)

    def _reduce(self) -> None:
        replayed = Activity.concatenate(self._waiting)
        first, self._reduced = self._reduced, self._reduced + replayed.images
        part = self._trace.part(first, self._reduced)
        counted = count(part, self._mapping, self._arch, self._experiment)
        differences = replayed.differences(counted)
        if differences:
            raise HwsimError(
                f"replay and count disagree, images {first} to {self._reduced - 1}:\n"
                + "\n".join(differences)
            )
        self._tallies.append(Tally.of(replayed, self._mapping))
        self._waiting = []
