"""The fan-out against every connection, one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.mapping.digital import map_network
from hwsim.mapping.fanout import fan_out
from hwsim.mapping.mapping import Mapping, Slice
from tests.mapping.chips import VGG16, chip, conv
from tests.mapping.geometries import connections, cut, inside, layers, placed

fixed = settings(derandomize=True, deadline=None, max_examples=150)


@fixed
@given(st.data())
def test_fan_out_is_every_connection(data: st.DataObject) -> None:
    layer = data.draw(layers())
    mapping = data.draw(placed(data.draw(cut(layer, 0))))
    expected: dict[tuple[int, int], set[tuple[int, int]]] = {}
    for iy, ix, oy, ox in connections(layer):
        for index, s in enumerate(mapping.slices):
            if inside(s, oy, ox):
                pixel = iy * layer.in_shape[2] + ix
                expected.setdefault((pixel, index), set()).add((oy, ox))

    table = fan_out(0, layer, mapping)
    found = {}
    for pixel in range(layer.in_shape[1] * layer.in_shape[2]):
        entries = range(table.pointer[pixel], table.pointer[pixel + 1])
        cores = [mapping.slices[table.slices[entry]].core for entry in entries]
        assert cores == sorted(cores)
        for entry in entries:
            (y0, y1), (x0, x1) = table.rows[entry], table.columns[entry]
            reached = {(y, x) for y in range(y0, y1) for x in range(x0, x1)}
            found[pixel, int(table.slices[entry])] = reached
            s = mapping.slices[table.slices[entry]]
            assert table.taps[entry] == len(reached)
            assert table.channels[entry] == s.c[1] - s.c[0]
            assert table.synops[entry] == len(reached) * (s.c[1] - s.c[0])
    assert found == expected
    assert table.pointer[-1] == len(table.slices) == len(expected)
    assert table.synops.sum() * layer.in_shape[0] == layer.macs


def test_a_pixel_between_strides_reaches_nothing() -> None:
    layer = conv("layer", (1, 5, 5), 2, kernel=(1, 1), stride=2, padding=0)
    mapping = Mapping((Slice(0, 0, (0, 3), (0, 3), (0, 2)),), "by hand", 1, 1, 1, 1, 1)
    table = fan_out(0, layer, mapping)
    reached = np.diff(table.pointer).reshape(5, 5)
    assert reached[::2, ::2].all()
    assert reached.sum() == 9


def test_a_corner_and_the_middle_of_a_padded_3x3_over_four_cores() -> None:
    layer = conv("layer", (1, 4, 4), 3)
    blocks = [((0, 2), (0, 2)), ((0, 2), (2, 4)), ((2, 4), (0, 2)), ((2, 4), (2, 4))]
    slices = tuple(
        Slice(core, 0, *block, (0, 3)) for core, block in zip([3, 2, 1, 0], blocks, strict=True)
    )
    table = fan_out(0, layer, Mapping(slices, "by hand", 4, 1, 1, 4, 1))
    corner = slice(table.pointer[0], table.pointer[1])
    assert table.slices[corner].tolist() == [0]
    assert table.synops[corner].tolist() == [4 * 3]
    middle = slice(table.pointer[5], table.pointer[6])  # y 1, x 1: one tap or more in each
    assert table.slices[middle].tolist() == [3, 2, 1, 0]
    assert table.taps[middle].tolist() == [1, 2, 2, 4]


@pytest.mark.parametrize("mapper", ["min_cores", "balance_synops"])
def test_every_input_of_vgg16_once_is_its_edge_correct_macs(mapper: str) -> None:
    mapping = map_network(VGG16, chip(mapper=mapper))
    total = 0
    for index, layer in enumerate(VGG16.layers[1:], start=1):
        synops = int(fan_out(index, layer, mapping).synops.sum()) * layer.in_shape[0]
        assert synops == layer.macs
        total += synops
    assert total == 246_141_952
