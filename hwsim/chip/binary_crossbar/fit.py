"""How many cores a network takes, in which roles; and its mapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from hwsim.arch.binary_crossbar import BinaryCrossbarArch, BinaryCrossbarCore
from hwsim.chip.binary_crossbar.blocks import candidates, cheapest
from hwsim.chip.binary_crossbar.cluster import Cluster, Impossible, clusters
from hwsim.chip.binary_crossbar.floor import STRATEGY, floor, placed, shortage, ticks
from hwsim.errors import DoesNotFit, InvalidInput
from hwsim.mapping.fit import Fit, LayerFit, Limit, Shortage
from hwsim.mapping.mapping import Mapping, Slice
from hwsim.network.graph import Network

MESH = ("tiles_x", "tiles_y", "cores_per_tile", "chip_tiles_x", "chip_tiles_y")


def fit(network: Network, arch: BinaryCrossbarArch, mapping: Mapping | None = None) -> Fit:
    """The fit of a network: by the search, or as `mapping` has it."""
    if mapping is not None:
        made = floor(network, arch, mapping).clusters
        return _fit(network, arch, made, (), mapping.strategy, mapping.chips_used)
    made, missing = _plan(network, arch)
    needed = sum(cluster.size for cluster in made)
    per_chip = arch.mesh.chip_tiles_x * arch.mesh.chip_tiles_y * arch.mesh.cores_per_tile
    return _fit(network, arch, made, missing, STRATEGY, -(-needed // per_chip))


def map_network(
    network: Network, arch: BinaryCrossbarArch, loaded: Mapping | None = None
) -> Mapping:
    """The network cut and placed, or a loaded mapping after it was checked.

    Raises DoesNotFit with everything that is missing, and InvalidInput where a loaded mapping is
    not one of this network and mesh.
    """
    if loaded is not None:
        _check(network, arch, loaded)
        return loaded
    made, missing = _plan(network, arch)
    if missing:
        raise DoesNotFit("\n".join(found.message for found in missing))
    return placed(made, arch.mesh, STRATEGY)


def _check(network: Network, arch: BinaryCrossbarArch, mapping: Mapping) -> None:
    where = mapping.strategy
    for name in MESH:
        theirs, ours = getattr(mapping, name), getattr(arch.mesh, name)
        if theirs != ours:
            raise InvalidInput(f"{where}: made for mesh.{name}: {theirs}, {arch.name} has {ours}")
    try:
        mapping.check_covers(network.layers)
    except InvalidInput as error:
        raise InvalidInput(f"{where}: {error}") from error
    floor(network, arch, mapping)


def _plan(
    network: Network, arch: BinaryCrossbarArch
) -> tuple[tuple[Cluster, ...], tuple[Shortage, ...]]:
    """The clusters of the cheapest cut, in order but not placed, and what is missing."""
    missing = _impossible(network, arch.core)
    if missing:
        return (), tuple(missing)
    found = list(clusters(network, arch.core, _cut(network, arch.core)))
    missing = [_shortage(network, one) for one in found if isinstance(one, Impossible)]
    made = tuple(one for one in found if isinstance(one, Cluster))
    needed = sum(cluster.size for cluster in made)
    if not missing and needed > arch.mesh.cores:
        missing.append(_of_mesh(arch, needed))
    return made, tuple(missing)


@lru_cache(maxsize=2)
def _cut(network: Network, core: BinaryCrossbarCore) -> tuple[Slice, ...]:
    slices: list[Slice] = []
    for grid in cheapest([candidates(network, n, core) for n in range(len(network.layers))]):
        slices += grid.slices(len(slices))
    return tuple(slices)


def _impossible(network: Network, core: BinaryCrossbarCore) -> list[Shortage]:
    """Layers that no cut can help: what one channel of one pooling window asks for."""
    missing = []
    for number, layer in enumerate(network.layers):
        if candidates(network, number, core):
            continue
        y, x = (_middle(size, layer.pool) for size in layer.out_shape[1:])
        found = next(clusters(_until(network, number), core, [Slice(0, number, y, x, (0, 1))]))
        assert isinstance(found, Impossible)
        missing.append(_shortage(network, found))
    return missing


def _until(network: Network, number: int) -> Network:
    """The network up to a layer, as if nobody needed its spikes."""
    last = replace(network.layers[number], spiking=False)
    return replace(network, layers=(*network.layers[:number], last))


def _middle(size: int, pool: int) -> tuple[int, int]:
    start = size // pool // 2 * pool
    return start, start + pool


def _shortage(network: Network, found: Impossible) -> Shortage:
    layer = network.layers[found.slice.layer].name
    field = f"core.{found.field}"
    return Shortage(field, layer, found.needed, found.available, shortage(network, found))


def _of_mesh(arch: BinaryCrossbarArch, needed: int) -> Shortage:
    """More rows of chips, or as many columns as a packet reaches and then rows."""
    mesh, reach = arch.mesh, arch.router.reach_max + 1
    words = f"more than packets reach (router.reach_max: {arch.router.reach_max})"
    for wide in (mesh.tiles_x, reach // mesh.chip_tiles_x * mesh.chip_tiles_x):
        row = wide * mesh.chip_tiles_y * mesh.cores_per_tile
        high = -(-needed // row) * mesh.chip_tiles_y if row else reach + 1
        if high <= reach:
            across = "" if wide == mesh.tiles_x else f"mesh.tiles_x: {wide} and "
            words = f"{across}mesh.tiles_y: {high} fits"
            break
    message = f"mesh: {needed} cores needed, {mesh.cores} there: {words}"
    return Shortage("mesh", None, needed, mesh.cores, message)


def _fit(
    network: Network,
    arch: BinaryCrossbarArch,
    made: Sequence[Cluster],
    missing: tuple[Shortage, ...],
    strategy: str,
    chips: int,
) -> Fit:
    core = arch.core
    cores = sum(cluster.size for cluster in made)
    neurons = sum(cluster.neurons_used for cluster in made)
    return Fit(
        strategy=strategy,
        limits={
            "partial": Limit("partial", None),
            "adder": Limit("adder", None),
            "relay": Limit("relay", None),
            "axons": Limit("axons", core.axons_max),
            "pieces": Limit("sums", core.axons_max),
            "copies": Limit("copies", core.neurons_max),
        },
        layers=tuple(
            _layer(layer.name, [c for c in made if c.slice.layer == number])
            for number, layer in enumerate(network.layers)
        ),
        cores_used=cores,
        mesh_cores=arch.mesh.cores,
        chips=chips,
        utilisation={"neurons": neurons / (cores * core.neurons_max) if cores else 0.0},
        missing=missing,
        notes=tuple(_notes(network, core, made)),
    )


def roles(made: Sequence[Cluster]) -> dict[str, int]:
    """Cores by role."""
    return {
        "partial": sum(len(cluster.pieces) for cluster in made),
        "adder": sum(cluster.adders for cluster in made),
        "relay": sum(cluster.relays for cluster in made),
    }


def _layer(name: str, made: Sequence[Cluster]) -> LayerFit:
    """Cores by role, and the axons, partial sums and copies of the fullest core."""
    if not made:
        names = ("partial", "adder", "relay", "axons", "pieces", "copies")
        return LayerFit(name, 0, (0, 0, 0), dict.fromkeys(names, 0))
    used = {
        **roles(made),
        "axons": max(cluster.axons for cluster in made),
        "pieces": max(len(cluster.pieces) for cluster in made),
        "copies": max(int(cluster.copies.max()) for cluster in made),
    }
    block = max((cluster.slice.shape for cluster in made), key=lambda shape: int(np.prod(shape)))
    return LayerFit(name, sum(cluster.size for cluster in made), block, used)


def _notes(network: Network, core: BinaryCrossbarCore, made: Sequence[Cluster]) -> list[str]:
    if not made:
        return []
    cores = [f"{count} {role}" for role, count in roles(made).items()]
    stages = sum(ticks(made, len(network.layers)))
    return [
        f"{', '.join(cores[:-1])} and {cores[-1]} cores",
        f"{stages} ticks from the front end's spikes to the readout",
        f"{network.weight_bits}-bit weights, and a neuron has 1-bit synapses of {core.axon_types} "
        "types: the weights are not modelled",
    ]
