"""The steps of an experiment: who works on what in which (design 3.3)."""

from __future__ import annotations

from dataclasses import dataclass

from hwsim.activity import Experiment
from hwsim.chip.work import Assignment, Task


@dataclass(frozen=True)
class Plan:
    """The steps of an experiment over N images of T timesteps on L layers. With `sequential` one
    layer works at a time, and a stream is one image after another."""

    experiment: Experiment
    images: int
    timesteps: int
    layers: int
    hosted: bool
    sequential: bool = False

    @property
    def cyclic(self) -> bool:
        """Whether the images are on the chip together, the first behind the last."""
        return self.experiment == "stream" and not self.sequential

    @property
    def latency_steps(self) -> int:
        """Steps from an image's first to its readout: T + L - 1, or T x L; a host is a layer."""
        if self.sequential:
            return self.timesteps * (self.layers + self.hosted)
        return self.timesteps + self.layers - 1 + self.hosted

    @property
    def steps(self) -> int:
        """Steps of the whole experiment."""
        per_image = self.timesteps if self.cyclic else self.latency_steps
        return self.images * per_image

    def assignment(self, step: int) -> Assignment:
        """What every layer and the host work on in a step."""
        stages = range(self.layers + self.hosted)
        tasks = tuple(self._task(step, stage) for stage in stages)
        return Assignment(tasks[self.hosted :], tasks[0] if self.hosted else None)

    def _task(self, step: int, stage: int) -> Task | None:
        if self.cyclic:
            total = self.images * self.timesteps
            return divmod((step - stage) % total, self.timesteps)
        image, within = divmod(step, self.latency_steps)
        if self.sequential:
            timestep, working = divmod(within, self.layers + self.hosted)
            return (image, timestep) if working == stage else None
        timestep = within - stage
        return (image, timestep) if 0 <= timestep < self.timesteps else None

    def last_step(self, image: int) -> int:
        """The step behind which nothing of an image is left to do."""
        if not self.cyclic:
            return (image + 1) * self.latency_steps - 1
        # The stream is cyclic: the last images end at its start.
        end = image * self.timesteps + self.latency_steps - 1
        return end if end < self.steps else self.steps - 1

    def owner(self, step: int) -> int:
        """The image whose interval holds a step: in a cyclic one the one layer 0 works on."""
        if not self.cyclic:
            return step // self.latency_steps
        task = self.assignment(step).layers[0]
        assert task is not None
        return task[0]
