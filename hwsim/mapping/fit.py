"""Does a network fit a chip, how tightly, and what would make it fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hwsim.arch.schema import Arch
from hwsim.errors import DoesNotFit
from hwsim.mapping.check import check
from hwsim.mapping.curve import region
from hwsim.mapping.limits import Limits, usage
from hwsim.mapping.mapping import Mapping, Slice
from hwsim.mapping.place import place
from hwsim.mapping.plan import plan
from hwsim.mapping.shortage import Shortage, Smallest
from hwsim.network.analog import refuse_analog
from hwsim.network.graph import Network


@dataclass(frozen=True)
class LayerFit:
    """One layer: what its fullest core uses of each limit (`Fit.limits`).

    `block` is the largest (rows, columns, channels) of a core. `synops` are the synaptic
    operations of the busiest core when every input of the layer spikes once. A layer that does
    not fit has no cores and shows the needs of the smallest block that there is.
    """

    name: str
    cores: int
    block: tuple[int, int, int]
    neurons: int
    synapse_bits: int
    axons_in: int
    axons_out: int
    synops: int


@dataclass(frozen=True)
class Fit:
    """A network on a chip. `utilisation` is of the cores used: `neurons` of neuron places and
    `synapse_memory` of synapse memory, 0 to 1. It fits where `missing` is empty."""

    strategy: str
    limits: Limits
    layers: tuple[LayerFit, ...]
    cores_used: int
    mesh_cores: int
    chips: int
    utilisation: dict[str, float]
    missing: tuple[Shortage, ...]

    @property
    def fits(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing

    @property
    def message(self) -> str:
        """What is missing, one line each."""
        return "\n".join(shortage.message for shortage in self.missing)


def fit(network: Network, arch: Arch, mapping: Mapping | None = None) -> Fit:
    """The fit of a network, by the architecture's strategy or as `mapping` has it.

    Raises UsageError for an ANN.
    """
    refuse_analog(network, network.name)
    if mapping is not None:
        return _fit(network, arch, mapping.slices, (), mapping.strategy, mapping.chips_used)
    planned = plan(network, arch)
    tiles = region(arch.mesh, len(planned.slices))
    chips = len({_chip(arch, tile) for tile in tiles})
    return _fit(network, arch, planned.slices, planned.missing, arch.core.mapper, chips)


def map_network(network: Network, arch: Arch, loaded: Mapping | None = None) -> Mapping:
    """The network cut and placed, or a loaded mapping after it was checked.

    Raises DoesNotFit with everything that is missing, UsageError for an ANN, and InvalidInput
    where a loaded mapping is not one of this network and mesh.
    """
    refuse_analog(network, network.name)
    if loaded is not None:
        check(network, arch, loaded)
        return loaded
    planned = plan(network, arch)
    if planned.missing:
        raise DoesNotFit("\n".join(shortage.message for shortage in planned.missing))
    return place(network, arch, planned.slices)


def _chip(arch: Arch, tile: int) -> tuple[int, int]:
    mesh = arch.mesh
    return tile % mesh.tiles_x // mesh.chip_tiles_x, tile // mesh.tiles_x // mesh.chip_tiles_y


def _fit(
    network: Network,
    arch: Arch,
    slices: Sequence[Slice],
    missing: tuple[Shortage, ...],
    strategy: str,
    chips: int,
) -> Fit:
    limits = Limits.of(arch)
    held: list[list[Slice]] = [[] for _ in network.layers]
    for s in slices:
        held[s.layer].append(s)
    layers, neurons, bits = [], 0, 0
    for index, used in enumerate(usage(network, limits, slices)):
        layer = network.layers[index]
        if not held[index]:
            need = Smallest.of(network, index, limits)
            layers.append(
                LayerFit(
                    layer.name, 0, (layer.pool, layer.pool, 1),
                    need.neurons, need.synapse_bits, need.axons_in, 0, 0,
                )
            )  # fmt: skip
            continue
        rows, columns, channels = (max(sizes) for sizes in zip(*(s.shape for s in held[index]),
                                                                strict=True))  # fmt: skip
        worst = (used.neurons, used.synapse_bits, used.axons_in, used.axons_out, used.synops)
        layers.append(
            LayerFit(
                layer.name,
                len(held[index]),
                (rows, columns, channels),
                *(int(values.max()) for values in worst),
            )
        )
        neurons, bits = neurons + int(used.neurons.sum()), bits + int(used.synapse_bits.sum())
    cores = len(slices)
    return Fit(
        strategy=strategy,
        limits=limits,
        layers=tuple(layers),
        cores_used=cores,
        mesh_cores=arch.mesh.cores,
        chips=chips,
        utilisation={
            "neurons": neurons / (cores * limits.neurons) if cores else 0.0,
            "synapse_memory": bits / (cores * limits.synapse_bits) if cores else 0.0,
        },
        missing=missing,
    )
