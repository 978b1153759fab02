"""What does not fit, in the words of the user, and mappings that come from a file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hwsim.errors import DoesNotFit, InvalidInput
from hwsim.mapping.digital import fit, map_network
from hwsim.mapping.fanout import fan_out
from hwsim.mapping.mapping import Mapping, Slice
from hwsim.network.graph import Network
from tests.mapping.chips import VGG16, chip, conv, network

WIDE = network(conv("conv1", (3, 4, 4), 8), conv("conv5_1", (8, 4, 4), 4, kernel=(3, 3)))


def two_layers() -> Network:
    return network(conv("a", (1, 8, 8), 4, pool=2), conv("b", (4, 4, 4), 8))


@pytest.mark.parametrize(
    ("limits", "messages"),
    [
        (
            {"neurons_max": 3, "mapper": "balance_synops"},
            ["core.neurons_max: 4 of 3 neurons for one pooling window of a: needs >= 4"],
        ),
        (
            {"axons_in_max": 8},
            [
                "core.axons_in_max: 9 of 8 input axons for one neuron of b: needs >= 9",
                "core.axons_in_max: 16 of 8 input axons for one neuron of out: needs >= 16",
            ],
        ),
        (
            {"axons_in_max": 30, "conv_axons": "discrete"},
            [
                "core.axons_in_max: 36 of 30 input axons for one neuron of b: needs >= 36, "
                "or core.conv_axons: population",
                "core.axons_in_max: 128 of 30 input axons for one neuron of out: needs >= 128, "
                "or core.conv_axons: population",
            ],
        ),
        (
            {"weight_bits": 4},
            ["core.weight_bits: 8 of 4 bits for the weights of net: needs >= 8"],
        ),
        (
            {"axons_out_max": 1, "neurons_max": 40, "axons_in_max": 16},
            [
                "core.axons_out_max: 3 of 1 output axons for one pixel of a, whose spikes reach "
                "3 cores of b: needs >= 3"  # rows of 4 x 1 x 8 neurons, and a 3 x 3 kernel
            ],
        ),
    ],
)
def test_the_message_names_limit_need_and_cure(
    limits: dict[str, object], messages: list[str]
) -> None:
    arch = chip(**limits)
    found = fit(two_layers(), arch)
    assert not found.fits
    assert found.message.splitlines() == messages
    with pytest.raises(DoesNotFit) as error:
        map_network(two_layers(), arch)
    assert str(error.value).splitlines() == messages
    assert error.value.exit_code == 4


def test_synapse_memory_for_one_output_channel() -> None:
    big = conv("conv5_1", (1656, 9, 9), 2, kernel=(9, 9), padding=0)
    net = network(conv("conv1", (3, 9, 9), 1656), big)
    found = fit(net, chip(tiles=(64, 64)))
    assert found.message == (
        "core.synapse_mem_kib: 131 of 128 KiB for one output channel of conv5_1: needs >= 131"
    )
    layer = found.layers[1]
    assert (layer.cores, layer.block, layer.used["synapse_bits"]) == (0, (1, 1, 1), 1656 * 81 * 8)


def test_a_mesh_that_is_too_small_names_the_rows_that_fit() -> None:
    for mapper in ("min_cores", "balance_synops"):
        found = fit(VGG16, chip(tiles=(16, 5), mapper=mapper))
        assert found.message == "mesh: 350 cores needed, 320 there: mesh.tiles_y: 6 fits"
    assert fit(VGG16, chip(tiles=(16, 6))).fits


@pytest.mark.parametrize("first_layer", ["current_injected", "on_core_graded"])
def test_average_pooling_fits_cores_that_take_spikes_or_counts(first_layer: str) -> None:
    net = network(conv("a", (1, 4, 4), 2, pool=2, pool_kind="average"))
    assert fit(net, chip(first_layer=first_layer)).fits


def test_everything_missing_is_told_at_once() -> None:
    found = fit(two_layers(), chip(weight_bits=4, neurons_max=3, axons_in_max=8))
    limits = [missing.limit for missing in found.missing]
    assert limits == ["core.weight_bits", "core.neurons_max", *["core.axons_in_max"] * 2]


def test_utilisation_is_of_the_cores_used() -> None:
    found = fit(two_layers(), chip())
    assert [layer.cores for layer in found.layers] == [1, 1, 1]
    assert found.utilisation["neurons"] == (256 + 128 + 3) / (3 * 1024)
    assert found.utilisation["synapse_memory"] == (8 * 36 + 3 * 128) / (3 * 128 * 1024)


def test_a_placed_mapping_has_the_fit_of_its_plan() -> None:
    arch = chip(mapper="balance_synops")
    placed = map_network(VGG16, arch)
    assert fit(VGG16, arch, placed) == fit(VGG16, arch)


def test_a_loaded_mapping_is_taken_as_it_is() -> None:
    net, arch = two_layers(), chip()
    mapping = replace(map_network(net, arch), strategy="mine.json")
    assert map_network(net, arch, mapping) is mapping
    assert fit(net, arch, mapping).strategy == "mine.json"


def changed(mapping: Mapping, index: int, **fields: object) -> Mapping:
    slices = list(mapping.slices)
    slices[index] = replace(slices[index], **fields)  # type: ignore[arg-type]
    return replace(mapping, slices=tuple(slices), strategy="mine.json")


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"y": (0, 6)},
            "mine.json: mapping: neuron (y 6, x 0, channel 0) of a lies in 0 slices instead of one",
        ),
        ({"y": (0, 7)}, "mine.json: mapping: slice 0 of a splits a pooling window"),
        ({"y": (0, 10)}, "mine.json: mapping: slice 0 of a has y [0, 10) outside [0, 8)"),
        ({"layer": 3}, "mine.json: mapping: slice 0 is of layer 3 of 3"),
    ],
)
def test_a_mapping_of_something_else_is_invalid(fields: dict[str, object], message: str) -> None:
    net, arch = two_layers(), chip()
    with pytest.raises(InvalidInput) as error:
        map_network(net, arch, changed(map_network(net, arch), 0, **fields))
    assert str(error.value) == message


def test_a_mapping_for_another_mesh_is_invalid() -> None:
    net = two_layers()
    mapping = replace(map_network(net, chip(tiles=(8, 8))), strategy="mine.json")
    with pytest.raises(InvalidInput, match=r"mine.json: made for mesh.tiles_x: 8, chip has 16"):
        map_network(net, chip(), mapping)


def test_a_mapping_over_the_limits_does_not_fit() -> None:
    net = two_layers()
    mapping = replace(map_network(net, chip()), strategy="mine.json")
    with pytest.raises(DoesNotFit) as error:
        map_network(net, chip(neurons_max=200, axons_out_max=15), mapping)
    assert str(error.value).splitlines() == [
        "mine.json: core.neurons_max: 256 of 200 neurons for rows 0..7, columns 0..7, "
        f"channels 0..3 of a on core {mapping.slices[0].core}: needs >= 256",
        "mine.json: core.axons_out_max: 16 of 15 output axons for rows 0..7, columns 0..7, "
        f"channels 0..3 of a on core {mapping.slices[0].core}: needs >= 16",
        "mine.json: core.axons_out_max: 16 of 15 output axons for rows 0..3, columns 0..3, "
        f"channels 0..7 of b on core {mapping.slices[1].core}: needs >= 16",
    ]


def test_two_slices_on_one_core_or_a_core_off_the_mesh() -> None:
    block = ((0, 1), (0, 1), (0, 1))
    with pytest.raises(InvalidInput, match="core 3 holds two slices"):
        Mapping((Slice(3, 0, *block), Slice(3, 1, *block)), "by hand", 2, 2, 1, 2, 2)
    with pytest.raises(InvalidInput, match="core 4 is outside the mesh of 4 cores"):
        Mapping((Slice(4, 0, *block),), "by hand", 2, 2, 1, 2, 2)
    with pytest.raises(InvalidInput, match="core -1 is outside"):
        Mapping((Slice(-1, 0, *block),), "by hand", 2, 2, 1, 2, 2)


def test_a_finite_axon_out_takes_the_packets_of_a_neuron_at_once() -> None:
    """The cut obeys it, or says what it needs; a tree sends one packet."""
    net = network(conv("a", (1, 4, 4), 1), conv("b", (1, 4, 4), 16))
    tight = {"neurons_max": 64, "axons_in_max": 16}
    free = map_network(net, chip(**tight))
    most = int(np.diff(fan_out(1, net.layers[1], free).pointer).max())
    assert most > 1
    fitting = map_network(net, chip(axon_out=most, **tight))
    assert np.diff(fan_out(1, net.layers[1], fitting).pointer).max() <= most
    with pytest.raises(DoesNotFit, match=r"axon_out.depth: 1 places, but a neuron of a sends to"):
        map_network(net, chip(axon_out=1, **tight))
    with pytest.raises(DoesNotFit, match=r"axon_out.depth: 1 places"):
        map_network(net, chip(axon_out=1, **tight), free)
    assert map_network(net, chip(axon_out=1, multicast="tree", **tight), free) is free
