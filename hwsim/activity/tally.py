"""An activity of many images, reduced to what is priced and printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hwsim.actions import Counted
from hwsim.activity.activity import Activity, Counts, Experiment
from hwsim.mapping.mapping import Mapping


@dataclass(frozen=True)
class Tally:
    """`totals[action]`: int64 (T + 1, slices + 1), summed over images; `places[action]`: int64
    (N, layers + 1), each image's counts by layer, the chip last, summed over timesteps. Its size
    grows with N by some hundred words an image."""

    experiment: Experiment
    totals: dict[Counted, Counts]
    places: dict[Counted, Counts]

    @classmethod
    def of(cls, activity: Activity, mapping: Mapping) -> Tally:
        """The reduction of an activity."""
        layers = activity.by_layer(mapping)
        return cls(
            activity.experiment,
            {action: counts.sum(axis=0) for action, counts in activity.counts.items()},
            {action: counts.sum(axis=1) for action, counts in layers.items()},
        )

    @staticmethod
    def concatenate(parts: Sequence[Tally]) -> Tally:
        """The tallies of disjoint images of one run, one after another."""
        first = parts[0]
        return Tally(
            first.experiment,
            {a: np.sum([part.totals[a] for part in parts], axis=0) for a in first.totals},
            {a: np.concatenate([part.places[a] for part in parts]) for a in first.places},
        )

    @property
    def images(self) -> int:
        """N."""
        return len(next(iter(self.places.values())))

    def per_image(self, action: Counted) -> Counts:
        """(N,) counts of an action, over layers; 0 where the core kind has none."""
        if action not in self.places:
            return np.zeros(self.images, np.int64)
        sums: Counts = self.places[action].sum(axis=1)
        return sums

    def by_layer(self) -> dict[Counted, Counts]:
        """(layers + 1,) per action, summed over images; the chip last."""
        return {action: counts.sum(axis=0) for action, counts in self.places.items()}
