"""What slices need of their cores, and what a core has.

Four limits: neurons, synapse memory, input axons and output axons. Kernels are shared, so a slice
stores each of its output channels once: channels * fan-in * weight bits. An input axon is an
input pixel of the receptive field inside the image (`population`: the channel travels in the
packet) or a pixel and channel (`discrete`). An output axon is a pair of a pooled pixel (and
channel, `discrete`) and a core that it reaches.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hwsim.arch.digital import DigitalArch
from hwsim.mapping.mapping import Slice
from hwsim.mapping.reach import Ints, counts, ranges, shared_pixels
from hwsim.network.graph import Network


@dataclass(frozen=True)
class Limits:
    """The limits of one core, and how the chip counts against them.

    `injected`: a front end writes the input current of layer 0, which then needs no synapse
    memory and no input axons and does no synaptic operations. `at_once`: places of a finite
    axon-out, which must take the packets of one neuron at once (None: no limit, because it is
    unbounded or one packet serves all).
    """

    neurons: int
    synapse_bits: int
    axons_in: int
    axons_out: int
    discrete: bool
    injected: bool
    at_once: int | None

    @classmethod
    def of(cls, arch: DigitalArch) -> Limits:
        """The limits that an architecture file states."""
        core, depth = arch.core, arch.axon_out.depth
        at_once = depth if isinstance(depth, int) and arch.router.multicast == "none" else None
        return cls(
            neurons=core.neurons_max,
            synapse_bits=core.synapse_mem_kib * 1024 * 8,
            axons_in=core.axons_in_max,
            axons_out=core.axons_out_max,
            discrete=core.conv_axons == "discrete",
            injected=arch.first_layer == "current_injected",
            at_once=at_once,
        )

    @property
    def destinations(self) -> int:
        """The most cores that one spike may reach."""
        return self.axons_out if self.at_once is None else min(self.axons_out, self.at_once)


@dataclass(frozen=True)
class Usage:
    """What each slice of one layer uses, (slices,) each, in the order given.

    `synops` are the synaptic operations when every input of the layer spikes once, edge-correct.
    """

    neurons: Ints
    synapse_bits: Ints
    axons_in: Ints
    axons_out: Ints
    synops: Ints


def usage(network: Network, limits: Limits, slices: Sequence[Slice]) -> list[Usage]:
    """Per layer, what its slices need; a layer without slices has empty arrays."""
    by_layer: list[list[Slice]] = [[] for _ in network.layers]
    for s in slices:
        by_layer[s.layer].append(s)
    return [
        _of_layer(network, limits, index, held, by_layer[index + 1 : index + 2])
        for index, held in enumerate(by_layer)
    ]


def _of_layer(
    network: Network,
    limits: Limits,
    index: int,
    held: Sequence[Slice],
    after: Sequence[Sequence[Slice]],
) -> Usage:
    layer = network.layers[index]
    fed_by_axons = not (index == 0 and limits.injected)
    channels = np.diff(ranges(held, 2), axis=1)[:, 0]
    rows, columns = (counts(layer, axis, ranges(held, axis)) for axis in (0, 1))
    pixels = np.count_nonzero(rows, axis=1) * np.count_nonzero(columns, axis=1)
    taps = rows.sum(axis=1) * columns.sum(axis=1)
    axons_out = np.zeros(len(held), np.int64)
    for receivers in after:
        target = network.layers[index + 1]
        axons_out = shared_pixels(layer, held, target, receivers).sum(axis=1)
        axons_out = axons_out * (channels if limits.discrete else 1)
    return Usage(
        neurons=np.array([s.neurons for s in held], np.int64),
        synapse_bits=channels * (layer.fan_in * network.weight_bits * fed_by_axons),
        axons_in=pixels * ((layer.in_shape[0] if limits.discrete else 1) * fed_by_axons),
        axons_out=axons_out,
        synops=taps * channels * (layer.in_shape[0] * fed_by_axons),
    )
