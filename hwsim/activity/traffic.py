"""What one spike costs on its way: destinations, packets, hops, as tables over source pixels.

A spike's destinations depend on its pixel, not on its channel, and many pixels share one set of
destinations (a *group*). So hops are a table by (source slice, group), and a layer's traffic is
the spikes per pixel times that table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwsim.actions import Action
from hwsim.activity.ledger import Ledger
from hwsim.mapping.fanout import fan_out
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Layer

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Arrivals:
    """The destinations of what arrives at a layer, per pixel p of its input.

    `slices` (D,) are the layer's slices, `lookups` (P, D) is 1 where a spike at p is delivered,
    `taps` (P, D) the output positions that it reaches there. `group` (P,) numbers the distinct
    sets of destinations, which are the rows of `member` (G, D).
    """

    slices: Ints
    lookups: Ints
    taps: Ints
    group: Ints
    member: Ints

    @classmethod
    def at(cls, number: int, layer: Layer, mapping: Mapping) -> Arrivals:
        """The tables of layer `number`, from its fan-out."""
        table, slices = fan_out(number, layer, mapping), mapping.of_layer(number)
        pixels = layer.in_shape[1] * layer.in_shape[2]
        pixel = np.repeat(np.arange(pixels), np.diff(table.pointer))
        taps = np.zeros((pixels, len(slices)), np.int64)
        taps[pixel, table.slices - slices.start] = table.taps
        # Bits sort faster than words, and alike.
        sets, group = np.unique(np.packbits(taps > 0, axis=1), axis=0, return_inverse=True)
        member = np.unpackbits(sets, axis=1, count=len(slices)).astype(np.int64)
        lookups = (taps > 0).astype(np.int64)
        return cls(np.array(slices, np.int64), lookups, taps, group.reshape(-1), member)


def transit(source_tiles: Ints, arrivals: Arrivals, mapping: Mapping, multicast: str) -> Ints:
    """(sources, G, 5): what one spike from a source tile to a group of destinations costs.

    The columns are packets sent (which are injected too), hops along x and along y, packets
    ejected, and hops that cross from one chip to another.
    """
    make = _unicast if multicast == "none" else _tree
    return np.stack(make(source_tiles, arrivals, mapping), axis=-1)


def _unicast(source_tiles: Ints, arrivals: Arrivals, mapping: Mapping) -> tuple[Ints, ...]:
    """One packet per destination; each walks its own columns and rows."""
    tiles, group = mapping.tiles[arrivals.slices], arrivals.member.T

    def distances(of_source: Ints, of_destination: Ints) -> Ints:
        sums: Ints = np.abs(of_destination[None, :] - of_source[:, None]) @ group
        return sums

    sx, sy = source_tiles % mapping.tiles_x, source_tiles // mapping.tiles_x
    dx, dy = tiles % mapping.tiles_x, tiles // mapping.tiles_x
    wide, high = mapping.chip_tiles_x, mapping.chip_tiles_y
    copies = np.broadcast_to(group.sum(axis=0), (len(source_tiles), group.shape[1]))
    links = distances(sx // wide, dx // wide) + distances(sy // high, dy // high)
    return copies, distances(sx, dx), distances(sy, dy), copies, links


def _tree(source_tiles: Ints, arrivals: Arrivals, mapping: Mapping) -> tuple[Ints, ...]:
    """One packet; the union of the XY routes is a stretch of the source's row, and from it a
    stretch of the column of each destination."""
    tiles, member = mapping.tiles[arrivals.slices], arrivals.member > 0
    sx, sy = (source_tiles % mapping.tiles_x)[:, None], (source_tiles // mapping.tiles_x)[:, None]
    x, y = tiles % mapping.tiles_x, tiles // mapping.tiles_x
    wide, high = mapping.chip_tiles_x, mapping.chip_tiles_y
    hops_x, links = _stretch(sx, x, member, wide)
    hops_y, ejects = np.zeros_like(hops_x), np.zeros_like(hops_x)
    for column in np.unique(x):
        here = member & (x == column)
        hops, crossed = _stretch(sy, y, here, high)
        hops_y, links = hops_y + hops, links + crossed
        for row in np.unique(y[x == column]):
            ejects = ejects + (here & (y == row)).any(axis=1)
    sends = np.broadcast_to(member.any(axis=1).astype(np.int64), hops_x.shape)
    return sends, hops_x, hops_y, ejects, links


def _stretch(
    source: Ints, place: Ints, member: npt.NDArray[np.bool_], chip: int
) -> tuple[Ints, Ints]:
    """(sources, G) edges between a source and the farthest of `place` on either side of it, and
    how many of them cross a chip boundary."""
    far = np.where(member, place, -1).max(axis=1)[None, :]
    near = np.where(member, place, np.iinfo(np.int64).max).min(axis=1)[None, :]
    far, near = np.maximum(far, source), np.minimum(near, source)
    return far - near, far // chip - near // chip


@dataclass(frozen=True)
class Stage:
    """What leaves one layer (or the host) and arrives at the next, layer `number`.

    `graded` values are multiplied there, spikes added up. `transit` is the table of the senders,
    in the order of their slices. Of the destinations, `channels` and `words` (D,) are the
    synaptic operations (or MACs) and the words of weights of one tap.
    """

    number: int
    graded: bool
    arrivals: Arrivals
    transit: Ints
    channels: Ints
    words: Ints

    def travel(self, sender: int, spikes: Ints, pixels: Ints | slice = slice(None)) -> Ints:
        """(B, 5) of `spikes` (B, pixels) that slice `sender` sends, by the columns of `transit`."""
        costs: Ints = spikes @ self.transit[sender, self.arrivals.group[pixels]]
        return costs

    def send(self, ledger: Ledger, layer: int, where: slice, costs: Ints) -> None:
        """File `costs` (B, senders, 5) under the senders, in the steps of `layer`."""
        sends, hops_x, hops_y, ejects, links = np.moveaxis(costs, -1, 0)
        first = Action.AXON_OUT_SEND if self.number else Action.INPUT_WRITE
        ledger.add(first, layer, where, sends)
        ledger.add(Action.ROUTER_INJECT, layer, where, sends)
        ledger.add(Action.ROUTER_HOP_X, layer, where, hops_x)
        ledger.add(Action.ROUTER_HOP_Y, layer, where, hops_y)
        ledger.add(Action.ROUTER_EJECT, layer, where, ejects)
        ledger.add(Action.CHIP_LINK_SEND, layer, where, links)

    def deliver(self, ledger: Ledger, layer: int, spikes: Ints) -> None:
        """File what `spikes` (B, pixels) of `layer` do at their destinations."""
        where = slice(self.arrivals.slices[0], self.arrivals.slices[-1] + 1)
        taps = spikes @ self.arrivals.taps
        operation = Action.SYNAPSE_MAC if self.graded else Action.SYNAPSE_OP
        ledger.add(Action.AXON_IN_LOOKUP, layer, where, spikes @ self.arrivals.lookups)
        ledger.add(Action.SYNAPSE_WEIGHT_READ, layer, where, taps * self.words)
        for action in (operation, Action.ACCUMULATOR_READ, Action.ACCUMULATOR_WRITE):
            ledger.add(action, layer, where, taps * self.channels)
