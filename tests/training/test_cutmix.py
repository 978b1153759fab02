from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hwsim.training.batches import Batches, generator
from hwsim.training.cutmix import cutmix, squares
from hwsim.training.labels import Labels, Mixture
from hwsim.training.recipe import Augmentation
from tests.training.test_batches import SCALING


def flat_images(count: int, height: int = 8, width: int = 8) -> torch.Tensor:
    """Image number i is all i."""
    images = torch.arange(count, dtype=torch.int8).view(count, 1, 1, 1)
    return images.repeat(1, 3, height, width)


@given(st.integers(2, 6), st.integers(1, 9), st.integers(1, 9), st.floats(0, 1), st.integers(0, 99))
def test_the_shares_are_those_of_the_pixels(
    count: int, height: int, width: int, probability: float, seed: int
) -> None:
    images, classes = flat_images(count, height, width), torch.arange(count)
    mixed, labels = cutmix(images, classes, probability, generator(seed))
    assert labels.mixture is not None
    assert torch.equal(labels.own, classes)
    for number, image in enumerate(mixed):
        pasted = int(labels.mixture.pasted[number])
        assert pasted == (number - 1) % count
        own, other = image == number, image == pasted
        assert bool((own | other).all())
        assert float(own.float().mean()) == pytest.approx(float(labels.mixture.kept[number]))
        assert torch.equal(image[0], image[2]), "channels are cut alike"


def test_as_many_images_are_mixed_as_asked_and_in_shares_of_every_size() -> None:
    images = flat_images(100, 32, 32).repeat(10, 1, 1, 1)
    _, labels = cutmix(images, torch.arange(1000), 0.5, generator(0))
    assert labels.mixture is not None
    kept = labels.mixture.kept
    assert 0.45 < float((kept < 1).float().mean()) < 0.55
    assert all(((kept >= low) & (kept < low + 0.25)).any() for low in (0, 0.25, 0.5, 0.75))


def test_squares_are_cut_off_at_the_edges() -> None:
    sides = torch.tensor([0, 1, 2, 20])
    found = squares(sides, 5, 7, generator(4))
    assert found.shape == (4, 5, 7)
    counts = found.sum((1, 2)).tolist()
    assert counts[:2] == [0, 1]
    assert counts[2] in (1, 2, 4)
    assert counts[3] == 35


def test_a_mixed_image_costs_the_mean_of_both_classes() -> None:
    logits = torch.tensor([[math.log(3.0), 0.0], [0.0, 0.0]]).expand(2, 2, 2)
    own = torch.tensor([0, 1])
    labels = Labels(own, Mixture(torch.tensor([1, 0]), torch.tensor([0.25, 1.0])))
    first = -0.25 * math.log(0.75) - 0.75 * math.log(0.25)
    loss = float(labels.cross_entropy(logits, 0.0))
    assert loss == pytest.approx((first + math.log(2)) / 2)
    assert labels.largest.tolist() == [1, 1]
    alone = Labels(own, Mixture(torch.tensor([1, 0]), torch.ones(2)))
    for smoothing in (0.0, 0.2):
        assert float(alone.cross_entropy(logits, smoothing)) == pytest.approx(
            float(Labels(own).cross_entropy(logits, smoothing))
        )


def test_batches_mix_where_they_are_asked_to() -> None:
    def batch(share: float) -> tuple[torch.Tensor, Labels]:
        settings = Augmentation(crop=0, flip=False, cutmix=share)
        device = torch.device("cpu")
        return Batches(flat_images(64), torch.arange(64), SCALING, 64, settings, device).batch(
            (0, "ann"), 0
        )

    plain, labels = batch(0.0)
    assert labels.mixture is None
    assert torch.equal(labels.largest, labels.own)
    mixed, shares = batch(1.0)
    assert torch.equal(shares.own, labels.own)
    assert shares.mixture is not None
    changed = (mixed != plain).flatten(1).float().mean(1)
    assert torch.allclose(changed, 1 - shares.mixture.kept)
    assert int((changed > 0).sum()) > 50
