"""The value that says what happened: every action, by image, timestep and slice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from hwsim.actions import Counted
from hwsim.mapping.mapping import Mapping

Counts = npt.NDArray[np.int64]
Experiment = Literal["single", "stream"]


@dataclass(frozen=True)
class Activity:
    """`counts[action]` is int64 (N, T + 1, slices + 1), for every action of the core kind.

    The timestep axis has one row per timestep and a last one for steps in which the layer had no
    timestep in work (idle scans, barriers). The slice axis follows `Mapping.slices`; its last
    entry is the chip itself: host input, host traffic and barriers. Traffic is charged to the
    sending slice, synaptic work to the slice that does it. An action that never happens is all
    zeros. docs/counting.md is the contract.
    """

    experiment: Experiment
    counts: dict[Counted, Counts]

    @classmethod
    def zeros(
        cls,
        experiment: Experiment,
        images: int,
        timesteps: int,
        mapping: Mapping,
        actions: Iterable[Counted],
    ) -> Activity:
        """Nothing has happened yet: all of `actions`, all zeros, to be filled in."""
        shape = (images, timesteps + 1, len(mapping.slices) + 1)
        return cls(experiment, {action: np.zeros(shape, np.int64) for action in actions})

    @property
    def images(self) -> int:
        """N."""
        return len(next(iter(self.counts.values())))

    def per_image(self, action: Counted) -> Counts:
        """(N,) counts of an action, over timesteps and slices; 0 where the core kind has none."""
        if action not in self.counts:
            return np.zeros(self.images, np.int64)
        sums: Counts = self.counts[action].sum(axis=(1, 2))
        return sums

    def by_layer(self, mapping: Mapping) -> dict[Counted, Counts]:
        """(N, T + 1, layers + 1) per action; the last entry of the last axis is the chip."""
        layers = [s.layer for s in mapping.slices]
        edges = np.flatnonzero(np.diff([-1, *layers, layers[-1] + 1]))
        return {
            action: np.add.reduceat(values, edges, axis=2) for action, values in self.counts.items()
        }

    @staticmethod
    def concatenate(parts: Sequence[Activity]) -> Activity:
        """The activities of disjoint images of one run, one after another."""
        if len({part.experiment for part in parts}) != 1:
            raise ValueError("activities of one experiment can be joined, and at least one")
        return Activity(
            parts[0].experiment,
            {a: np.concatenate([part.counts[a] for part in parts]) for a in parts[0].counts},
        )

    def differences(self, other: Activity) -> list[str]:
        """Where two activities disagree, one line an action; empty when they are equal."""
        lines = []
        for action in dict.fromkeys((*self.counts, *other.counts)):
            mine, theirs = self.counts.get(action), other.counts.get(action)
            if mine is None or theirs is None:
                lines.append(f"{action}: counted on one side only")
            elif mine.shape != theirs.shape:
                lines.append(f"{action}: shapes {mine.shape} and {theirs.shape}")
            elif (mine != theirs).any():
                image, timestep, place = np.argwhere(mine != theirs)[0]
                lines.append(
                    f"{action}: {mine.sum()} and {theirs.sum()}; first at image {image}, "
                    f"timestep {timestep}, slice {place}"
                )
        return lines
