"""The two strategies: their numbers for VGG16, their limits, their repairs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.mapping.cut import even
from hwsim.mapping.digital import fit
from hwsim.mapping.fit import Fit
from hwsim.mapping.limits import Limits, usage
from hwsim.mapping.plan import plan
from hwsim.network.graph import Network
from tests.mapping.chips import VGG16, chip, conv, network
from tests.mapping.geometries import layers

# Cores per layer with shared kernels and population axons, in powers of two: the packing
# table of docs/mapping.md.
POWERS_OF_TWO = (64, 64, 32, 32, 16, 16, 16, 16, 32, 32, 32, 32, 32)


def cores(found: Fit) -> list[int]:
    return [layer.cores for layer in found.layers]


def busiest(found: Fit) -> int:
    return max(layer.used["synops"] for layer in found.layers)


def test_even_pieces_are_larger_at_the_ends() -> None:
    assert even(8, 3) == (0, 3, 5, 8)
    assert even(10, 4) == (0, 3, 5, 7, 10)
    assert even(4, 4, step=2) == (0, 2, 4, 6, 8)


def test_min_cores_of_vgg16() -> None:
    found = fit(VGG16, chip())
    assert cores(found) == [64, 64, 32, 32, 16, 16, 16, 10, 19, 19, 19, 19, 19, 2, 2, 1]
    assert all(mine <= theirs for mine, theirs in zip(cores(found), POWERS_OF_TWO, strict=False))
    assert found.cores_used == 350
    assert found.chips == 3
    assert busiest(found) == 1_982_464


def test_balance_synops_of_vgg16() -> None:
    found = fit(VGG16, chip(mapper="balance_synops"))
    assert cores(found) == [64, 64, 32, 64, 26, 52, 52, 20, 38, 38, 19, 19, 19, 2, 2, 1]
    assert found.cores_used == 512
    assert found.chips == 4
    assert busiest(found) == 691_200
    ideal = sum(layer.macs for layer in VGG16.layers[1:]) / (512 - 64)  # layer 0 takes 64
    assert busiest(found) < 1.3 * ideal


def test_discrete_axons_cannot_hold_an_inner_pixel_of_a_4x4_layer_of_512_channels() -> None:
    found = fit(VGG16, chip(conv_axons="discrete"))
    assert [missing.layer for missing in found.missing] == ["conv9", "conv10"]
    assert found.missing[0].message == (
        "core.axons_in_max: 4608 of 4096 input axons for one neuron of conv9: needs >= 4608, "
        "or core.conv_axons: population"
    )
    assert found.missing[1].needed == 4608  # a 2 x 2 window in a corner sees 3 x 3 pixels


def test_a_larger_mesh_is_used_only_by_balance() -> None:
    small = fit(VGG16, chip(mapper="balance_synops"))
    large = fit(VGG16, chip(tiles=(16, 16), mapper="balance_synops"))
    assert busiest(large) < busiest(small)
    assert fit(VGG16, chip(tiles=(16, 16))).cores_used == 350


def test_cores_that_would_only_receive_more_packets_are_left_free() -> None:
    first = conv("first", (1, 28, 28), 16, pool=2)
    net = network(first, conv("second", (16, 14, 14), 16, pool=2))
    found = fit(net, chip(mapper="balance_synops"))
    fewest = fit(net, chip())
    assert fewest.cores_used < found.cores_used < 120
    assert busiest(found) < busiest(fewest) / 4


def test_output_axons_cut_the_sender_further() -> None:
    first = conv("first", (1, 8, 8), 4)
    net = network(first, conv("second", (4, 8, 8), 64))
    assert cores(fit(net, chip()))[:2] == [1, 4]
    assert (
        fit(net, chip()).layers[0].used["axons_out"] == 100
    )  # 10 x 10: two rows and columns go twice
    tight = fit(net, chip(axons_out_max=64))
    assert tight.fits
    assert cores(tight)[:2] == [2, 4]
    assert tight.layers[0].used["axons_out"] == 50
    balanced = fit(net, chip(axons_out_max=64, mapper="balance_synops"))
    assert balanced.fits
    assert all(layer.used["axons_out"] <= 64 for layer in balanced.layers)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    first=layers(pooled=True),
    channels=st.integers(1, 9),
    mapper=st.sampled_from(["min_cores", "balance_synops"]),
    axons=st.sampled_from(["population", "discrete"]),
    neurons=st.integers(4, 40),
    axons_in=st.integers(9, 60),
    axons_out=st.integers(1, 40),
    graded=st.booleans(),
)
def test_whatever_fits_obeys_every_limit_and_covers_every_neuron(
    first, channels, mapper, axons, neurons, axons_in, axons_out, graded
) -> None:  # type: ignore[no-untyped-def]
    net: Network = network(first, conv("second", first.pooled_shape, channels))
    arch = chip(
        mapper=mapper,
        conv_axons=axons,
        neurons_max=neurons,
        axons_in_max=axons_in,
        axons_out_max=axons_out,
        first_layer="on_core_graded" if graded else "current_injected",
    )
    planned, limits = plan(net, arch), Limits.of(arch)
    if planned.missing:
        assert all(missing.needed > missing.available for missing in planned.missing)
        return
    assert len(planned.slices) <= arch.mesh.cores
    for used in usage(net, limits, planned.slices):
        assert used.neurons.max() <= limits.neurons
        assert used.synapse_bits.max() <= limits.synapse_bits
        assert used.axons_in.max() <= limits.axons_in
        assert used.axons_out.max() <= limits.axons_out
    held = {
        (s.layer, y, x, c)
        for s in planned.slices
        for y in range(*s.y)
        for x in range(*s.x)
        for c in range(*s.c)
    }
    assert len(held) == sum(s.neurons for s in planned.slices)
    assert len(held) == sum(layer.neurons for layer in net.layers)
    for s in planned.slices:
        assert not any(edge % net.layers[s.layer].pool for edge in (*s.y, *s.x))


@pytest.mark.parametrize("mapper", ["min_cores", "balance_synops"])
def test_plans_are_deterministic(mapper: str) -> None:
    assert plan(VGG16, chip(mapper=mapper)) == plan(VGG16, chip(mapper=mapper))
