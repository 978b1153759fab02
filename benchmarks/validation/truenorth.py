"""TrueNorth's power at 20 Hz and 128 active synapses, out of the ordinary count and prices.

Merolla et al. 2014 measure 72 mW of one chip at 0.775 V and 1 ms a tick, whose 4096 x 256 neurons
fire at 20 Hz, each through 128 synapses. The preset's price of a synaptic operation and its
leakage were derived from such measurements, so this is a calibration.

Synthetic: a network of 1 x 1 convolutions of 128 channels over 8 x 8 pixels, 128 layers deep: 32
cores a layer, 2 pixels x 128 channels in and out of each, so that every spike meets 128 synapses
and has one destination. The first layer's cores are relays (one synapse a spike) and the readout
does not fire: 2 of 128 layers. Spikes are random, 2 % of the neurons in each tick, and cores lie at
random, as in the benchmark networks (21.3 hops a dimension on average; uniform: 64 / 3).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from benchmarks.validation.row import Row
from hwsim.actions import Action
from hwsim.activity import Tally
from hwsim.arch.binary_crossbar import BinaryCrossbarArch
from hwsim.arch.load import load_arch
from hwsim.chip.binary_crossbar.kind import BinaryCrossbar
from hwsim.energy import price
from hwsim.mapping.mapping import Mapping, Slice
from hwsim.network.graph import Layer, Network
from hwsim.trace.store import Origin, SpikeTrace, pack

SOURCE = "Merolla et al., Science 345, 2014, with its supplement"
LAYERS, CHANNELS, SIDE = 128, 128, 8
RATE_HZ = 20
TICKS = 4
"""Images of one timestep, each a tick of the stream."""
KIND = BinaryCrossbar()


def workload() -> Network:
    """128 layers that fill 4096 cores."""
    shape = (CHANNELS, SIDE, SIDE)
    layers = [
        Layer(f"layer{n}", "conv", shape if n else (1, SIDE, SIDE), shape, (1, 1))
        for n in range(LAYERS)
    ]
    layers[-1] = replace(layers[-1], spiking=False)
    return Network("truenorth_20hz", "none", 1, tuple(layers))


def chip() -> BinaryCrossbarArch:
    """The preset with one real chip."""
    one = ["mesh.tiles_x=64", "mesh.tiles_y=64"]
    arch = load_arch("truenorth_like", overrides=one).arch
    assert isinstance(arch, BinaryCrossbarArch)
    return arch


def scattered(network: Network, arch: BinaryCrossbarArch) -> Mapping:
    """Two pixels and all channels a core, each core anywhere."""
    mesh = arch.mesh
    blocks = [
        (number, (y, y + 1), (x, x + 2), (0, CHANNELS))
        for number in range(len(network.layers))
        for y in range(SIDE)
        for x in range(0, SIDE, 2)
    ]
    places = np.random.default_rng(0).permutation(mesh.cores).tolist()
    return Mapping(
        tuple(Slice(core, *block) for core, block in zip(places, blocks, strict=True)),
        "random",
        mesh.tiles_x,
        mesh.tiles_y,
        mesh.cores_per_tile,
        mesh.chip_tiles_x,
        mesh.chip_tiles_y,
    )


def spikes(network: Network, arch: BinaryCrossbarArch) -> SpikeTrace:
    """Every neuron fires in a tick with the same probability."""
    rng = np.random.default_rng(1)
    rate = RATE_HZ * arch.timestep.tick_ps / 10**12
    shape = (TICKS, 1, SIDE, SIDE, CHANNELS)
    fired = tuple(pack(rng.random(shape) < rate) for _ in network.spiking_layers)
    return SpikeTrace(
        network,
        Origin("synthetic", "0" * 64, None, "random"),
        fired,
        np.ones((TICKS, 1, SIDE * SIDE), np.int8),
        np.zeros((TICKS, network.classes), np.int64),
        np.full(TICKS, -1, np.int64),
    )


@dataclass(frozen=True)
class Measured:
    """`power_mw` of the chip, without the front end; `event_pj`, the same for each synaptic
    operation; what the workload turned out to be."""

    power_mw: float
    event_pj: float
    events_per_s: float
    mean_hops: float
    """Of a packet, in each dimension."""


def measure() -> Measured:
    """Some ticks of the workload, counted and priced."""
    arch, network = chip(), workload()
    mapping = scattered(network, arch)
    tally = Tally.of(KIND.count(spikes(network, arch), mapping, arch, "stream"), mapping)
    ticks_ps = np.full(TICKS, arch.timestep.tick_ps, np.int64)
    energy = price(tally, ticks_ps, mapping, arch, network)
    picojoules = energy.total.sum - energy.by_action[Action.SYNAPSE_MAC].sum
    seconds = Fraction(TICKS * arch.timestep.tick_ps, 10**12)
    places = tally.by_layer()
    events = int(places[Action.SYNAPSE_OP].sum())
    hops = sum(int(places[hop][:-1].sum()) for hop in (Action.ROUTER_HOP_X, Action.ROUTER_HOP_Y))
    return Measured(
        power_mw=float(picojoules / seconds / 10**9),
        event_pj=float(picojoules / events),
        events_per_s=float(events / seconds),
        mean_hops=hops / int(places[Action.AXON_OUT_SEND].sum()) / 2,
    )


def rows() -> list[Row]:
    """The power of the chip, and what it comes to for a synaptic event."""
    found, at = measure(), "20 Hz, 128 synapses, 0.775 V"
    return [
        Row(f"TrueNorth, {at}: power", 72, found.power_mw, "mW", "calibration", SOURCE, 0.25),
        Row(f"TrueNorth, {at}: chip a synaptic event", 26, found.event_pj, "pJ", "calibration",
            SOURCE, 0.25),
    ]  # fmt: skip
