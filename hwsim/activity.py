"""What happened, as integers: counts by (image, timestep, slice, action).

`count` makes them from the trace by vectorised numpy (popcounts x fan-out); the replay in
`hwsim.chip` makes the same value from the packets that it moved. They must be equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from hwsim.actions import Action

Counts = npt.NDArray[np.int64]
Experiment = Literal["single", "stream"]


@dataclass(frozen=True)
class Activity:
    """`counts[action]` is int64 (N, T + 1, slices + 1).

    The timestep axis has one row per timestep and a last one for steps in which the layer had no
    timestep in work (idle scans, barriers). The slice axis follows `Mapping.slices`; its last
    entry is the chip itself: host input and barriers. Traffic is charged to the sending slice,
    synaptic work to the slice that does it.
    """

    experiment: Experiment
    counts: dict[Action, Counts]

    def differences(self, other: Activity) -> list[str]:
        """Where two activities disagree, one line an action; empty when they are equal."""
        lines = []
        for action in Action:
            mine, theirs = self.counts.get(action), other.counts.get(action)
            if mine is None and theirs is None:
                continue
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
