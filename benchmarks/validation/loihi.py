"""Loihi's Table 2: a few neurons and spikes by hand arithmetic, and every pair of tiles."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from benchmarks.validation.chip import loihi_like
from benchmarks.validation.row import Row
from benchmarks.validation.step import everywhere, moved
from hwsim.actions import Action
from hwsim.activity import Tally, count, dense_synops
from hwsim.chip import burst
from hwsim.chip.chip import Chip
from hwsim.chip.packet import transport
from hwsim.chip.schedule import replay
from hwsim.energy import price
from hwsim.mapping.place import serpentine
from hwsim.mapping.plan import plan
from hwsim.network.vgg import VggShape, vgg
from hwsim.trace.synthetic import synthetic_trace
from tests import toys

SOURCE = "Davies et al., IEEE Micro 38(1) 2018, Table 2, by hand"
SYNOP_PJ, ACTIVE_PJ, INACTIVE_PJ, TILE_PJ, X_PJ, Y_PJ = map(
    Fraction, ("23.6", "81", "52", "1.7", "3.0", "4.0")
)
SYNOP_NS, ACTIVE_NS, INACTIVE_NS, TILE_NS, X_NS, Y_NS = map(
    Fraction, ("3.5", "8.4", "5.3", "2.1", "4.1", "6.5")
)
BARRIER_NS = Fraction(113)
NO_FRONT_END = "energy_pj.synapse.mac=0"
"""Table 2 has no front end."""
Tiles = tuple[int, int]


def rows() -> list[Row]:
    """Two steps of two cores, each as energy and as time; the mesh; VGG16's synapses."""
    return [*_one_core(), _mesh(), *_vgg16()]


def _one_core() -> list[Row]:
    two = 2 * BARRIER_NS
    ends: list[Row] = []
    ends += _case(
        "1,024 neurons, none fires: two steps of 1,024 active or inactive neurons and 1 more",
        1024, 0, 1, (0, 0),
        1024 * (ACTIVE_PJ + INACTIVE_PJ) + 2 * INACTIVE_PJ,
        1024 * (ACTIVE_NS + INACTIVE_NS) + two,
    )  # fmt: skip
    ends += _case(
        "1 neuron fires to 100 synapses on its tile",
        1, 1, 100, (0, 0),
        101 * (ACTIVE_PJ + INACTIVE_PJ) + TILE_PJ + 100 * SYNOP_PJ,
        max(100 * INACTIVE_NS, ACTIVE_NS + TILE_NS + 100 * SYNOP_NS) + 100 * ACTIVE_NS + two,
    )  # fmt: skip
    ends += _case(
        "64 of 256 neurons fire to 32 synapses each: 2,048 in a row",
        256, 64, 32, (0, 0),
        288 * (ACTIVE_PJ + INACTIVE_PJ) + 64 * TILE_PJ + 2048 * SYNOP_PJ,
        ACTIVE_NS + TILE_NS + 2048 * SYNOP_NS + 256 * INACTIVE_NS + two,
    )  # fmt: skip
    ends += _case(
        "1 neuron fires to 1,000 synapses over 5 hops east and 3 south",
        1, 1, 1000, (5, 3),
        1001 * (ACTIVE_PJ + INACTIVE_PJ) + TILE_PJ + 5 * X_PJ + 3 * Y_PJ + 1000 * SYNOP_PJ,
        max(1000 * INACTIVE_NS, ACTIVE_NS + TILE_NS + 5 * X_NS + 3 * Y_NS + 1000 * SYNOP_NS)
        + 1000 * ACTIVE_NS + two,
    )  # fmt: skip
    return ends


def _case(
    claim: str, neurons: int, fire: int, targets: int, away: Tiles, pj: Fraction, ns: Fraction
) -> list[Row]:
    """The first `fire` of a core's neurons fire, to all `targets` on a core so many tiles away."""
    arch = loihi_like(NO_FRONT_END)
    layers = (
        toys.linear("senders", 1, neurons),
        toys.linear("targets", neurons, targets, spiking=False),
    )
    net = toys.network(*layers)
    tile = away[1] * arch.mesh.tiles_x + away[0]
    mapping = toys.mapping(
        arch,
        (0, 0, *toys.whole(layers[0])),
        (tile * arch.mesh.cores_per_tile + 1, 1, *toys.whole(layers[1])),
    )
    fired = (np.arange(neurons) < fire).reshape(1, 1, 1, 1, neurons)
    done = replay(toys.trace(net, [fired]), mapping, arch, "single", transport)
    latency = done.timing.latency_ps
    energy = price(Tally.of(done.activity, mapping), latency, mapping, arch, net).dynamic[0]
    return [
        Row(f"{claim}: energy", _plain(pj), float(energy), "pJ", "regression", SOURCE),
        Row(f"{claim}: time", _plain(ns), int(latency[0]) / 1000, "ns", "regression", SOURCE),
    ]


def _mesh() -> Row:
    """One packet at a time, a microsecond apart, between any two of the 128 tiles."""
    arch = loihi_like()
    mesh = arch.mesh
    tiles = mesh.tiles_x * mesh.tiles_y
    source, target = np.divmod(np.arange(tiles**2), tiles)
    sent = np.arange(tiles**2) * 1_000_000
    placed = everywhere(arch)
    done = moved(source, target, sent, Chip(arch, placed, STUB), burst.transport).delivered_ps
    x = np.abs(source % mesh.tiles_x - target % mesh.tiles_x)
    y = np.abs(source // mesh.tiles_x - target // mesh.tiles_x)
    expected = 2100 + 4100 * x + 6500 * y
    equal = int((done - sent == expected).sum())
    claim = "zero-load latency 2.1 ns + 4.1 ns x + 6.5 ns y: pairs of 16 x 8 tiles with it, to 1 ps"
    return Row(claim, tiles**2, equal, "pairs", "regression", SOURCE)


def _vgg16() -> list[Row]:
    """All pooled outputs send once; a tenth of that is what 10 % of them take."""
    arch = loihi_like()
    network = vgg(VggShape(), dataset="cifar10", classes=10, timesteps=1)
    mapping = serpentine(network, arch, plan(network, arch).slices)
    trace = synthetic_trace(network, 1.0, 1, 0)
    inside = count(trace, mapping, arch, "stream").per_image(Action.SYNAPSE_OP)[0]
    found = []
    for claim, operations, millions, uj in (
        ("taps on padding not counted", int(inside), 24.61, 580.9),
        ("taps on padding counted", int(dense_synops(trace)[0]), 31.20, 736.2),
    ):
        claim = f"VGG16, 10 % of all pooled outputs send, {claim}"
        sent = Fraction(operations, 10)
        energy = float(sent * SYNOP_PJ / 10**6)
        source = "layer shapes by hand, x 23.6 pJ (Davies 2018)"
        found += [
            Row(f"{claim}: operations", millions, float(sent / 10**6), "M", "regression", source),
            Row(f"{claim}: energy", uj, energy, "uJ", "regression", source),
        ]
    return found


STUB = toys.network(toys.linear("a", 1, 1), toys.linear("out", 1, 1, spiking=False))
"""A chip needs a network, also where packets are made by hand."""


def _plain(value: Fraction) -> float:
    return int(value) if value.denominator == 1 else float(value)
