"""The axons and crossbars of a chip, and which neuron's packet goes to which axon.

A *line* is an axon that may hold a spike. The lines of a partial core come from the outputs of the
layer before, those of an adder or relay core from its cluster's own partial cores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwsim.chip.binary_crossbar.cluster import Cluster
from hwsim.chip.binary_crossbar.floor import Floor
from hwsim.mapping.mapping import Mapping, Range
from hwsim.mapping.reach import Ints
from hwsim.network.graph import Layer, Network

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Part:
    """A cluster, ready to work.

    * `axons`, `sums`: its lines, half-open, among all lines of partial cores and among all of
      adders and relays; the lines of a fused cluster have places in both,
    * `rows`, `columns` (outputs, field) whether an output is above an input, along an axis,
    * `starts` (pieces,), `ends` (runs,): where pieces of channels and runs of outputs begin,
    * `partial_tiles`, `run_tiles`: where its cores lie.
    """

    index: int
    cluster: Cluster
    axons: Range
    sums: Range
    rows: Bools
    columns: Bools
    starts: Ints
    ends: Ints
    partial_tiles: Ints
    run_tiles: Ints

    @property
    def field(self) -> tuple[int, int, int]:
        """(rows, columns, channels) of the lines of its partial cores."""
        channels = self.cluster.pieces[-1][1] if self.cluster.pieces else 0
        return self.rows.shape[1], self.columns.shape[1], channels


@dataclass(frozen=True)
class Wires:
    """The packets that a layer's outputs can send, one entry a copy with a destination (E,):
    the `source` output, the `line` among all lines of partial cores, the slices of both ends and
    the tiles of both."""

    source: Ints
    line: Ints
    sender: Ints
    receiver: Ints
    tile: Ints
    target: Ints


def parts(network: Network, mapping: Mapping, floor: Floor) -> tuple[Part, ...]:
    """All clusters, in the order of slices."""
    found, axons, sums = [], 0, 0
    for index, (cluster, cores) in enumerate(zip(floor.clusters, floor.cores, strict=True)):
        layer, pieces = network.layers[cluster.slice.layer], len(cluster.pieces)
        rows = _above(layer, 0, cluster.slice.y, cluster.rows)
        columns = _above(layer, 1, cluster.slice.x, cluster.columns)
        lines = rows.shape[1] * columns.shape[1] * layer.in_shape[0] if pieces else 0
        added = lines if cluster.fused else len(cluster.copies) * max(pieces, 1)
        tiles = cores // mapping.cores_per_tile
        found.append(
            Part(
                index=index,
                cluster=cluster,
                axons=(axons, axons + lines),
                sums=(sums, sums + added),
                rows=rows,
                columns=columns,
                starts=np.array([start for start, _ in cluster.pieces], np.int64),
                ends=np.array([start for start, _ in cluster.runs], np.int64),
                partial_tiles=tiles[:pieces],
                run_tiles=tiles[pieces:],
            )
        )
        axons, sums = axons + lines, sums + added
    return tuple(found)


def _above(layer: Layer, axis: int, held: Range, inputs: Range) -> Bools:
    """(outputs, inputs) whether the kernel of an output covers an input, along an axis."""
    first = np.arange(*held)[:, None] * layer.stride - layer.padding
    at = np.arange(*inputs)[None, :]
    above: Bools = (at >= first) & (at < first + layer.kernel[axis])
    return above


def wires(number: int, network: Network, mapping: Mapping, made: tuple[Part, ...]) -> Wires:
    """What the outputs of layer `number` can send to the next one."""
    layer = network.layers[number]
    each = layer.pool if number else 1
    channels, height, width = layer.out_shape if number else layer.pooled_shape
    sender, tile = (np.zeros((height, width, channels), np.int64) for _ in range(2))
    for index in mapping.of_layer(number):
        part, s = made[index], mapping.slices[index]
        over = 1 if number else layer.pool
        block = (*(slice(a // over, b // over) for a, b in (s.y, s.x)), slice(*s.c))
        sender[block] = index
        if part.cluster.fused:
            tile[block] = part.partial_tiles[0]
        else:
            sizes = np.diff([*part.ends, len(part.cluster.copies)])
            tile[block] = np.repeat(part.run_tiles, sizes).reshape(tile[block].shape)
    found: list[tuple[Ints, ...]] = []
    outputs = np.arange(height * width * channels).reshape(height, width, channels)
    for index in mapping.of_layer(number + 1):
        part = made[index]
        lines = np.arange(*part.axons).reshape(part.field)
        rows, columns = (np.flatnonzero(a.any(axis=0)) for a in (part.rows, part.columns))
        into = part.cluster.rows[0], part.cluster.columns[0]
        piece = np.searchsorted(part.starts, np.arange(channels), side="right") - 1
        for dy in range(each):
            for dx in range(each):
                at = np.ix_((rows + into[0]) * each + dy, (columns + into[1]) * each + dx)
                source, to = outputs[at], lines[np.ix_(rows, columns)]
                found.append(
                    (
                        source.ravel(),
                        to.ravel(),
                        sender[at].ravel(),
                        np.full(source.size, index),
                        tile[at].ravel(),
                        np.broadcast_to(part.partial_tiles[piece], source.shape).ravel(),
                    )
                )
    return Wires(*(np.concatenate(column) for column in zip(*found, strict=True)))
