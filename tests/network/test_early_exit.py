"""Running the first timesteps of a longer network, and BNTT's rule for how many."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hwsim.errors import InvalidInput, UsageError
from hwsim.network.early_exit import GammaExit, choice, exit_timestep, parse_timesteps, shorten
from hwsim.network.execute import run
from hwsim.network.fold import FloatNeurons
from hwsim.pipeline import load_trace
from hwsim.progress import silent
from hwsim.trace.write import write_trace
from tests.network.nets import random_checkpoint, random_images
from tests.trace.samples import toy_network, toy_trace

# Mean gamma of a VGG9 with 18 timesteps, read off the poster of an independent reproduction of
# BNTT (TU Delft); 13 timesteps follow from it, since conv6 is still at 0.10 in the 13th.
VGG9 = """
.23 .22 .21 .20 .18 .16 .13 .10 .08 .06 .05 .03 .02 .01 .01 .00 .00 .00
.16 .28 .26 .22 .17 .18 .15 .13 .09 .08 .06 .04 .03 .02 .01 .01 .00 .00
.05 .23 .29 .22 .17 .18 .17 .14 .12 .10 .08 .06 .04 .02 .02 .01 .01 .00
.04 .16 .41 .34 .22 .20 .19 .18 .17 .15 .12 .10 .07 .05 .03 .02 .01 .01
.00 .05 .33 .40 .28 .18 .16 .17 .16 .14 .13 .11 .08 .06 .04 .03 .02 .01
-.00 -.00 .22 .56 .43 .24 .12 .11 .13 .14 .13 .12 .10 .08 .06 .04 .03 .02
-.00 .03 .10 .73 .73 .46 .22 .09 .01 -.03 -.03 -.00 .03 .04 .04 .03 .02 .01
.01 .02 .04 .37 .40 .37 .34 .32 .28 .22 .15 .10 .05 .02 .00 -.01 -.01 -.01
"""


def neurons(gamma: list[list[float]]) -> FloatNeurons:
    array = np.array(gamma, np.float64)
    return FloatNeurons(array, np.zeros_like(array), np.ones_like(array), 1e-4, 1.0, 1.0)


def test_the_published_heat_map_ends_after_13_of_18() -> None:
    layers = [
        neurons([[float(value)] for value in line.split()]) for line in VGG9.strip().splitlines()
    ]
    assert exit_timestep(layers, 0.1) == 13
    assert exit_timestep(layers, 0.3) == 8, "fc1 has .32 in the 8th timestep"
    assert exit_timestep(layers, 0.001) == 18, "it never fades"


def test_signs_do_not_cancel_and_one_timestep_stays() -> None:
    assert exit_timestep([neurons([[1.0, -1.0], [0.05, -0.05]])]) == 1
    assert exit_timestep([neurons([[0.0], [0.0]])]) == 1
    assert exit_timestep([neurons([[0.5], [0.5]]), neurons([[0.01], [0.01]])]) == 2


@pytest.mark.parametrize("timesteps", [1, 2])
def test_the_first_timesteps_are_those_of_the_whole_network(timesteps: int) -> None:
    whole = random_checkpoint(3)
    short = shorten(whole, timesteps)
    assert short.network == replace(whole.network, timesteps=timesteps)
    images = random_images(3)
    all_of_it, first = run(whole, images), run(short, images)
    for long_layer, layer in zip(all_of_it.spikes, first.spikes, strict=True):
        assert layer.shape[1] == timesteps
        assert layer.equal(long_layer[:, :timesteps])
    last = all_of_it.spikes[-1][:, :timesteps].sum(1).flatten(1).numpy()
    expected = last @ whole.parameters[-1].weights[:, :, 0, 0].T.astype(np.int64)
    np.testing.assert_array_equal(first.readout.numpy(), expected)


def test_only_the_whole_network_has_a_measured_accuracy() -> None:
    whole = random_checkpoint(3)
    assert shorten(whole, 3) is whole
    assert shorten(whole, None) is whole
    assert shorten(whole, 2).provenance.test_accuracy_percent is None
    assert shorten(whole, 2).provenance.recipe == whole.provenance.recipe
    with pytest.raises(UsageError, match="--timesteps 4: the network has 1 to 3"):
        shorten(whole, 4)


def test_gamma_chooses_from_what_the_checkpoint_keeps() -> None:
    whole = random_checkpoint(3)
    faded = tuple(
        replace(n, gamma=n.gamma * np.array([[1.0], [1.0], [0.001]])) for n in whole.trained
    )
    assert shorten(replace(whole, trained=faded), GammaExit()).network.timesteps == 2
    assert shorten(whole, GammaExit(100.0)).network.timesteps == 1
    with pytest.raises(InvalidInput, match="does not keep gamma"):
        shorten(replace(whole, trained=()), GammaExit())


def test_the_option() -> None:
    assert parse_timesteps("3") == 3
    assert parse_timesteps("gamma") == GammaExit(0.1)
    assert parse_timesteps("gamma:0.25") == GammaExit(0.25)
    for wrong in ("0", "-1", "", "gamma:", "gamma:0", "gamma:inf", "gamma:nan", "beta", "2:1"):
        with pytest.raises(UsageError, match="--timesteps"):
            parse_timesteps(wrong)


def test_a_trace_has_its_timesteps(tmp_path: Path) -> None:
    write_trace(tmp_path / "t", toy_trace(toy_network()))
    with pytest.raises(UsageError, match=r"--timesteps: .* is a trace, which has its timesteps"):
        load_trace(tmp_path / "t", 1, None, silent, 1)


def test_how_it_was_chosen_in_words() -> None:
    assert choice(None, 5, 5) == choice(5, 5, 5) == ""
    assert choice(2, 5, 2) == "2 of 5 timesteps"
    assert choice(GammaExit(), 5, 5) == "5 of 5 timesteps (mean |gamma| below 0.1)"
