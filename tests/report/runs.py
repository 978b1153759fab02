"""A small real run, replayed packet by packet: the input of every report test."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from hwsim.activity import Experiment, Tally, dense_synops, fired
from hwsim.arch.load import LoadedArch
from hwsim.arch.resolved import resolve
from hwsim.chip import packet
from hwsim.chip.schedule import replay
from hwsim.energy import price
from hwsim.mapping.digital import fit, map_network
from hwsim.network.graph import Layer, Network
from hwsim.result import Outcome, Run
from hwsim.trace.synthetic import synthetic_trace
from tests import toys

TIMES_NS = {
    "synapse.op": 3.5,
    "neuron.update_active": 8.4,
    "neuron.update_inactive": 5.3,
    "router.inject": 1,
    "router.hop_x": 4.1,
    "router.hop_y": 6.5,
    "router.eject": 1,
}
ENERGIES_PJ = {
    "synapse.op": 23.6,
    "synapse.mac": {"value": 0.1, "source": "Some, Paper 2018", "evidence": "published"},
    "membrane.read": {"included_in": ["neuron.update_active"]},
    "membrane.write": {"included_in": ["neuron.update_active"]},
    "barrier.sync": "unpublished",
    "chip_link.send": "unpublished",
}


def network(timesteps: int = 2) -> Network:
    first = toys.conv("conv1", (1, 4, 4), 8, pool=2)
    return toys.network(
        first,
        toys.conv("conv2", first.pooled_shape, 8),
        Layer("fc", "linear", (8, 2, 2), (4, 1, 1), (2, 2), spiking=False),
        timesteps=timesteps,
    )


@cache
def run(timesteps: int = 2, images: int = 3, seed: int = 7) -> Run:
    """Two convolutions and a readout over two real chips."""
    chip = toys.arch(
        TIMES_NS,
        ENERGIES_PJ,
        tiles=(2, 2),
        cores_per_tile=2,
        chip_tiles=(1, 1),
        barrier_ns={1: 100, 2: 120},
        service_ns=0.3,
        neurons_max=64,
    )
    trace = synthetic_trace(network(timesteps), 0.3, images, seed)
    loaded = LoadedArch(
        arch=chip,
        path=Path("toy.yaml"),
        sha256="ab" * 32,
        resolved=resolve(chip, {}),
        origins={},
        warnings=(),
        unpublished=(),
    )
    mapping = map_network(trace.network, chip)

    def outcome(experiment: Experiment) -> Outcome:
        replayed = replay(trace, mapping, chip, experiment, packet.transport)
        intervals = replayed.timing.interval_ps
        tally = Tally.of(replayed.activity, mapping)
        energy = price(tally, intervals, mapping, chip, trace.network)
        return Outcome(replayed.timing, tally, energy)

    return Run(
        network=trace.network,
        origin=trace.origin,
        labels=trace.labels,
        predictions=trace.predictions,
        arch=loaded,
        mapping=mapping,
        fit=fit(trace.network, chip, mapping),
        transport="packet",
        seed=0,
        single=outcome("single"),
        stream=outcome("stream"),
        dense_synops=dense_synops(trace),
        fired=fired(trace),
    )


def labelled(original: Run, labels: list[int], predictions: list[int]) -> Run:
    return replace(original, labels=np.array(labels), predictions=np.array(predictions))
