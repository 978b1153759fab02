"""Images that leave the chip: checked against the independent count, then reduced.

A replay of ten thousand images must not keep what each slice did for each of them.
"""

from __future__ import annotations

import numpy as np

from hwsim.activity import Activity, Experiment, Tally
from hwsim.arch.schema import Arch
from hwsim.chip.kinds import kind_of
from hwsim.errors import HwsimError
from hwsim.mapping.mapping import Mapping
from hwsim.saved import Arrays, Saved
from hwsim.trace.parts import Parts


class Reduction:
    """Takes the activities of a replay's images in order, `chunk` at a time.

    With the `arrays` of another reduction of the same experiment it goes on where that one was.
    Raises ValueError where they are of another.
    """

    def __init__(
        self,
        trace: Parts,
        mapping: Mapping,
        arch: Arch,
        experiment: Experiment,
        chunk: int,
        saved: Saved | None = None,
    ) -> None:
        self._trace, self._mapping, self._arch = trace, mapping, arch
        self._kind = kind_of(arch)
        self._experiment, self._chunk = experiment, chunk
        network = trace.network
        steps, layers, slices = network.timesteps, len(network.layers), len(mapping.slices)
        self._totals = np.zeros((len(arch.ACTIONS), steps + 1, slices + 1), np.int64)
        self._places = np.zeros((len(arch.ACTIONS), trace.images, layers + 1), np.int64)
        self._waiting: list[Activity] = []
        self._reduced = 0
        if saved is not None:
            self._restore(saved)

    @property
    def images(self) -> int:
        """How many were taken."""
        return self._reduced + len(self._waiting)

    def add(self, image: int, activity: Activity) -> None:
        """The next image's activity. Raises HwsimError where the count differs."""
        self._waiting.append(activity)
        if len(self._waiting) == self._chunk or image + 1 == self._trace.images:
            self._reduce()

    def tally(self) -> Tally:
        """All images."""
        actions = self._arch.ACTIONS
        totals, places = (dict(zip(actions, a, strict=True)) for a in (self._totals, self._places))
        return Tally(self._experiment, totals, places)

    def arrays(self) -> Arrays:
        """The images that were taken; those that wait for a whole chunk wait no longer."""
        if self._waiting:
            self._reduce()
        return {"totals": self._totals, "places": self._places[:, : self._reduced]}

    def _restore(self, saved: Saved) -> None:
        actions, images, layers = self._places.shape
        places = saved.integers("places", (actions, None, layers))
        self._reduced = places.shape[1]
        if self._reduced > images:
            raise ValueError(f"{self._reduced} of {images} images")
        self._places[:, : self._reduced] = places
        self._totals[:] = saved.integers("totals", self._totals.shape)

    def _reduce(self) -> None:
        replayed = Activity.concatenate(self._waiting)
        first, last = self._reduced, self.images
        part = self._trace.part(first, last)
        counted = self._kind.count(part, self._mapping, self._arch, self._experiment)
        differences = replayed.differences(counted)
        if differences:
            raise HwsimError(
                f"replay and count disagree, images {first} to {last - 1}:\n"
                + "\n".join(differences)
            )
        tally = Tally.of(replayed, self._mapping)
        for number, action in enumerate(self._arch.ACTIONS):
            self._totals[number] += tally.totals[action]
            self._places[number, first:last] = tally.places[action]
        self._reduced, self._waiting = last, []
