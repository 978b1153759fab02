"""Where a chunk of images enters its counts: the one place that knows timesteps and steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hwsim.actions import Action
from hwsim.activity.activity import Activity, Counts
from hwsim.activity.window import Window


@dataclass(frozen=True)
class Ledger:
    """The rows of `images` in an activity, narrowed to the steps of `window`.

    `active` (N, T, slices) are the active neurons of layers in work, which no action is by itself.
    """

    activity: Activity
    active: Counts
    window: Window
    images: slice

    @property
    def batch(self) -> int:
        """Images times timesteps, B: the leading axis of everything that is counted."""
        start, stop = int(self.images.start), int(self.images.stop)
        return (stop - start) * self.window.timesteps

    def add(self, action: Action, layer: int, where: int | slice, amount: Counts) -> None:
        """File (B,) or (B, slices) under slices `where`, in the steps in which `layer` works."""
        self._file(self.activity.counts[action][self.images, :-1, where], layer, amount)

    def add_active(self, layer: int, where: int | slice, amount: Counts) -> None:
        """The same for active neurons."""
        self._file(self.active[self.images, :, where], layer, amount)

    def _file(self, target: Counts, layer: int, amount: Counts) -> None:
        now = np.expand_dims(self.window.in_work(layer), tuple(range(1, target.ndim - 1)))
        target += amount.reshape(target.shape) * now
