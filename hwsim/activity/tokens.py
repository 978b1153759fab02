"""End-of-step tokens of `asynchronous`: one a timestep to every slice that a sender can reach."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hwsim.actions import Action
from hwsim.activity.ledger import Ledger
from hwsim.activity.traffic import Ints, Stage, transit
from hwsim.activity.window import HOST
from hwsim.arch.digital import DigitalArch
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Layer


def count_tokens(
    ledger: Ledger,
    layers: tuple[Layer, ...],
    mapping: Mapping,
    arch: DigitalArch,
    stages: list[Stage],
) -> None:
    """Their packets and lookups, for all timesteps of a chunk; they do no synaptic operation."""
    if arch.first_layer == "on_core_graded":
        first = np.arange(ledger.batch) % ledger.window.timesteps == 0
        fresh = first if arch.first_layer_cached else np.ones_like(first)
        reach = np.any(stages[0].arrivals.lookups, axis=0, keepdims=True)
        _file(ledger, HOST, slice(-1, None), np.zeros(1, np.int64), reach, stages[0], fresh,
              mapping, arch)  # fmt: skip
    always = np.ones(ledger.batch, np.bool_)
    for number, layer in enumerate(layers[:-1]):
        held, stage = mapping.of_layer(number), stages[number + 1]
        width = layer.out_shape[2] // layer.pool
        reach = []
        for index in held:
            part = mapping.slices[index]
            y, x = (np.arange(a // layer.pool, b // layer.pool) for a, b in (part.y, part.x))
            pixels = (y[:, None] * width + x).ravel()
            reach.append(stage.arrivals.lookups[pixels].any(axis=0))
        tiles = mapping.tiles[list(held)]
        where = slice(held.start, held.stop)
        _file(ledger, number, where, tiles, np.array(reach), stage, always, mapping, arch)


def _file(
    ledger: Ledger,
    layer: int,
    where: slice,
    tiles: Ints,
    reach: np.ndarray[tuple[int, int], np.dtype[np.bool_]],
    stage: Stage,
    when: np.ndarray[tuple[int], np.dtype[np.bool_]],
    mapping: Mapping,
    arch: DigitalArch,
) -> None:
    """`reach` (senders, D): whom each can reach; `when` (B,): whether they send."""
    sets = replace(stage.arrivals, member=reach.astype(np.int64))
    table = transit(tiles, sets, mapping, arch.router.multicast)
    each = np.arange(len(tiles))
    stage.send(ledger, layer, where, when[:, None, None] * table[each, each])
    slices = stage.arrivals.slices
    there = slice(slices[0], slices[-1] + 1)
    ledger.add(Action.AXON_IN_LOOKUP, layer, there, np.outer(when, reach.sum(axis=0)))
