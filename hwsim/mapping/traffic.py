"""The traffic that a mapping can expect: every pooled output of every layer spikes once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from hwsim.mapping.mapping import Mapping, Slice
from hwsim.mapping.reach import counts, ranges, shared_pixels
from hwsim.mapping.route import Floats, Links, chip_crossings, hops, link_loads
from hwsim.network.graph import Network


def packets(network: Network, slices: Sequence[Slice]) -> Floats:
    """(slice, slice) packets from one slice to another, one to each core that a spike reaches.

    Whole numbers far below 2**53, kept as floats for the matrix products of the placement; sums
    of them are exact in any order.
    """
    load = np.zeros((len(slices), len(slices)))
    by_layer = _indices(network, slices)
    for index, (senders, receivers) in enumerate(pairwise(by_layer)):
        sending, receiving = [slices[i] for i in senders], [slices[i] for i in receivers]
        layer, following = network.layers[index], network.layers[index + 1]
        channels = np.diff(ranges(sending, 2), axis=1)
        pixels = shared_pixels(layer, sending, following, receiving)
        load[np.ix_(senders, receivers)] = pixels * channels
    return load


def host_packets(network: Network, slices: Sequence[Slice]) -> Floats:
    """(slice,) graded packets that a host at tile (0, 0) sends to each slice."""
    load = np.zeros(len(slices))
    first, layer = _indices(network, slices)[0], network.layers[0]
    receiving = [slices[i] for i in first]
    rows, columns = (counts(layer, axis, ranges(receiving, axis)) for axis in (0, 1))
    pixels = np.count_nonzero(rows, axis=1) * np.count_nonzero(columns, axis=1)
    load[first] = pixels * layer.in_shape[0]
    return load


def _indices(network: Network, slices: Sequence[Slice]) -> list[list[int]]:
    held: list[list[int]] = [[] for _ in network.layers]
    for index, s in enumerate(slices):
        held[s.layer].append(index)
    return held


@dataclass(frozen=True)
class Traffic:
    """What a placement makes of the expected packets between cores (the host's are left out).

    Counts are for every pooled output spiking once; scale them by a firing rate.
    """

    packets: int
    packet_hops: int
    chip_crossings: int
    links: Links

    @property
    def mean_hops(self) -> float:
        """Hops of the average packet."""
        return self.packet_hops / self.packets if self.packets else 0.0


def traffic(network: Network, mapping: Mapping) -> Traffic:
    """The expected traffic of a placed mapping."""
    load = packets(network, mapping.slices)
    senders, receivers = np.nonzero(load)
    weight = load[senders, receivers]
    source, target = mapping.tiles[senders], mapping.tiles[receivers]
    x, y = hops(mapping.tiles_x, source, target)
    return Traffic(
        packets=int(weight.sum()),
        packet_hops=int((weight * (x + y)).sum()),
        chip_crossings=int((weight * chip_crossings(mapping, source, target)).sum()),
        links=link_loads(mapping.tiles_x, mapping.tiles_y, source, target, weight),
    )
