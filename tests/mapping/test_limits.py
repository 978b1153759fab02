"""What slices use, against counting one by one, and against the table of candidates."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.mapping.grid import candidates
from hwsim.mapping.limits import Limits, usage
from hwsim.network.graph import Network
from tests.mapping.chips import chip, conv, network, readout
from tests.mapping.geometries import connections, cut, inside, layers

fixed = settings(derandomize=True, deadline=None, max_examples=60)


@fixed
@given(st.data(), st.sampled_from(["population", "discrete"]))
def test_usage_is_what_counting_gives(data: st.DataObject, axons: str) -> None:
    layer = data.draw(layers(pooled=True))
    net = network(layer)
    slices = [s for i, each in enumerate(net.layers) for s in data.draw(cut(each, i))]
    limits = Limits.of(chip(conv_axons=axons, first_layer="on_core_graded"))
    used, after = usage(net, limits, slices)
    held = [s for s in slices if s.layer == 0]
    receivers = len(slices) - len(held)
    discrete = axons == "discrete"
    for i, s in enumerate(held):
        rows, columns, channels = s.shape
        met = [(iy, ix) for iy, ix, oy, ox in connections(layer) if inside(s, oy, ox)]
        assert used.neurons[i] == rows * columns * channels
        assert used.synapse_bits[i] == channels * layer.fan_in * 8
        assert used.axons_in[i] == len(set(met)) * (layer.in_shape[0] if discrete else 1)
        assert used.synops[i] == len(met) * channels * layer.in_shape[0]
        pixels = rows * columns // layer.pool**2  # the readout is reached from every pixel
        assert used.axons_out[i] == pixels * receivers * (channels if discrete else 1)
    assert (after.axons_out == 0).all()


def test_an_injected_layer_needs_neither_synapses_nor_input_axons() -> None:
    net = network(conv("first", (3, 8, 8), 4, pool=2))
    slices = candidates(net, 0, Limits.of(chip())).grid(0).slices(0, 0)
    used = usage(net, Limits.of(chip()), slices)[0]
    assert used.synapse_bits.sum() == used.axons_in.sum() == used.synops.sum() == 0
    graded = usage(net, Limits.of(chip(first_layer="on_core_graded")), slices)[0]
    assert graded.synops.sum() == net.layers[0].macs


@fixed
@given(st.data(), st.sampled_from(["population", "discrete"]))
def test_candidates_know_what_their_blocks_use(data: st.DataObject, axons: str) -> None:
    layer = data.draw(layers(pooled=True))
    net = Network("net", "none", 1, (layer, readout(layer)))
    limits = Limits.of(chip(conv_axons=axons, first_layer="on_core_graded"))
    table, last = (candidates(net, index, limits) for index in (0, 1))
    row = data.draw(st.integers(0, len(table) - 1))
    after = last.grid(data.draw(st.integers(0, len(last) - 1)))
    grid = table.grid(row)
    slices = grid.slices(0, 0)
    used = usage(net, limits, [*slices, *after.slices(1, len(slices))])[0]
    assert grid.cores == len(slices) == table.cores[row]
    assert table.work[row] == used.synops.max()
    assert table.axons_out(after, limits.discrete)[row] == used.axons_out.max()
    reach: dict[tuple[int, int], set[int]] = {}
    for iy, ix, oy, ox in connections(layer):
        reach.setdefault((iy, ix), set()).update(
            i for i, s in enumerate(slices) if inside(s, oy, ox)
        )
    packets = sum(len(cores) for cores in reach.values())
    destinations = max((len(cores) for cores in reach.values()), default=0)
    assert (table.packets[row], table.destinations()[row]) == (packets, destinations)


@pytest.mark.parametrize(
    ("limit", "value"), [("neurons_max", 16), ("synapse_mem_kib", 1), ("axons_in_max", 16)]
)
def test_candidates_obey_every_limit(limit: str, value: int) -> None:
    first = conv("first", (3, 8, 8), 24, pool=2)
    net = network(first, conv("second", first.pooled_shape, 12))
    limits = Limits.of(chip(first_layer="on_core_graded", **{limit: value}))
    free = Limits.of(chip(first_layer="on_core_graded"))
    assert any(
        len(candidates(net, index, limits)) < len(candidates(net, index, free)) for index in (0, 1)
    )
    for index in (0, 1):
        table = candidates(net, index, limits)
        assert 0 < len(table) <= len(candidates(net, index, free))
        for row in range(len(table)):
            used = usage(net, limits, table.grid(row).slices(index, 0))[index]
            assert used.neurons.max() <= limits.neurons
            assert used.synapse_bits.max() <= limits.synapse_bits
            assert used.axons_in.max() <= limits.axons_in
