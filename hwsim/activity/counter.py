"""Counts straight from the trace: spikes per pixel times what one spike there costs.

No loop over spikes, packets, neurons or synapses: images and timesteps are array axes, layers and
slices are loops. Written apart from the replay in `hwsim.chip`, which must give the same integers.
docs/counting.md is the contract of both.
"""

from __future__ import annotations

import numpy as np

from hwsim.actions import Action
from hwsim.activity.activity import Activity, Experiment
from hwsim.activity.firing import Bools, one_by_one, pooled, reached, unpack, worth
from hwsim.activity.ledger import Ledger
from hwsim.activity.scan import count_scans, everyone_active
from hwsim.activity.source import check_source, count_source
from hwsim.activity.tokens import count_tokens
from hwsim.activity.traffic import Arrivals, Stage, transit
from hwsim.activity.window import Window
from hwsim.arch.digital import DigitalArch
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Layer, Network
from hwsim.trace.store import SpikeTrace

CHUNK = 1 << 22
"""Neurons (a byte each) that are unpacked at once: bounds memory, however many the images."""


def count(
    trace: SpikeTrace,
    mapping: Mapping,
    arch: DigitalArch,
    experiment: Experiment,
    *,
    steps: range | None = None,
) -> Activity:
    """Every action of docs/counting.md, by image, timestep and slice.

    `steps` narrows `single` to those of its steps: their scans, the spikes that these send and
    the synaptic work of these spikes, which is done in the same step.

    Raises InvalidInput for a mapping that does not cover the network, and for a cached first
    layer whose input changes from one timestep to the next.
    """
    network = trace.network
    check_source(trace, arch)
    mapping.check_covers(network.layers)
    host = int(arch.first_layer == "on_core_graded")
    schedule = arch.timestep.semantics
    window = Window(
        experiment, network.timesteps, len(network.layers), host, schedule == "layer_sequential",
        steps, stepless=schedule == "asynchronous",
    )  # fmt: skip
    activity = Activity.zeros(experiment, trace.images, network.timesteps, mapping, arch.ACTIONS)
    active = np.zeros((trace.images, network.timesteps, len(mapping.slices)), np.int64)
    stages = [_stage(number, network, mapping, arch) for number in range(len(network.layers))]
    largest = max(layer.neurons for layer in network.layers) * network.timesteps
    length = max(CHUNK // largest, 1)
    for start in range(0, trace.images, length):
        images = slice(start, min(start + length, trace.images))
        ledger = Ledger(activity, active, window, images)
        _count_chunk(ledger, trace, mapping, arch, stages)
        if window.stepless:
            count_tokens(ledger, network.layers, mapping, arch, stages)
    count_scans(activity, active, network.layers, mapping, arch, window)
    return activity


def _stage(number: int, network: Network, mapping: Mapping, arch: DigitalArch) -> Stage:
    """The tables of what arrives at layer `number`; the host at tile 0 sends to layer 0."""
    arrivals = Arrivals.at(number, network.layers[number], mapping)
    before = list(mapping.of_layer(number - 1)) if number else []
    tiles = mapping.tiles[before] if number else np.zeros(1, np.int64)
    channels = np.array([mapping.slices[i].shape[2] for i in arrivals.slices], np.int64)
    words = -(-channels * network.weight_bits // arch.synapse.word_bits)
    table = transit(tiles, arrivals, mapping, arch.router.multicast)
    graded = number == 0 or (network.layers[number - 1].graded and arch.takes_counts)
    return Stage(number, graded, arrivals, table, channels, words)


def _count_chunk(
    ledger: Ledger, trace: SpikeTrace, mapping: Mapping, arch: DigitalArch, stages: list[Stage]
) -> None:
    layers = trace.network.layers
    everyone = everyone_active(arch, trace.network.timesteps)
    hit = count_source(ledger, trace, mapping, arch, stages[0])
    for number, layer in enumerate(layers):
        if not layer.spiking:
            _count_neurons(ledger, number, None, hit, mapping, everyone)
            continue
        fired = unpack(trace.spikes[number][ledger.images], layer)
        _count_neurons(ledger, number, fired, hit, mapping, everyone)
        arrived = _count_spikes(ledger, number, layer, fired, mapping, arch, stages[number + 1])
        hit = reached(arrived, layers[number + 1])


def _count_neurons(
    ledger: Ledger, number: int, fired: Bools | None, hit: Bools, mapping: Mapping, everyone: bool
) -> None:
    """Neurons that fire and that are active; `hit` are the positions that work has reached."""
    for index in mapping.of_layer(number):
        s = mapping.slices[index]
        y, x, c = slice(*s.y), slice(*s.x), slice(*s.c)
        active = hit[:, y, x] * np.int64(s.shape[2])
        if fired is not None:
            fires = fired[:, y, x, c].sum(axis=-1, dtype=np.int64)
            active = np.maximum(active, fires)
            ledger.add(Action.NEURON_FIRE, number, index, fires.sum(axis=(1, 2)))
        if everyone:
            ledger.add_active(number, index, np.full(ledger.batch, s.neurons, np.int64))
        else:
            ledger.add_active(number, index, active.sum(axis=(1, 2)))


def _count_spikes(
    ledger: Ledger,
    number: int,
    layer: Layer,
    fired: Bools,
    mapping: Mapping,
    arch: DigitalArch,
    stage: Stage,
) -> Bools:
    """What leaves after pooling, to and at its destinations; (B, height, width): from where."""
    windows = (worth if one_by_one(layer, arch) else pooled)(fired, layer)
    held = mapping.of_layer(number)
    batch, height, width, _ = windows.shape
    pixels = np.arange(height * width).reshape(height, width)
    left = np.zeros((batch, height, width), np.int64)
    costs = np.zeros((batch, len(held), 5), np.int64)
    for sender, index in enumerate(held):
        s = mapping.slices[index]
        y, x = (slice(start // layer.pool, stop // layer.pool) for start, stop in (s.y, s.x))
        spikes = windows[:, y, x, slice(*s.c)].sum(axis=-1, dtype=np.int64)
        left[:, y, x] += spikes
        costs[:, sender] = stage.travel(sender, spikes.reshape(batch, -1), pixels[y, x].ravel())
    stage.send(ledger, number, slice(held.start, held.stop), costs)
    stage.deliver(ledger, number, left.reshape(batch, -1))
    return left > 0
