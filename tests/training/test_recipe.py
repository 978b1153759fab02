from __future__ import annotations

from pathlib import Path

import pytest

from hwsim.errors import InvalidInput
from hwsim.training.recipe import Phase, RandAugment, Recipe, Stage, load_recipe, write_recipe

SHIPPED = Path(__file__).parents[2] / "hwsim" / "training" / "recipes"


@pytest.mark.parametrize("name", ["quick", "full"])
def test_shipped_recipes_have_every_stage(name: str) -> None:
    recipe = load_recipe(SHIPPED / f"{name}.yaml")
    assert recipe.stage_names == ("ann", "t5", "t4", "t3", "t2", "t1")
    assert all(recipe.stage(stage).phases for stage in recipe.stage_names)


def test_round_trip(tmp_path: Path) -> None:
    recipe = Recipe(width=0.5, timesteps=(2, 1), stages={"ann": Stage(phases=(Phase(epochs=0.5),))})
    write_recipe(recipe, tmp_path / "r.yaml")
    assert load_recipe(tmp_path / "r.yaml") == recipe
    with pytest.raises(InvalidInput, match="no stage t2"):
        recipe.stage("t2")


def test_branches_come_behind_their_stage_and_the_chain_goes_on_without_them() -> None:
    stage = Stage(phases=(Phase(epochs=1),))
    names = ("default", "t2_w8", "t1_w6", "t1_w4", "t9_w4")
    recipe = Recipe(timesteps=(2, 1), stages=dict.fromkeys(names, stage))
    assert recipe.stage_names == ("ann", "t2", "t2_w8", "t1", "t1_w6", "t1_w4")
    before = {name: recipe.stage_before(name) for name in recipe.stage_names}
    assert before == {
        "ann": None,
        "t2": "ann",
        "t2_w8": "t2",
        "t1": "t2",
        "t1_w6": "t1",
        "t1_w4": "t1_w6",
    }


def test_options_are_read(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(
        "coding: poisson\naugmentation: {randaugment: {magnitude: 31}}\n"
        "stages: {t1: {phases: [{epochs: 1}], weight_bits: 16}}\n"
    )
    with pytest.raises(InvalidInput) as caught:
        load_recipe(path)
    for text in ("augmentation.randaugment.magnitude", "stages.t1.weight_bits"):
        assert f"{path}: {text}" in str(caught.value)
    path.write_text(path.read_text().replace("31", "5").replace("16", "4"))
    recipe = load_recipe(path)
    assert recipe.augmentation.randaugment == RandAugment(operations=2, magnitude=5)
    assert recipe.stage("t1").weight_bits == 4


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    path = tmp_path / "r.yaml"
    path.write_text("batch_size: 1\nstages: {t1: {phases: [{epochs: -1}], learning: 3}}\n")
    with pytest.raises(InvalidInput) as caught:
        load_recipe(path)
    for text in ("batch_size", "stages.t1.phases.0.epochs", "stages.t1.learning"):
        assert f"{path}: {text}" in str(caught.value)
    path.write_text("a: [")
    with pytest.raises(InvalidInput, match="not YAML"):
        load_recipe(path)
    with pytest.raises(InvalidInput, match="cannot be read"):
        load_recipe(tmp_path / "none.yaml")
