"""Placement, routes and what they carry."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest

from hwsim.mapping.curve import curves, region
from hwsim.mapping.digital import map_network
from hwsim.mapping.mapping import Mapping, Slice
from hwsim.mapping.place import place, serpentine
from hwsim.mapping.plan import plan
from hwsim.mapping.route import chip_crossings, hops, link_loads
from hwsim.mapping.traffic import packets, traffic
from hwsim.network.graph import Layer
from tests.mapping.chips import VGG16, chip, conv, network


@pytest.mark.parametrize(("mapper", "most"), [("min_cores", 2.2), ("balance_synops", 2.9)])
def test_vgg16_is_placed_well_and_soon(mapper: str, most: float) -> None:
    arch = chip(mapper=mapper)
    began = time.process_time()
    mapping = map_network(VGG16, arch)
    assert time.process_time() - began < 10  # about 0.6 s; the bound is for a busy machine
    mapping.check_covers(VGG16.layers)
    before, after = traffic(VGG16, serpentine(VGG16, arch, mapping.slices)), traffic(VGG16, mapping)
    assert after.packets == before.packets
    assert after.mean_hops < most
    assert after.mean_hops < 0.75 * before.mean_hops
    assert after.links.busiest()[0] < before.links.busiest()[0]
    assert map_network(VGG16, arch) == mapping


def test_min_cores_leaves_a_chip_alone() -> None:
    assert map_network(VGG16, chip()).chips_used == 3


def test_a_chain_of_single_cores_takes_one_hop_each() -> None:
    shape = (4, 1, 1)
    chain = [Layer(f"l{i}", "linear", shape, shape, (1, 1)) for i in range(5)]
    net = network(*chain)
    arch = chip(tiles=(3, 2), cores_per_tile=1, chip_tiles=(3, 2))
    mapping = map_network(net, arch)
    assert traffic(net, mapping).packet_hops == traffic(net, mapping).packets == 20


def test_a_small_placement_is_the_best_of_all() -> None:
    net = network(conv("a", (1, 4, 4), 2), conv("b", (2, 4, 4), 2))
    arch = chip(tiles=(3, 2), cores_per_tile=1, chip_tiles=(3, 2), neurons_max=16)
    slices = plan(net, arch).slices
    load = packets(net, slices)
    tiles = np.arange(6)
    distance = sum(hops(3, tiles[:, None], tiles[None, :]))
    best = min(
        (load * distance[np.ix_(order, order)]).sum()
        for order in itertools.permutations(range(6), len(slices))
    )
    assert traffic(net, place(net, arch, slices, "swapped")).packet_hops == best


def test_the_host_draws_the_first_layer_to_tile_0() -> None:
    net = network(conv("a", (3, 4, 4), 2))
    graded = chip(tiles=(4, 4), cores_per_tile=1, chip_tiles=(4, 4), first_layer="on_core_graded")
    assert map_network(net, graded).slices[0].core == 0


def test_packets_between_slices_are_counted_by_pixel_and_channel() -> None:
    net = network(conv("a", (1, 4, 4), 6, pool=2))  # sends (6, 2, 2) to a readout
    slices = [
        Slice(0, 0, (0, 2), (0, 4), (0, 4)),  # 1 x 2 pooled pixels of 4 channels
        Slice(1, 0, (0, 2), (0, 4), (4, 6)),
        Slice(2, 0, (2, 4), (0, 4), (0, 6)),
        Slice(3, 1, (0, 1), (0, 1), (0, 2)),
        Slice(4, 1, (0, 1), (0, 1), (2, 3)),
    ]
    load = packets(net, slices)
    assert load[:3, 3:].tolist() == [[8, 8], [4, 4], [12, 12]]
    assert load.sum() == 48


def test_routes_go_along_x_first() -> None:
    source, target = np.array([0, 0, 11]), np.array([6, 4, 0])  # 4 x 3 tiles
    x, y = hops(4, source, target)
    assert x.tolist() == [2, 0, 3]
    assert y.tolist() == [1, 1, 2]
    links = link_loads(4, 3, source, target, np.array([5.0, 7.0, 1.0]))
    assert links.east.tolist() == [[5, 5, 0, 0], [0] * 4, [0] * 4]
    assert links.south.tolist() == [[7, 0, 5, 0], [0] * 4, [0] * 4]
    assert links.west.tolist() == [[0] * 4, [0] * 4, [0, 1, 1, 1]]
    assert links.north.tolist() == [[0] * 4, [1, 0, 0, 0], [1, 0, 0, 0]]
    assert links.busiest() == (7.0, "south", 0, 0)


def test_link_loads_are_walked_routes() -> None:
    rng = np.random.default_rng(1)
    source, target = rng.integers(0, 35, (2, 60))
    load = rng.integers(1, 9, 60).astype(float)
    links = link_loads(7, 5, source, target, load)
    walked = {name: np.zeros((5, 7)) for name in ("east", "west", "south", "north")}
    for a, b, packets_sent in zip(source.tolist(), target.tolist(), load.tolist(), strict=True):
        (y, x), (ty, tx) = divmod(a, 7), divmod(b, 7)
        while x != tx:
            walked["east" if tx > x else "west"][y, x] += packets_sent
            x += 1 if tx > x else -1
        while y != ty:
            walked["south" if ty > y else "north"][y, x] += packets_sent
            y += 1 if ty > y else -1
    for name, expected in walked.items():
        assert (getattr(links, name) == expected).all(), name


def test_chip_crossings_count_boundaries_on_the_way() -> None:
    mapping = Mapping((Slice(0, 0, (0, 1), (0, 1), (0, 1)),), "by hand", 16, 8, 4, 8, 4)
    source = np.array([0, 0, 7, 127])
    target = np.array([127, 7, 8, 0])
    assert chip_crossings(mapping, source, target).tolist() == [2, 0, 1, 2]


def test_curves_visit_every_tile_once_and_step_to_a_neighbour_within_a_band() -> None:
    mesh = chip(tiles=(5, 3), chip_tiles=(5, 3)).mesh
    for curve in curves(mesh):
        assert sorted(curve) == list(range(15))
    for curve in curves(mesh)[:2]:
        x, y = hops(5, np.array(curve[:-1]), np.array(curve[1:]))
        assert ((x + y) == 1).all()


def test_a_region_is_the_fewest_chips() -> None:
    mesh = chip(tiles=(20, 8)).mesh  # 2 chips of 8 x 4 and one of 4 x 4 in a row, two rows
    assert len(region(mesh, 1)) == 32
    assert len(region(mesh, 128)) == 32
    assert len(region(mesh, 129)) == 64
    assert len(region(mesh, 513)) == 144
    assert len(region(mesh, 640)) == 160
