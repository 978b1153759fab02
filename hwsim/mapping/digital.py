"""Digital cores: the fit of a network, and its mapping."""

from __future__ import annotations

from collections.abc import Sequence

from hwsim.arch.digital import DigitalArch
from hwsim.errors import DoesNotFit
from hwsim.mapping.check import check
from hwsim.mapping.curve import region
from hwsim.mapping.fit import Fit, LayerFit, Limit, Shortage
from hwsim.mapping.limits import Limits, Usage, usage
from hwsim.mapping.mapping import Mapping, Slice
from hwsim.mapping.place import place
from hwsim.mapping.plan import plan
from hwsim.mapping.shortage import Smallest
from hwsim.network.graph import Network


def fit(network: Network, arch: DigitalArch, mapping: Mapping | None = None) -> Fit:
    """The fit of a network, by the architecture's strategy or as `mapping` has it."""
    if mapping is not None:
        return _fit(network, arch, mapping.slices, (), mapping.strategy, mapping.chips_used)
    planned = plan(network, arch)
    tiles = region(arch.mesh, len(planned.slices))
    chips = len({_chip(arch, tile) for tile in tiles})
    return _fit(network, arch, planned.slices, planned.missing, arch.core.mapper, chips)


def map_network(network: Network, arch: DigitalArch, loaded: Mapping | None = None) -> Mapping:
    """The network cut and placed, or a loaded mapping after it was checked.

    Raises DoesNotFit with everything that is missing, and InvalidInput where a loaded mapping
    is not one of this network and mesh.
    """
    if loaded is not None:
        check(network, arch, loaded)
        return loaded
    planned = plan(network, arch)
    if planned.missing:
        raise DoesNotFit("\n".join(shortage.message for shortage in planned.missing))
    return place(network, arch, planned.slices, arch.core.mapper)


def _chip(arch: DigitalArch, tile: int) -> tuple[int, int]:
    mesh = arch.mesh
    return tile % mesh.tiles_x // mesh.chip_tiles_x, tile // mesh.tiles_x // mesh.chip_tiles_y


def _fit(
    network: Network,
    arch: DigitalArch,
    slices: Sequence[Slice],
    missing: tuple[Shortage, ...],
    strategy: str,
    chips: int,
) -> Fit:
    limits = Limits.of(arch)
    used = usage(network, limits, slices)
    cores = len(slices)
    neurons = sum(int(layer.neurons.sum()) for layer in used)
    bits = sum(int(layer.synapse_bits.sum()) for layer in used)
    return Fit(
        strategy=strategy,
        limits={
            "neurons": Limit("neurons", limits.neurons),
            "synapse_bits": Limit("synapses", limits.synapse_bits, "bits"),
            "axons_in": Limit("axons in", limits.axons_in),
            "axons_out": Limit("axons out", limits.axons_out),
            "synops": Limit("synops", None),
        },
        layers=tuple(
            _layer(network, index, [s for s in slices if s.layer == index], layer, limits)
            for index, layer in enumerate(used)
        ),
        cores_used=cores,
        mesh_cores=arch.mesh.cores,
        chips=chips,
        utilisation={
            "neurons": neurons / (cores * limits.neurons) if cores else 0.0,
            "synapse_memory": bits / (cores * limits.synapse_bits) if cores else 0.0,
        },
        missing=missing,
    )


def _layer(
    network: Network, index: int, held: Sequence[Slice], used: Usage, limits: Limits
) -> LayerFit:
    """The needs of a layer's fullest core, or of its smallest block where it has no core.

    `synops` are of the busiest core when every input of the layer spikes once.
    """
    layer = network.layers[index]
    if not held:
        need = Smallest.of(network, index, limits)
        needs = {
            "neurons": need.neurons, "synapse_bits": need.synapse_bits, "axons_in": need.axons_in,
            "axons_out": 0, "synops": 0,
        }  # fmt: skip
        return LayerFit(layer.name, 0, (layer.pool, layer.pool, 1), needs)
    rows, columns, channels = (max(sizes) for sizes in zip(*(s.shape for s in held), strict=True))
    names = ("neurons", "synapse_bits", "axons_in", "axons_out", "synops")
    worst = {name: int(getattr(used, name).max()) for name in names}
    return LayerFit(layer.name, len(held), (rows, columns, channels), worst)
