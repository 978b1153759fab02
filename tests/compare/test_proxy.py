"""The papers' numbers, by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from hwsim.compare.proxy import FLOAT32, INT8
from hwsim.network.graph import Layer, Network
from hwsim.network.vgg import VggShape, vgg
from tests.compare.made import subject, toy_run

CIFAR = vgg(VggShape("vgg16"), dataset="cifar10", classes=10, timesteps=1)
IMAGENET = vgg(
    VggShape("vgg16", classifier=(4096, 4096), image_size=224),
    dataset="imagenet", classes=1000, timesteps=1,
)  # fmt: skip


def temporal_pruning_vgg16() -> Network:
    """VGG16 for CIFAR-10 as Temporal Pruning has it: no fifth pool, 2048-4096-4096-10."""
    last = next(layer for layer in reversed(CIFAR.layers) if layer.kind == "conv")
    convs = [replace(layer, pool=1) if layer is last else layer for layer in CIFAR.layers]
    layers = [layer for layer in convs if layer.kind == "conv"]
    shape = layers[-1].pooled_shape
    for number, units in enumerate((4096, 4096, 10), start=1):
        out = (units, 1, 1)
        layers.append(Layer(f"fc{number}", "linear", shape, out, shape[1:], spiking=number < 3))
        shape = out
    return Network("vgg16", "cifar10", 1, tuple(layers))


def test_ann_of_temporal_pruning_on_cifar10() -> None:
    network = temporal_pruning_vgg16()
    assert network.layers[-3].fan_in == 2048
    macs = (
        1_769_472 + 37_748_736 + 18_874_368 + 37_748_736 + 18_874_368 + 2 * 37_748_736
        + 18_874_368 + 2 * 37_748_736 + 3 * 9_437_184 + 8_388_608 + 16_777_216 + 40_960
    )  # fmt: skip
    assert FLOAT32.ann_pj(network) == Fraction("4.6") * macs
    assert round(FLOAT32.ann_pj(network) / 10**6, 1) == Fraction("1556.7")


def test_ann_on_imagenet() -> None:
    assert IMAGENET.layers[-3].fan_in == 25088
    assert round(FLOAT32.ann_pj(IMAGENET) / 10**6) == 71_163


@pytest.mark.parametrize(
    ("ratio", "over_all", "behind_first"), [(25, "17.56", "17.66"), (33, "12.61", "12.68")]
)
def test_rates_of_the_published_ratios(ratio: int, over_all: str, behind_first: str) -> None:
    """The 512-512 VGG16, by R over all dense MACs and over those behind the first layer."""
    rate = FLOAT32.rate_for(Fraction(ratio), CIFAR)
    macs = [layer.dense_macs for layer in CIFAR.layers]
    assert round(rate * 100, 2) == Fraction(over_all)
    assert round(rate * sum(macs) / sum(macs[1:]) * 100, 2) == Fraction(behind_first)
    energy = FLOAT32.first_pj(CIFAR) + FLOAT32.ac_pj * rate * sum(macs)
    assert FLOAT32.ann_pj(CIFAR) / energy == ratio


@pytest.mark.parametrize("timesteps", [1, 2])
def test_snn_by_hand(timesteps: int) -> None:
    """conv1: 9 x 128 MACs, each timestep; conv2: 9 x 8 x 32 over 32 inputs; fc: 32 x 4 over 32."""
    run = toy_run(timesteps)
    mine = subject(run)
    conv1, conv2, fc = 9 * 128, 9 * 8 * 32, 32 * 4
    assert mine.dense_macs == conv1 + conv2 + fc
    arriving = Fraction(int(run.dense_synops.sum()), 3)
    for convention, mac, ac in ((FLOAT32, "4.6", "0.9"), (INT8, "0.3", "0.1")):
        snn = timesteps * conv1 * Fraction(mac) + arriving * Fraction(ac)
        assert convention.snn_pj(mine) == snn
        assert convention.ratio(mine) == (conv1 + conv2 + fc) * Fraction(mac) / snn
    assert mine.rate == arriving / (conv1 + conv2 + fc)


def test_a_first_layer_that_alone_is_too_much_needs_a_negative_rate() -> None:
    long = replace(CIFAR, timesteps=20)
    assert FLOAT32.rate_for(Fraction(25), long) < 0
