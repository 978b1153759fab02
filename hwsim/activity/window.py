"""Which of an experiment's steps are counted, and which timestep each layer works on in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwsim.activity.activity import Experiment

HOST = -1
"""The host as a layer: with `on_core_graded` it sends timestep t in step t."""


@dataclass(frozen=True)
class Window:
    """The steps of an image: layer l works on timestep t in step t + l + host.

    In `single` there are T + layers - 1 + host of them, and `steps` may narrow them down. In
    `stream` an image owns the T steps in which a layer works on it, whichever layer.
    """

    experiment: Experiment
    timesteps: int
    layers: int
    host: int
    steps: range | None = None

    def __post_init__(self) -> None:
        if self.steps is None:
            return
        if self.experiment != "single":
            raise ValueError("only the steps of `single` can be narrowed down")
        if len(self.steps) and not 0 <= min(self.steps) <= max(self.steps) < self.length:
            raise ValueError(f"steps {self.steps} are not all among the {self.length} of an image")

    @property
    def length(self) -> int:
        """Steps from an image's first to its last."""
        return self.timesteps + self.layers - 1 + self.host

    def in_work(self, layer: int) -> npt.NDArray[np.int64]:
        """(T,) 1 where the step in which `layer` works on t is counted, else 0."""
        first = layer + self.host
        steps = range(first, first + self.timesteps)
        return np.array([self.steps is None or k in self.steps for k in steps], np.int64)

    @property
    def barriers(self) -> int:
        """Steps that end with a barrier at this image's expense."""
        if self.experiment == "stream":
            return self.timesteps
        return self.length if self.steps is None else len(self.steps)

    def idle(self, layer: int) -> int:
        """Counted steps in which `layer` has no timestep in work."""
        return self.barriers - int(self.in_work(layer).sum())
