"""What works on what in which step, and what a course says of itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.activity import Experiment
from hwsim.chip import burst
from hwsim.chip.course import StepCourse
from hwsim.chip.plan import Plan
from hwsim.chip.schedule import go_on
from hwsim.saved import Saved
from tests.oracle.cases import Case, cases

SIZES = st.integers(1, 5)
EXPERIMENTS: tuple[Experiment, ...] = ("single", "stream")
PLANS = st.builds(Plan, st.sampled_from(EXPERIMENTS), SIZES, SIZES, SIZES, st.booleans())


def works(plan: Plan) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """(image, timestep) -> (step, stage), the host as stage -1."""
    found: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for step in range(plan.steps):
        now = plan.assignment(step)
        for stage, task in enumerate((now.host, *now.layers), start=-1):
            if task is not None:
                found.setdefault(task, []).append((step, stage))
    return found


@settings(deadline=None)
@given(PLANS)
def test_every_layer_works_on_every_timestep_once(plan: Plan) -> None:
    found = works(plan)
    assert set(found) == {(n, t) for n in range(plan.images) for t in range(plan.timesteps)}
    for steps in found.values():
        assert sorted(stage for _, stage in steps) == [*range(-int(plan.hosted), plan.layers)]


@settings(deadline=None)
@given(PLANS)
def test_layers_follow_each_other_step_by_step(plan: Plan) -> None:
    for steps in works(plan).values():
        first = {step - stage for step, stage in steps}
        assert len({start % plan.steps for start in first}) == 1


@settings(deadline=None)
@given(PLANS)
def test_an_image_leaves_behind_the_last_work_on_it(plan: Plan) -> None:
    last = [max(s for t in range(plan.timesteps) for s, _ in works(plan)[n, t])
            for n in range(plan.images)]  # fmt: skip
    for image in range(plan.images):
        assert last[image] <= plan.last_step(image) < plan.steps
    ends = [plan.last_step(image) for image in range(plan.images)]
    assert ends == sorted(ends)


@settings(deadline=None)
@given(PLANS)
def test_every_step_has_the_image_of_its_interval(plan: Plan) -> None:
    owners = [plan.owner(step) for step in range(plan.steps)]
    assert all(owners.count(image) * plan.images == plan.steps for image in range(plan.images))


@settings(deadline=None)
@given(cases())
def test_images_leave_in_order_and_once(case: Case) -> None:
    for experiment in EXPERIMENTS:
        left: list[int] = []
        course = StepCourse(case.trace, case.mapping, case.arch, experiment)
        go_on(course, burst.transport, lambda image, activity, left=left: left.append(image))
        assert left == list(range(case.trace.images))


@settings(deadline=None)
@given(cases())
def test_a_course_that_fails_amid_a_step_is_not_whole(case: Case) -> None:
    course = StepCourse(case.trace, case.mapping, case.arch, "single")

    def fail(image: int, activity: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        go_on(course, burst.transport, fail)
    assert not course.whole
    assert course.step < course.plan.steps or course.plan.images == 1


@settings(deadline=None)
@given(cases())
def test_a_finished_course_has_nothing_left_to_do(case: Case) -> None:
    course = StepCourse(case.trace, case.mapping, case.arch, "stream")
    timing = go_on(course, burst.transport, lambda image, activity: None)
    again = StepCourse(case.trace, case.mapping, case.arch, "stream", Saved(course.arrays()))

    def never(*_: object) -> None:
        raise AssertionError

    assert go_on(again, never, never).latency_ps.tolist() == timing.latency_ps.tolist()  # type: ignore[arg-type]
