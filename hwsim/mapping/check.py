"""A mapping that was not made here: is it one of this network, on this mesh, within the limits?"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from hwsim.arch.digital import DigitalArch
from hwsim.errors import DoesNotFit, InvalidInput
from hwsim.mapping import shortage
from hwsim.mapping.fanout import fan_out
from hwsim.mapping.limits import Limits, usage
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Network

MESH = ("tiles_x", "tiles_y", "cores_per_tile", "chip_tiles_x", "chip_tiles_y")
BITS_PER_KIB = 8 * 1024


def check(network: Network, arch: DigitalArch, mapping: Mapping) -> None:
    """Raise InvalidInput or DoesNotFit unless the mapping can run the network on the chip."""
    where = mapping.strategy
    for name in MESH:
        theirs, ours = getattr(mapping, name), getattr(arch.mesh, name)
        if theirs != ours:
            raise InvalidInput(f"{where}: made for mesh.{name}: {theirs}, {arch.name} has {ours}")
    if mapping.time_shared:
        raise InvalidInput(
            f"{where}: layers share cores, and a core of {arch.name} holds one slice"
        )
    try:
        mapping.check_covers(network.layers)
    except InvalidInput as error:
        raise InvalidInput(f"{where}: {error}") from error
    missing = [found.message for found in shortage.of_network(network, arch)]
    missing += _over_limit(network, Limits.of(arch), mapping)
    missing += _at_once(network, Limits.of(arch), mapping)
    if missing:
        raise DoesNotFit("\n".join(f"{where}: {message}" for message in missing))


def _over_limit(network: Network, limits: Limits, mapping: Mapping) -> list[str]:
    """Per layer and limit, its worst slice that has too much."""
    messages = []
    for index, used in enumerate(usage(network, limits, mapping.slices)):
        needs = (
            ("neurons_max", used.neurons, limits.neurons, 1, "neurons"),
            ("synapse_mem_kib", used.synapse_bits, limits.synapse_bits, BITS_PER_KIB, "KiB"),
            ("axons_in_max", used.axons_in, limits.axons_in, 1, "input axons"),
            ("axons_out_max", used.axons_out, limits.axons_out, 1, "output axons"),
        )
        for field, values, limit, unit, name in needs:
            if values.max() > limit:
                worst = mapping.of_layer(index)[int(np.argmax(values))]
                s, needed = mapping.slices[worst], -(-int(values.max()) // unit)
                messages.append(
                    f"core.{field}: {needed} of {limit // unit} {name} for rows {_span(s.y)}, "
                    f"columns {_span(s.x)}, channels {_span(s.c)} of "
                    f"{network.layers[index].name} on core {s.core}: needs >= {needed}"
                )
    return messages


def _at_once(network: Network, limits: Limits, mapping: Mapping) -> list[str]:
    """Layers whose neurons send to more cores than a finite axon-out has places."""
    messages = []
    for index, (before, after) in enumerate(pairwise(network.layers), start=1):
        most = int(np.diff(fan_out(index, after, mapping).pointer).max())
        if limits.at_once is not None and most > limits.at_once:
            messages.append(shortage.of_axons_out(before.name, after.name, most, limits).message)
    return messages


def _span(edges: tuple[int, int]) -> str:
    return f"{edges[0]}..{edges[1] - 1}"
