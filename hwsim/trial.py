"""One of a run's two experiments, from its first step or from where a killed run had come."""

from __future__ import annotations

from typing import Protocol

from hwsim.activity import Experiment, Tally
from hwsim.arch.schema import Arch
from hwsim.chip.frames import Frames
from hwsim.chip.kinds import kind_of
from hwsim.chip.schedule import Progress, go_on
from hwsim.chip.timing import Timing
from hwsim.chip.transport import Transport
from hwsim.mapping.mapping import Mapping
from hwsim.reduction import Reduction
from hwsim.saved import Arrays, Saved, prefixed
from hwsim.trace.parts import Parts

COURSE, REDUCTION = "course.", "reduction."

CHUNK = 64
"""Images that are counted and reduced at a time."""


class Trace(Frames, Parts, Protocol):
    """Images to replay, whole in memory or a window onto a folder."""


class Trial:
    """The steps of an experiment and the images that leave them.

    With the `arrays` of another trial of the same inputs it goes on where that one was. Raises
    ValueError where they are of another.
    """

    def __init__(
        self,
        trace: Trace,
        mapping: Mapping,
        arch: Arch,
        experiment: Experiment,
        saved: Saved | None = None,
        chunk: int = CHUNK,
    ) -> None:
        course, reduction = (saved and saved.part(name) for name in (COURSE, REDUCTION))
        self._course = kind_of(arch).course(trace, mapping, arch, experiment, course)
        self._reduction = Reduction(trace, mapping, arch, experiment, chunk, reduction)
        self._saving = False
        if self._reduction.images != self._course.closed:
            raise ValueError(f"{self._course.closed} images, {self._reduction.images} reduced")

    @property
    def step(self) -> int:
        """Steps that are done."""
        return self._course.step

    @property
    def whole(self) -> bool:
        """Whether the steps and the images belong together: no step is half entered."""
        return self._course.whole and not self._saving

    def run(self, transport: Transport, progress: Progress) -> tuple[Timing, Tally]:
        """Do what is left. Raises HwsimError where replay and independent count disagree."""
        timing = go_on(self._course, transport, self._reduction.add, progress)
        return timing, self._reduction.tally()

    def arrays(self) -> Arrays:
        """All that a trial needs to go on from here."""
        self._saving = True
        arrays = {
            **prefixed(COURSE, self._course.arrays()),
            **prefixed(REDUCTION, self._reduction.arrays()),
        }
        self._saving = False
        return arrays
