"""The replay's own counts, entered as things happen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hwsim.actions import Counted
from hwsim.activity import Activity, Counts, Experiment
from hwsim.mapping.mapping import Mapping
from hwsim.saved import Arrays, Saved


class Ledger:
    """Counts of the images that are on the chip; see `hwsim.activity.Activity` for the axes."""

    def __init__(
        self,
        experiment: Experiment,
        timesteps: int,
        mapping: Mapping,
        actions: Sequence[Counted],
    ) -> None:
        self._experiment, self._idle, self._mapping = experiment, timesteps, mapping
        self._actions = tuple(actions)
        self._open: dict[int, Activity] = {}

    def enter(
        self,
        action: Counted,
        image: int,
        timestep: int | None,
        place: int | Counts,
        amount: int | Counts,
    ) -> None:
        """Add `amount` at a slice, or arrays at several distinct ones; timestep None is idle."""
        row = self._idle if timestep is None else timestep
        self._of(image).counts[action][0, row, place] += amount

    def close(self, image: int) -> Activity:
        """What was entered for an image, which is done."""
        activity = self._of(image)
        del self._open[image]
        return activity

    def arrays(self) -> Arrays:
        """The images that are open: numbers (K,), counts (K, actions, T + 1, slices + 1)."""
        pages = [list(activity.counts.values()) for activity in self._open.values()]
        shape = (len(pages), len(self._actions), self._idle + 1, len(self._mapping.slices) + 1)
        counts = np.array(pages, np.int64).reshape(shape)
        return {"open": np.array(list(self._open), np.int64), "counts": counts}

    def restore(self, saved: Saved) -> None:
        """Open the images of `arrays` again. Raises ValueError where they are not of this chip."""
        images = saved.integers("open", (None,))
        shape = (len(images), len(self._actions), self._idle + 1, len(self._mapping.slices) + 1)
        for image, page in zip(images.tolist(), saved.integers("counts", shape), strict=True):
            self._of(image).counts.update(zip(self._actions, page[:, None], strict=True))

    def _of(self, image: int) -> Activity:
        if image not in self._open:
            zeros = Activity.zeros(self._experiment, 1, self._idle, self._mapping, self._actions)
            self._open[image] = zeros
        return self._open[image]
