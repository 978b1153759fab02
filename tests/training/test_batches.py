from __future__ import annotations

import torch

from hwsim.network.parameters import InputScaling
from hwsim.training.batches import Batches, augment, generator, input_values, resize
from hwsim.training.recipe import Augmentation
from tests.training.layouts import pictures

SCALING = InputScaling((0.5, 0.5, 0.5), (0.25, 0.25, 0.5), 0.02)


def test_input_values_are_the_scaling_table() -> None:
    pixels = pictures(2, size=4)
    values = input_values(pixels, SCALING)
    assert values.shape == (2, 3, 4, 4)
    assert int(values[1, 2, 3, 0]) == SCALING.table[2, pixels[1, 3, 0, 2]]


def test_without_augmentation_images_stay() -> None:
    values = torch.arange(2 * 3 * 16, dtype=torch.int8).view(2, 3, 4, 4)
    none = Augmentation(crop=0, flip=False)
    assert torch.equal(augment(values, none, generator(1)), values)


def test_shift_mirror_and_cutout_move_pixels_of_the_same_image() -> None:
    values = torch.stack([torch.full((3, 8, 8), v, dtype=torch.int8) for v in (1, 2, 3)])
    out = augment(values, Augmentation(crop=4, flip=True, cutout=16), generator(2))
    for index, value in enumerate((1, 2, 3)):
        found = set(out[index].unique().tolist())
        assert found <= {0, value}
        assert value in found
        holes = (out[index] == 0).sum()
        assert 0 < holes <= 3 * 4 * 4
    shifted = augment(
        torch.arange(64, dtype=torch.int8).view(1, 1, 8, 8), Augmentation(crop=8), generator(3)
    )
    assert not torch.equal(shifted.flatten(), torch.arange(64, dtype=torch.int8))


def test_batches_depend_on_their_position_alone() -> None:
    values = torch.randint(-127, 128, (10, 3, 8, 8), dtype=torch.int8)
    batches = Batches(values, torch.arange(10), SCALING, 4, Augmentation(), torch.device("cpu"))
    assert batches.per_epoch == 2
    first = [batches.batch((0, "t1"), i) for i in range(4)]
    again = batches.batch((0, "t1"), 2)
    assert torch.equal(first[2][0], again[0])
    assert torch.equal(first[2][1], again[1])
    seen = torch.cat([first[0][1], first[1][1]])
    assert len(seen.unique()) == 8, "an epoch shows no image twice"
    assert not torch.equal(first[0][1], first[2][1]), "every epoch has its own order"
    assert not torch.equal(first[0][1], batches.batch((1, "t1"), 0)[1])


def test_resize_keeps_flat_images_flat() -> None:
    values = torch.full((1, 3, 32, 32), -77, dtype=torch.int8)
    small = resize(values, 24)
    assert small.shape == (1, 3, 24, 24)
    assert small.unique().tolist() == [-77]
    assert resize(values, 0) is values
