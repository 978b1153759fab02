"""The replay's own counts, entered as things happen."""

from __future__ import annotations

import numpy as np

from hwsim.actions import Action
from hwsim.activity import Activity, Counts, Experiment


class Ledger:
    """Counts by (image, timestep, slice); see `hwsim.activity.Activity` for the axes."""

    def __init__(self, images: int, timesteps: int, slices: int) -> None:
        self._idle = timesteps
        self._counts: dict[Action, Counts] = {
            action: np.zeros((images, timesteps + 1, slices + 1), np.int64) for action in Action
        }

    def enter(
        self,
        action: Action,
        image: int,
        timestep: int | None,
        place: int | slice | Counts,
        amount: int | Counts,
    ) -> None:
        """Add `amount` at a slice, or arrays at several distinct ones; timestep None is idle."""
        row = self._idle if timestep is None else timestep
        self._counts[action][image, row, place] += amount

    def activity(self, experiment: Experiment) -> Activity:
        """What was entered."""
        return Activity(experiment, self._counts)
