"""Poisson coding: signed spikes at the rate of the pixel, the same ones on every machine."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest
import torch

from hwsim.network.checkpoint import Checkpoint, Provenance
from hwsim.network.early_exit import shorten
from hwsim.network.execute import run
from hwsim.network.poisson import signed_spikes
from hwsim.training.batches import Batches, Poisson, input_values
from hwsim.training.export import to_integers
from hwsim.training.recipe import Augmentation
from hwsim.training.spiking import SpikingNetwork
from tests.network.nets import SCALING, random_images, random_network


@pytest.mark.parametrize("level", [-127, -100, -30, -1, 0, 1, 7, 64, 127])
def test_a_pixel_spikes_with_its_sign_and_half_its_value(level: int) -> None:
    step, steps = 0.018, 40_000
    spikes = signed_spikes(np.full((1, 1, 1, 1), level, np.int8), step, steps, 3).ravel()
    chance = min(abs(level) * step / 2, 1)
    assert set(np.unique(spikes)) <= {0, np.sign(level)}
    spread = np.sqrt(chance * (1 - chance) / steps)
    assert abs(np.abs(spikes).mean() - chance) <= 4 * spread + 2**-17
    if chance == 1:
        assert (spikes == np.sign(level)).all()


def test_an_image_is_drawn_alone_and_from_its_beginning() -> None:
    levels = np.random.default_rng(0).integers(-127, 128, (3, 5, 4, 3), np.int8)
    spikes = signed_spikes(levels, 0.02, 4, 7)
    assert spikes.shape == (3, 4, 5, 4, 3)
    assert spikes.dtype == np.int8
    np.testing.assert_array_equal(signed_spikes(levels[1:2], 0.02, 4, 7), spikes[1:2])
    np.testing.assert_array_equal(signed_spikes(levels, 0.02, 3, 7), spikes[:, :3])
    assert (spikes[:, 0] != spikes[:, 1]).any(), "every timestep has its own"
    assert (signed_spikes(levels, 0.02, 4, 8) != spikes).any(), "so has every seed"
    assert (signed_spikes(np.repeat(levels[:1], 2, 0), 0.02, 4, 7) == spikes[:1]).all()


def test_the_draws_by_hand() -> None:
    levels = np.arange(-60, 60, 10).astype(np.int8)
    digest = hashlib.sha256(b"0" + levels.tobytes()).digest()
    words = np.random.Philox(key=int.from_bytes(digest[:16], "little")).random_raw(6)
    draws = [int(word) >> (16 * i) & 0xFFFF for word in words for i in range(4)]
    expected = [
        int(np.sign(level)) * (draw < round(abs(int(level)) * 0.02 / 2 * 65536))
        for level, draw in zip([*levels, *levels], draws, strict=True)
    ]
    got = signed_spikes(levels.reshape(1, 2, 2, 3), 0.02, 2, 0).ravel().tolist()
    assert got == expected
    # In figures, so that a stream that a library changes is seen.
    assert got == [-1, *[0] * 10, 1, -1, -1, -1, 0, 0, -1, 0, 0, 0, 1, 0, 0]


def poisson_checkpoint(timesteps: int) -> tuple[SpikingNetwork, Checkpoint]:
    network = random_network(timesteps)
    network.network = replace(network.network, coding="poisson")
    parameters = to_integers(network, SCALING)
    return network, Checkpoint(network.network, parameters, SCALING, Provenance("cifar10", seed=5))


@pytest.mark.parametrize("timesteps", [1, 3])
def test_the_integer_network_sees_the_spikes_of_its_float_twin(timesteps: int) -> None:
    network, checkpoint = poisson_checkpoint(timesteps)
    pixels = random_images(6)
    done = run(checkpoint, pixels)
    assert done.inputs.shape == (6, timesteps, 32, 32, 3)
    assert done.inputs.unique().tolist() == [-1, 0, 1]
    batches = Batches(
        *(input_values(pixels, SCALING), torch.zeros(6), SCALING, 4, Augmentation()),
        device=torch.device("cpu"),
        poisson=Poisson(timesteps, 5),
    )
    seen = torch.cat([images for images, _ in batches.plain(6)], 1)
    assert torch.equal(seen, done.inputs.permute(1, 0, 4, 2, 3).float())
    with torch.no_grad():
        spikes = next(network.spiking_layers())(seen)
    pooled = done.spikes[0].permute(1, 0, 4, 2, 3).float()
    assert (spikes != pooled).float().mean() < 0.01, "all but what the rounded weights move"


def test_the_first_timesteps_keep_their_draws() -> None:
    _, checkpoint = poisson_checkpoint(3)
    pixels = random_images(2)
    whole, short = run(checkpoint, pixels), run(shorten(checkpoint, 2), pixels)
    assert torch.equal(short.inputs, whole.inputs[:, :2])
    assert torch.equal(short.spikes[-1], whole.spikes[-1][:, :2])


def test_training_draws_anew_at_every_step() -> None:
    values = input_values(random_images(4), SCALING)
    batches = Batches(
        *(values, torch.zeros(4), SCALING, 4, Augmentation(crop=0, flip=False)),
        device=torch.device("cpu"),
        poisson=Poisson(2, 0),
    )
    images, _ = batches.batch((0, "t2"), 0)
    spikes = [batches.coded(images, (0, "t2"), position) for position in (0, 0, 1)]
    assert spikes[0].shape == (2, 4, 3, 32, 32)
    assert torch.equal(spikes[0], spikes[1])
    assert not torch.equal(spikes[0], spikes[2])
    assert torch.equal(spikes[0].sign().abs() * images.sign(), spikes[0]), "signs are the pixels'"
