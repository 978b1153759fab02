"""What one spike of each output costs on its way, as tables over the outputs of a layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hwsim.chip.binary_crossbar.floor import Floor
from hwsim.mapping.mapping import Mapping
from hwsim.mapping.reach import Ints, counts, ranges
from hwsim.mapping.route import chip_crossings, hops
from hwsim.network.graph import Network


@dataclass(frozen=True)
class Costs:
    """Over the outputs of a layer (height, width, channels), pooled ones in layer 0:

    * `tile`: where it fires, * `copies`: neurons that fire,
    * `packets`: copies that are sent somewhere,
    * `travel` (.., 3): hops along x and y and chip crossings of these packets together.
    """

    tile: Ints
    copies: Ints
    packets: Ints
    travel: Ints


def travels(mapping: Mapping, source: Ints, target: Ints) -> Ints:
    """(.., 3) hops along x, along y and chip crossings between tiles."""
    x, y = hops(mapping.tiles_x, source, target)
    return np.stack([x, y, chip_crossings(mapping, source, target)], axis=-1)


def costs(number: int, network: Network, mapping: Mapping, floor: Floor) -> Costs:
    """The tables of layer `number`."""
    layer = network.layers[number]
    each = 1 if number else layer.pool
    scale = layer.pool // each
    channels, height, width = layer.out_shape
    shape = height // each, width // each, channels
    tile, copies, packets = (np.zeros(shape, np.int64) for _ in range(3))
    travel = np.zeros((*shape, 3), np.int64)
    for index in mapping.of_layer(number):
        s, cluster = mapping.slices[index], floor.clusters[index]
        here = (
            slice(s.y[0] // each, s.y[1] // each),
            slice(s.x[0] // each, s.x[1] // each),
            slice(*s.c),
        )
        block = tile[here].shape
        copies[here] = cluster.copies.reshape(block)
        tile[here] = _firing(floor, index).reshape(block) // mapping.cores_per_tile
    if number + 1 < len(network.layers):
        following = network.layers[number + 1]
        held = mapping.of_layer(number + 1)
        blocks = [mapping.slices[index] for index in held]
        rows, columns = (counts(following, axis, ranges(blocks, axis)) > 0 for axis in (0, 1))
        for place, index in enumerate(held):
            inside = np.ix_(rows[place].repeat(scale), columns[place].repeat(scale))
            target = _receiving(floor, index, channels) // mapping.cores_per_tile
            packets[inside] += 1
            travel[inside] += travels(mapping, tile[inside], target)
    return Costs(tile, copies, packets, travel)


def _firing(floor: Floor, index: int) -> Ints:
    """(outputs,) the core that fires each output of a slice."""
    cluster, cores = floor.clusters[index], floor.cores[index]
    if cluster.fused:
        return np.full(len(cluster.copies), cores[0])
    lengths = [stop - start for start, stop in cluster.runs]
    return np.repeat(cores[len(cluster.pieces) :], lengths)


def _receiving(floor: Floor, index: int, channels: int) -> Ints:
    """(channels,) the partial core of a slice that takes each input channel."""
    pieces = floor.clusters[index].pieces
    lengths = [stop - start for start, stop in pieces]
    found = np.repeat(floor.cores[index][: len(pieces)], lengths)
    assert len(found) == channels
    return found
