"""Which arrays a shard of a trace holds: their keys, types and shapes (docs/trace-format.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hwsim.network.graph import Network
from hwsim.trace.store import Origin, SpikeTrace

AnyArray = npt.NDArray[Any]
Arrays = Mapping[str, AnyArray]

INPUT, READOUT, LABELS = "input", "readout", "labels"


@dataclass(frozen=True)
class ArraySpec:
    """One array of a shard: `key`, little-endian `dtype`, and its shape behind the images."""

    key: str
    dtype: str
    per_image: tuple[int, ...]

    def shape(self, images: int) -> tuple[int, ...]:
        """The whole shape for so many images."""
        return (images, *self.per_image)

    def to_dict(self) -> dict[str, Any]:
        """As meta.json says it."""
        return {"dtype": self.dtype, "shape": ["images", *self.per_image]}


def spike_key(index: int, name: str) -> str:
    """The key of layer `index`: `L03.conv4`."""
    return f"L{index:02d}.{name}"


def spike_keys(network: Network) -> tuple[str, ...]:
    """The keys of the spiking layers, in order."""
    return tuple(spike_key(i, layer.name) for i, layer in enumerate(network.spiking_layers))


def array_specs(network: Network) -> tuple[ArraySpec, ...]:
    """Every array of a shard, in the order in which hwsim writes them."""
    steps = network.timesteps
    spikes = [
        ArraySpec(key, "uint8", (steps, -(-layer.neurons // 8)))
        for key, layer in zip(spike_keys(network), network.spiking_layers, strict=True)
    ]
    rows = 1 if network.coding == "direct" else steps
    return (
        *spikes,
        ArraySpec(INPUT, "int8", (rows, network.layers[0].inputs)),
        ArraySpec(READOUT, "int64", (network.classes,)),
        ArraySpec(LABELS, "int64", ()),
    )


def arrays_of(trace: SpikeTrace) -> dict[str, AnyArray]:
    """The arrays of a trace by their keys."""
    spikes = dict(zip(spike_keys(trace.network), trace.spikes, strict=True))
    return {**spikes, INPUT: trace.inputs, READOUT: trace.readout, LABELS: trace.labels}


def trace_of(network: Network, origin: Origin, arrays: Arrays) -> SpikeTrace:
    """The trace whose arrays these are."""
    spikes = tuple(arrays[key] for key in spike_keys(network))
    return SpikeTrace(network, origin, spikes, arrays[INPUT], arrays[READOUT], arrays[LABELS])


def shape_problems(network: Network, arrays: Arrays) -> list[str]:
    """What is wrong with the types and shapes of arrays in memory."""
    images = len(arrays[LABELS])
    problems = []
    for spec in array_specs(network):
        array = arrays[spec.key]
        if array.dtype != np.dtype(spec.dtype) or array.shape != spec.shape(images):
            problems.append(
                f"{spec.key}: {array.dtype} {array.shape}, expected {spec.dtype} "
                f"{spec.shape(images)}"
            )
    return problems
