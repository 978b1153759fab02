"""Where the cores of every cluster lie, and in which tick each of them works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from hwsim.arch.binary_crossbar import BinaryCrossbarArch
from hwsim.arch.schema import Mesh
from hwsim.chip.binary_crossbar.cluster import Cluster, Impossible, clusters
from hwsim.errors import DoesNotFit, InvalidInput
from hwsim.mapping.curve import curves
from hwsim.mapping.mapping import Mapping
from hwsim.mapping.reach import Ints
from hwsim.network.graph import Network

STRATEGY = "fewest_cores"
CURVE = 4
"""Which of `curves`: bands of four rows."""


@dataclass(frozen=True)
class Floor:
    """`clusters` of all slices and the core indices of each, partial ones first. `ticks` is how
    many a layer takes, one or two."""

    clusters: tuple[Cluster, ...]
    cores: tuple[Ints, ...]
    ticks: tuple[int, ...]

    @property
    def stages(self) -> int:
        """Ticks of one timestep through all layers."""
        return sum(self.ticks)

    def first_tick(self, layer: int) -> int:
        """The tick, from the image's first, in which a layer begins timestep 0."""
        return sum(self.ticks[:layer])

    def last_tick(self, layer: int) -> int:
        """The tick in which a layer fires its outputs of timestep 0."""
        return sum(self.ticks[: layer + 1]) - 1


def order(mesh: Mesh) -> Ints:
    """Core indices in the order of filling: chip after chip, rows of chips to and fro."""
    wide, high = mesh.chip_tiles_x, mesh.chip_tiles_y
    chip = mesh.model_copy(update={"tiles_x": wide, "tiles_y": high})
    tile = np.array(curves(chip)[CURVE], np.int64)
    x, y = tile % wide, tile // wide
    filled = []
    for row in range(mesh.tiles_y // high):
        columns = range(mesh.tiles_x // wide)
        for column in columns if row % 2 == 0 else reversed(columns):
            filled.append((row * high + y) * mesh.tiles_x + column * wide + x)
    tiles = np.concatenate(filled)
    within = np.arange(mesh.cores_per_tile)
    cores: Ints = (tiles[:, None] * mesh.cores_per_tile + within).ravel()
    return cores


def placed(made: Sequence[Cluster], mesh: Mesh, strategy: str) -> Mapping:
    """Clusters one after another along the order of filling."""
    ends = np.cumsum([cluster.size for cluster in made]) - 1
    cores = order(mesh)[ends].tolist()
    slices = tuple(replace(c.slice, core=core) for c, core in zip(made, cores, strict=True))
    return Mapping(
        slices=slices,
        strategy=strategy,
        tiles_x=mesh.tiles_x,
        tiles_y=mesh.tiles_y,
        cores_per_tile=mesh.cores_per_tile,
        chip_tiles_x=mesh.chip_tiles_x,
        chip_tiles_y=mesh.chip_tiles_y,
    )


def floor(network: Network, arch: BinaryCrossbarArch, mapping: Mapping) -> Floor:
    """The cores behind the slices of a mapping: those that end at each slice's `core`.

    Raises DoesNotFit for a slice that is too large, InvalidInput where clusters overlap or begin
    before the first core.
    """
    made = list(clusters(network, arch.core, mapping.slices))
    impossible = [shortage(network, found) for found in made if isinstance(found, Impossible)]
    if impossible:
        raise DoesNotFit("\n".join(f"{mapping.strategy}: {words}" for words in impossible))
    found = [cluster for cluster in made if isinstance(cluster, Cluster)]
    filled = order(arch.mesh)
    place = np.empty_like(filled)
    place[filled] = np.arange(len(filled))
    taken = np.full(len(filled), -1, np.int64)
    cores = []
    for index, cluster in enumerate(found):
        last = int(place[mapping.slices[index].core])
        first = last - cluster.size + 1
        if first < 0 or (taken[first : last + 1] >= 0).any():
            other = "the start of the mesh" if first < 0 else _other(taken[first : last + 1])
            raise InvalidInput(
                f"{mapping.strategy}: the {cluster.size} cores of slice {index} of "
                f"{network.layers[cluster.slice.layer].name}, which end at core "
                f"{mapping.slices[index].core}, run into {other}"
            )
        taken[first : last + 1] = index
        cores.append(filled[first : last + 1])
    return Floor(tuple(found), tuple(cores), ticks(found, len(network.layers)))


def _other(taken: Ints) -> str:
    return f"those of slice {int(taken.max())}"


def ticks(made: Sequence[Cluster], layers: int) -> tuple[int, ...]:
    """How many ticks each layer takes: two where a cluster adds up or relays what it summed."""
    found = [1] * layers
    for cluster in made:
        if cluster.pieces and cluster.runs:
            found[cluster.slice.layer] = 2
    return tuple(found)


def shortage(network: Network, found: Impossible) -> str:
    """The sentence for a slice that is too large."""
    return (
        f"core.{found.field}: {found.needed} of {found.available} {found.what} of "
        f"{network.layers[found.slice.layer].name}: needs >= {found.needed}"
    )
