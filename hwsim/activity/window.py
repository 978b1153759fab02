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
    """The steps of an image: layer l works on timestep t in step t + l + host, or with
    `sequential` in step t * (layers + host) + l + host, alone.

    In `single` there are T + layers - 1 + host of them, or T * (layers + host), and `steps` may
    narrow them down. In `stream` an image owns the T steps in which a layer works on it, whichever
    layer; with `sequential` a stream is one image after another.
    """

    experiment: Experiment
    timesteps: int
    layers: int
    host: int
    sequential: bool = False
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
        if self.sequential:
            return self.timesteps * (self.layers + self.host)
        return self.timesteps + self.layers - 1 + self.host

    def in_work(self, layer: int) -> npt.NDArray[np.int64]:
        """(T,) 1 where the step in which `layer` works on t is counted, else 0."""
        first = layer + self.host
        stride = self.layers + self.host if self.sequential else 1
        steps = range(first, first + self.timesteps * stride, stride)
        return np.array([self.steps is None or k in self.steps for k in steps], np.int64)

    @property
    def own(self) -> int:
        """Counted steps at this image's expense, each with its barrier where there is one."""
        if self.experiment == "stream" and not self.sequential:
            return self.timesteps
        return self.length if self.steps is None else len(self.steps)

    def idle(self, layer: int) -> int:
        """Counted steps in which `layer` has no timestep in work."""
        return self.own - int(self.in_work(layer).sum())
