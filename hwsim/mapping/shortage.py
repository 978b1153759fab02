"""What does not fit, by how much, and the smallest change that would make it fit."""

from __future__ import annotations

from dataclasses import dataclass

from hwsim.arch.digital import DigitalArch
from hwsim.arch.schema import Mesh
from hwsim.mapping.cut import cut, even
from hwsim.mapping.fit import Shortage
from hwsim.mapping.limits import Limits
from hwsim.network.graph import Network


@dataclass(frozen=True)
class Smallest:
    """The needs of the smallest block that a layer can be cut into: one channel of one pooling
    window, or of one neuron in a layer without pooling."""

    neurons: int
    synapse_bits: int
    axons_in: int

    @classmethod
    def of(cls, network: Network, index: int, limits: Limits) -> Smallest:
        """Of layer `index`; the largest of such blocks, as those at the edge need fewer axons."""
        layer = network.layers[index]
        field = 1
        for axis in (0, 1):
            units = layer.out_shape[1 + axis] // layer.pool
            field *= cut(layer, axis, even(units, units, layer.pool)).field
        fed_by_axons = not (index == 0 and limits.injected)
        return cls(
            neurons=layer.pool**2,
            synapse_bits=layer.fan_in * network.weight_bits * fed_by_axons,
            axons_in=field * (layer.in_shape[0] if limits.discrete else 1) * fed_by_axons,
        )


def of_network(network: Network, arch: DigitalArch) -> list[Shortage]:
    """Whatever no cut into slices can help."""
    found = []
    if network.weight_bits > arch.core.weight_bits:
        needed, available = network.weight_bits, arch.core.weight_bits
        found.append(
            Shortage(
                "core.weight_bits", None, needed, available,
                f"core.weight_bits: {needed} of {available} bits for the weights of "
                f"{network.name}: needs >= {needed}",
            )
        )  # fmt: skip
    return found


def of_layer(network: Network, index: int, limits: Limits) -> list[Shortage]:
    """The limits that even the smallest block of layer `index` exceeds."""
    layer, need = network.layers[index], Smallest.of(network, index, limits)
    block = "one pooling window" if layer.pool > 1 else "one neuron"
    kib = -(-need.synapse_bits // (8 * 1024))
    relaxed = need.axons_in // layer.in_shape[0]
    or_population = limits.discrete and relaxed <= limits.axons_in
    checks = (
        ("neurons_max", need.neurons, limits.neurons, "neurons", block, ""),
        ("synapse_mem_kib", kib, limits.synapse_bits // (8 * 1024), "KiB",
         "one output channel", ""),
        ("axons_in_max", need.axons_in, limits.axons_in, "input axons", block,
         ", or core.conv_axons: population" if or_population else ""),
    )  # fmt: skip
    return [
        Shortage(
            f"core.{limit}", layer.name, needed, available,
            f"core.{limit}: {needed} of {available} {unit} for {what} of {layer.name}: "
            f"needs >= {needed}{otherwise}",
        )
        for limit, needed, available, unit, what, otherwise in checks
        if needed > available
    ]  # fmt: skip


def of_axons_out(sender: str, receiver: str, needed: int, limits: Limits) -> Shortage:
    """Even one pooled pixel of `sender` reaches more cores than there are output axons, or than
    a finite axon-out takes at once."""
    if limits.at_once is not None and limits.at_once < limits.axons_out:
        return Shortage(
            "axon_out.depth", sender, needed, limits.at_once,
            f"axon_out.depth: {limits.at_once} places, but a neuron of {sender} sends to {needed} "
            f"cores of {receiver} at once: needs >= {needed}",
        )  # fmt: skip
    return Shortage(
        "core.axons_out_max", sender, needed, limits.axons_out,
        f"core.axons_out_max: {needed} of {limits.axons_out} output axons for one pixel of "
        f"{sender}, whose spikes reach {needed} cores of {receiver}: needs >= {needed}",
    )  # fmt: skip


def of_mesh(mesh: Mesh, needed: int) -> Shortage:
    """All layers together need more cores than there are."""
    rows = -(-needed // (mesh.tiles_x * mesh.cores_per_tile))
    return Shortage(
        "mesh", None, needed, mesh.cores,
        f"mesh: {needed} cores needed, {mesh.cores} there: mesh.tiles_y: {rows} fits",
    )  # fmt: skip
