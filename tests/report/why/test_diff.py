from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from hwsim.actions import Action
from hwsim.energy import LEAKAGE
from hwsim.report.text import WIDTH
from hwsim.report.why.attribution import shifts
from hwsim.report.why.diff import Diff, diff
from hwsim.report.why.diff_text import diff_text
from hwsim.report.why.inputs import changes
from hwsim.report.why.run_folder import RunFolder
from hwsim.result import Run
from tests.report.runs import run
from tests.report.why.folders import folder, repriced


def two(tmp_path: Path, a: Run, b: Run) -> tuple[RunFolder, RunFolder]:
    return folder(a, tmp_path / "a"), folder(b, tmp_path / "b")


def compared(tmp_path: Path, a: Run, b: Run) -> Diff:
    found = diff(*two(tmp_path, a, b))
    text = diff_text(found)
    assert max(map(len, text.splitlines())) <= WIDTH
    json.dumps(found.to_dict(), allow_nan=False)
    return found


def quantity(value: float) -> dict[str, object]:
    return {"value": value, "source": "toy", "evidence": "assumed"}


def test_equal_runs_say_so(tmp_path: Path) -> None:
    found = compared(tmp_path, run(), run())
    assert found.equal
    assert found.changes == ()
    assert "equal: the same inputs, the same bytes" in diff_text(found)
    assert found.to_dict()["equal"] is True


def test_one_price_is_the_whole_difference(tmp_path: Path) -> None:
    found = compared(tmp_path, run(), repriced(run(), router__hop_x=quantity(3)))
    (change,) = found.changes
    assert (change.name, change.a, change.b) == ("arch.energy_pj.router.hop_x", 1, 3)
    hops = Fraction(int(run().single.activity.per_image(Action.ROUTER_HOP_X).sum()), 3)
    (shift,) = found.single.by_action
    assert (shift.action, shift.by_count, shift.by_price) == ("router.hop_x", 0, 2 * hops)
    (reason,) = found.single.reasons
    assert (reason.delta, reason.inputs) == (2 * hops, ("arch.energy_pj.router.hop_x",))
    assert [row.name for row in found.single.by_component] == ["router"]
    assert not found.equal
    assert "caused by arch.energy_pj.router.hop_x" in diff_text(found)


def test_leakage_goes_to_its_power(tmp_path: Path) -> None:
    found = compared(tmp_path, run(), repriced(run(), leakage_uw_per_core=quantity(4)))
    (reason,) = found.stream.reasons
    assert (reason.part, reason.inputs) == ("leakage: power", ("arch.leakage_uw_per_core",))
    assert reason.delta == 3 * run().stream.energy.leakage.mean


def test_a_hole_that_is_filled_is_a_price(tmp_path: Path) -> None:
    found = compared(tmp_path, run(), repriced(run(), barrier__sync=quantity(7)))
    (change,) = found.changes[:1]
    assert (change.a, change.b) == ("unpublished", 7)
    (reason,) = found.single.reasons
    assert reason.part == "prices of actions"


def test_words_move_no_number(tmp_path: Path) -> None:
    entry = {"value": 1, "source": "another", "evidence": "published"}
    found = compared(tmp_path, run(), repriced(run(), router__hop_x=entry))
    assert {change.name.rpartition(".")[2] for change in found.changes} == {"source", "evidence"}
    assert not any(change.moves for change in found.changes)
    assert found.single.reasons == ()
    assert "words and bounds that move no number" in diff_text(found)


OTHERS = [(1, 3, 7), (2, 1, 7), (2, 3, 8)]


@pytest.mark.parametrize(("timesteps", "images", "seed"), OTHERS)
@pytest.mark.parametrize("experiment", ["single", "stream"])
def test_the_parts_are_exact(
    tmp_path: Path, timesteps: int, images: int, seed: int, experiment: str
) -> None:
    other = repriced(
        run(timesteps, images, seed),
        synapse__op=quantity(11.5),
        leakage_uw_per_core=quantity(2.5),
        barrier__sync=quantity(0.125),
    )
    a, b = two(tmp_path, run(), other)
    moved = shifts(a, b, experiment)
    for shift in moved:
        assert shift.by_count + shift.by_price == shift.delta
        if shift.action == LEAKAGE:
            assert shift.by_time + shift.by_cores == shift.by_count
    delta = (
        getattr(other, experiment).energy.total.mean - getattr(run(), experiment).energy.total.mean
    )
    assert sum(shift.delta for shift in moved) == delta
    half = getattr(diff(a, b), experiment)
    assert sum(reason.delta for reason in half.reasons) == delta
    assert sum(row.delta for row in half.by_layer) == delta
    assert sum(row.delta for row in half.by_component) == delta
    sizes = [abs(row.delta) for row in half.by_layer]
    assert sizes == sorted(sizes, reverse=True)


def test_steps_by_what_ended_them_sum_to_the_time(tmp_path: Path) -> None:
    found = diff(*two(tmp_path, run(), run(timesteps=1)))
    for half, key in ((found.single, "latency"), (found.stream, "initiation interval")):
        headline = next(row for row in half.headlines if row.name == key)
        assert float(sum(row.a for row in half.step_ends)) == pytest.approx(float(headline.a or 0))
        assert float(sum(row.b for row in half.step_ends)) == pytest.approx(float(headline.b or 0))


def test_fewer_timesteps_of_one_checkpoint_are_the_input(tmp_path: Path) -> None:
    once = replace(run(timesteps=1), origin=run().origin)
    found = [c for c in changes(*two(tmp_path, run(), once)) if not c.follows]
    assert [(c.name, c.a, c.b) for c in found] == [("network.timesteps", 2, 1)]


def test_another_checkpoint_explains_its_answers(tmp_path: Path) -> None:
    """The hash of the images covers the answers: under another network it says nothing."""
    other = replace(run(), origin=replace(run().origin, sha256="cd" * 32))
    other = replace(other, dense_synops=other.dense_synops + 1)
    found = changes(*two(tmp_path, run(), other))
    assert [change.name for change in found] == ["checkpoint"]


def test_other_images_of_one_checkpoint_are_an_input(tmp_path: Path) -> None:
    found = changes(*two(tmp_path, run(), run(images=2)))
    assert [change.name for change in found] == ["images"]
    same_place = replace(run(), dense_synops=run().dense_synops + 1)
    found = changes(*two(tmp_path / "again", run(), same_place))
    assert [change.name for change in found] == ["images"]


def test_a_given_mapping_is_an_input_and_a_made_one_follows(tmp_path: Path) -> None:
    slices = run().mapping.slices
    swapped = replace(
        run().mapping,
        slices=tuple(
            replace(part, core=other.core)
            for part, other in zip(slices, reversed(slices), strict=True)
        ),
    )
    given = replace(run(), mapping=replace(swapped, strategy="mine.json"))
    (change,) = changes(*two(tmp_path / "given", run(), given))
    assert (change.name, change.follows) == ("mapping", False)
    assert "mine.json" in str(change.b)
    made = replace(repriced(run(), router__hop_x=quantity(3)), mapping=swapped)
    found = {c.name: c for c in changes(*two(tmp_path / "made", run(), made))}
    assert found["mapping"].follows


def test_no_input_differs_but_the_result_does(tmp_path: Path) -> None:
    timing = replace(run().single.timing, latency_ps=run().single.timing.latency_ps + 1)
    other = replace(run(), single=replace(run().single, timing=timing))
    text = diff_text(compared(tmp_path, run(), other))
    assert "no input differs: other code" in text
