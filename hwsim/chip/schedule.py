"""An experiment from its first step, or from where it is, to its last."""

from __future__ import annotations

from collections.abc import Callable

from hwsim.activity import Activity, Experiment
from hwsim.arch.schema import Arch
from hwsim.chip.frames import Frames
from hwsim.chip.kind import Course
from hwsim.chip.kinds import kind_of
from hwsim.chip.timing import Replay, Timing
from hwsim.chip.transport import Transport
from hwsim.mapping.mapping import Mapping

Progress = Callable[[int, int], None]
"""Called with (steps done, steps in all)."""


def go_on(
    course: Course,
    transport: Transport,
    done: Callable[[int, Activity], None],
    progress: Progress = lambda done, total: None,
) -> Timing:
    """Do the steps that are left.

    `done(image, activity)` is called for each image, in order, when its last layer has worked;
    the activity is of that image alone (N = 1) and comes from what the replay did.
    """
    while course.step < course.steps:
        for image, activity in course.advance(transport):
            done(image, activity)
        progress(course.step, course.steps)
    return course.timing()


def replay(
    frames: Frames, mapping: Mapping, arch: Arch, experiment: Experiment, transport: Transport
) -> Replay:
    """A whole experiment, with the activity of all images in one value."""
    parts: list[Activity] = []
    course = kind_of(arch).course(frames, mapping, arch, experiment)
    timing = go_on(course, transport, lambda image, activity: parts.append(activity))
    return Replay(timing, Activity.concatenate(parts))
