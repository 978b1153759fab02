"""RandAugment's operations, beside Pillow's, and what it draws."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance, ImageOps

from hwsim.training.batches import Batches, generator, input_values
from hwsim.training.chain import input_scaling
from hwsim.training.datasets import find_dataset
from hwsim.training.randaugment import LEVELS, OPERATIONS, randaugment
from hwsim.training.recipe import Augmentation, RandAugment
from tests.training.layouts import pictures

SCALING = input_scaling(find_dataset("cifar10"))


def smooth(count: int) -> np.ndarray:
    """uint8 (count, 32, 32, 3) with the uneven histograms of real images."""
    small = [Image.fromarray(p) for p in pictures(count, size=5)]
    large = [np.asarray(p.resize((32, 32), Image.Resampling.BICUBIC)) for p in small]
    return np.stack(large) // 5 * 4 + 23


def apply(name: str, pixels: np.ndarray, strength: float) -> np.ndarray:
    x = torch.from_numpy(pixels).permute(0, 3, 1, 2).float()
    out = OPERATIONS[name](x, torch.full((len(x),), strength))
    return out.round().clamp(0, 255).permute(0, 2, 3, 1).numpy()


PILLOW = {
    # name: (strength, the same in Pillow, largest difference: Pillow cuts where this rounds)
    "equalize": (0.5, ImageOps.equalize, 0),
    "posterize": (0.5, lambda p: ImageOps.posterize(p, 6), 0),
    "solarize": (0.5, lambda p: ImageOps.solarize(p, 128), 0),
    "autocontrast": (0.5, ImageOps.autocontrast, 1),
    "color": (0.5, lambda p: ImageEnhance.Color(p).enhance(1.45), 1),
    "contrast": (-0.5, lambda p: ImageEnhance.Contrast(p).enhance(0.55), 1),
    "brightness": (-1.0, lambda p: ImageEnhance.Brightness(p).enhance(0.1), 1),
    "sharpness": (1.0, lambda p: ImageEnhance.Sharpness(p).enhance(1.9), 1),
}


@pytest.mark.parametrize("name", PILLOW)
def test_colour_operations_are_pillows(name: str) -> None:
    strength, reference, largest = PILLOW[name]
    pixels = smooth(4)
    got = apply(name, pixels, strength)
    for image, mine in zip(pixels, got, strict=True):
        theirs = np.asarray(reference(Image.fromarray(image)), np.int64)
        assert np.abs(mine - theirs).max() <= largest
        assert (mine != image).mean() > 0.1, "it does something"


@pytest.mark.parametrize("name", ["equalize", "autocontrast"])
def test_a_flat_image_stays(name: str) -> None:
    flat = np.full((2, 8, 8, 3), 77, np.uint8)
    assert (apply(name, flat, 1.0) == 77).all()


def test_geometry_by_hand() -> None:
    pixels = np.full((1, 33, 33, 3), 10, np.uint8)
    pixels[0, :, 16] = 250  # a column through the center
    moved = apply("translate_x", pixels, 4 * 331 / 150 / 33)[0, :, :, 0]
    assert (moved[:, 12] == 250).all(), "4 pixels to the left"
    assert (moved[:, -4:] == 128).all(), "grey comes in"
    assert (apply("translate_y", pixels, 0.2)[0, :20, 16, 0] == 250).all()
    turned = apply("rotate", pixels, 1.0)[0, :, :, 0]
    place = np.argwhere(turned == 250) - 16
    angles = np.degrees(np.arctan2(place[:, 1], -place[:, 0])) % 180
    far = np.hypot(*place.T) > 6
    assert np.abs(np.median(angles[far] % 180 - 90)) == pytest.approx(60, abs=4)
    sheared = np.argwhere(apply("shear_x", pixels, 1.0)[0, :, :, 0] == 250)
    slope = np.polyfit(sheared[:, 0], sheared[:, 1], 1)[0]
    assert abs(slope) == pytest.approx(0.3, abs=0.02)
    level = apply("shear_y", pixels.transpose(0, 2, 1, 3), 1.0)[0, :, :, 0]
    assert abs(np.polyfit(*np.argwhere(level == 250)[:, ::-1].T, 1)[0]) == pytest.approx(
        0.3, abs=0.02
    )


def test_every_image_draws_its_own() -> None:
    pixels = torch.from_numpy(smooth(1)).permute(0, 3, 1, 2).expand(64, -1, -1, -1)
    out = randaugment(pixels, 1, LEVELS, generator(1))
    assert out.dtype == torch.uint8
    kinds = len(out.flatten(1).unique(dim=0))
    assert 14 <= kinds <= 23, "14 operations, 9 of them in two directions"
    assert torch.equal(out, randaugment(pixels, 1, LEVELS, generator(1)))
    assert not torch.equal(out, randaugment(pixels, 1, LEVELS, generator(2)))


def test_in_a_batch_it_leaves_the_other_draws_alone() -> None:
    images = torch.arange(12)
    values = input_values(smooth(12), SCALING)
    plain = Augmentation(crop=4, flip=True, cutout=8)
    device = torch.device("cpu")

    def batch(randaugment: RandAugment | None) -> torch.Tensor:
        settings = plain.model_copy(update={"randaugment": randaugment})
        return Batches(values, images, SCALING, 12, settings, device).batch((0,), 0)[0]

    # Without strength the enhancing operations do nothing, and pixels come back as they were.
    still = [name for name in OPERATIONS if name not in ("autocontrast", "equalize")]
    assert all((apply(name, smooth(1), 0.0) == smooth(1)).all() for name in still)
    same = [
        torch.equal(one, other)
        for one, other in zip(
            batch(None), batch(RandAugment(operations=1, magnitude=0)), strict=True
        )
    ]
    assert 6 <= sum(same) < 12, "two of 14 operations act at any magnitude"
    assert not torch.equal(batch(None), batch(RandAugment()))
