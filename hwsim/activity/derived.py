"""The named counts of a report, per image, from the activity and the trace."""

from __future__ import annotations

from collections.abc import Container
from fractions import Fraction
from math import lcm

import numpy as np

from hwsim.actions import Action
from hwsim.activity.activity import Activity, Counts
from hwsim.activity.firing import pooled, unpack
from hwsim.activity.tally import Tally
from hwsim.arch.schema import Arch
from hwsim.trace.store import SpikeTrace

HEADLINES = (
    "spikes",
    "packets",
    "packet_hops",
    "synops",
    "synops_dense",
    "macs",
    "neuron_updates",
)
"""The named counts, in order; docs/counting.md defines them."""


def dense_synops(trace: SpikeTrace) -> Counts:
    """(N,) synaptic operations by the papers' convention, padding taps included.

    For each layer but the first, (pooled spikes that arrive) * (dense MACs) / (inputs), summed
    exactly over layers and timesteps and rounded half-even once per image.
    """
    receiving = trace.network.layers[1:]
    ratios = [Fraction(layer.dense_macs, layer.inputs) for layer in receiving]
    denominator = lcm(*(ratio.denominator for ratio in ratios)) if ratios else 1
    scaled = [int(ratio * denominator) for ratio in ratios]
    totals = np.zeros(trace.images, np.int64)
    for image in range(trace.images):
        exact = 0
        for sending, spikes, weight in zip(
            trace.network.layers, trace.spikes, scaled, strict=False
        ):
            arriving = int(np.count_nonzero(pooled(unpack(spikes[image], sending), sending)))
            exact += arriving * weight
        totals[image] = round(Fraction(exact, denominator))
    return totals


def fired(trace: SpikeTrace) -> Counts:
    """(N, layers): neurons of each layer that fired, each once a timestep, whatever cores do with
    it; 0 for a layer that does not spike."""
    totals = np.zeros((trace.images, len(trace.network.layers)), np.int64)
    for number, (layer, spikes) in enumerate(zip(trace.network.layers, trace.spikes, strict=False)):
        for image in range(trace.images):
            totals[image, number] = np.count_nonzero(unpack(spikes[image], layer))
    return totals


def host_packets(first_layer: str, actions: Container[str]) -> bool:
    """Whether what the host writes are packets: where cores look packets up, and get no currents
    from a front end."""
    return first_layer != "current_injected" and Action.AXON_IN_LOOKUP in actions


def derived_counts(
    activity: Activity | Tally, dense_synops: Counts, arch: Arch
) -> dict[str, Counts]:
    """Name -> (N,): spikes, packets, packet_hops, synops, synops_dense, macs, neuron_updates."""
    packets = activity.per_image(Action.AXON_OUT_SEND)
    if host_packets(arch.first_layer, arch.ACTIONS):
        packets = packets + activity.per_image(Action.INPUT_WRITE)
    return {
        "spikes": activity.per_image(Action.NEURON_FIRE),
        "packets": packets,
        "packet_hops": activity.per_image(Action.ROUTER_HOP_X)
        + activity.per_image(Action.ROUTER_HOP_Y),
        "synops": activity.per_image(Action.SYNAPSE_OP),
        "synops_dense": dense_synops,
        "macs": activity.per_image(Action.SYNAPSE_MAC),
        "neuron_updates": activity.per_image(Action.NEURON_UPDATE_ACTIVE),
    }
