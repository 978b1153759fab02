from __future__ import annotations

import pytest

from hwsim.errors import InvalidInput
from hwsim.network.vgg import VggShape, vgg


def test_vgg16_has_the_papers_size() -> None:
    network = vgg(VggShape(), dataset="cifar10", classes=10, timesteps=1)
    convolutions = [layer for layer in network.layers if layer.kind == "conv"]
    assert [len(network.layers), len(convolutions)] == [16, 13]
    assert [layer.pool for layer in convolutions] == [1, 2, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1, 2]
    assert sum(layer.dense_macs for layer in convolutions) == 313_196_544
    assert sum(layer.neurons for layer in convolutions) == 276_480
    assert [layer.out_shape[0] for layer in network.layers[13:]] == [512, 512, 10]


def test_the_imagenet_form_keeps_its_spatial_classifier() -> None:
    shape = VggShape(image_size=224, classifier=(4096, 4096))
    network = vgg(shape, dataset="imagenet", classes=1000, timesteps=1)
    assert network.layers[13].kernel == (7, 7)
    assert round(sum(layer.dense_macs for layer in network.layers) / 1e6) == 15_470
    usual = vgg(VggShape(image_size=224), dataset="imagenet", classes=1000, timesteps=1)
    assert usual == network


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        (VggShape("vgg7"), "vgg9, vgg11, vgg16"),
        (VggShape(width=0.001), "no channels"),
        (VggShape(image_size=24), "multiple of 32"),
    ],
)
def test_what_cannot_be_built_is_refused(shape: VggShape, text: str) -> None:
    with pytest.raises(InvalidInput, match=text):
        vgg(shape, dataset="cifar10", classes=10, timesteps=1)


def test_width_and_classifier_scale() -> None:
    shape = VggShape("vgg11", width=0.5, classifier=())
    network = vgg(shape, dataset="cifar100", classes=100, timesteps=2)
    assert network.name == "vgg11_w0.5"
    assert network.layers[0].out_shape[0] == 32
    assert network.layers[-1].in_shape == (256, 1, 1)
