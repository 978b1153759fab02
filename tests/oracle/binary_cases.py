"""Random small networks on random small chips of binary crossbars, and the same as plain data."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from hwsim.arch.binary_crossbar import BinaryCrossbarArch
from hwsim.chip.binary_crossbar.apart import apart
from hwsim.chip.binary_crossbar.cluster import Cluster, clusters
from hwsim.chip.binary_crossbar.floor import floor, order
from hwsim.chip.binary_crossbar.kind import BinaryCrossbar
from hwsim.errors import DoesNotFit
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Network
from hwsim.trace.store import SpikeTrace
from tests.chip import binary_crossbars
from tests.oracle.binary_crossbar import PlainBoard, PlainCluster
from tests.oracle.cases import mappings, networks, plain_layers, traces

KIND = BinaryCrossbar()


@dataclass(frozen=True)
class Case:
    """One random run."""

    network: Network
    arch: BinaryCrossbarArch
    mapping: Mapping
    trace: SpikeTrace

    def plain(self) -> PlainBoard:
        """The same for the oracle."""
        arch, mapping, network = self.arch, self.mapping, self.network
        plan = floor(apart(network), arch, mapping)
        images, times = range(self.trace.images), range(network.timesteps)
        return PlainBoard(
            arch.core.axons_max, arch.core.neurons_max, mapping.tiles_x, mapping.cores_per_tile,
            (mapping.chip_tiles_x, mapping.chip_tiles_y), arch.core.partial_fires,
            arch.first_layer_cached, network.timesteps,
            plain_layers(network, takes_counts=False),
            [
                PlainCluster(
                    s.layer, s.y, s.x, s.c, list(made.pieces), list(made.runs), cores.tolist()
                )
                for s, made, cores in zip(mapping.slices, plan.clusters, plan.cores, strict=True)
            ],
            [
                [[_neurons(self.trace.fired(n, t, number)) for t in times] for n in images]
                for number, _ in enumerate(network.spiking_layers)
            ],
            self.trace.images,
        )  # fmt: skip


def _neurons(fired: np.ndarray) -> set[tuple[int, int, int]]:
    return {(y, x, c) for y, x, c in np.argwhere(fired).tolist()}


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Cores small enough that sums are split and copies relayed, cut by the search or at random,
    placed by the kind or anywhere."""
    network = draw(networks(graded=True))
    chip = draw(st.sampled_from(((12, 10), (24, 20), (8, 6))))
    arch = binary_crossbars.arch(
        axons=draw(st.sampled_from((8, 16, 40, 256))),
        neurons=draw(st.sampled_from((8, 16, 40, 256))),
        tiles=(24, 20),
        chip_tiles=chip,
        cores_per_tile=draw(st.sampled_from((1, 3))),
        partial_fires=draw(st.sampled_from(("any_input", "output_fires"))),
        cached=draw(st.booleans()),
    )
    try:
        mapping = draw(_scattered(network, arch)) if draw(st.booleans()) else None
        mapping = mapping or KIND.place(network, arch)
    except DoesNotFit:
        assume(False)
        raise
    return Case(network, arch, mapping, draw(traces(network, arch)))  # type: ignore[arg-type]


@st.composite
def _scattered(draw: st.DrawFn, network: Network, arch: BinaryCrossbarArch) -> Mapping | None:
    """Random blocks, their clusters in random order with gaps; None where a block is too large."""
    blocks = draw(mappings(network)).slices
    made = list(clusters(apart(network), arch.core, blocks))
    found = [cluster for cluster in made if isinstance(cluster, Cluster)]
    filled = order(arch.mesh)
    if len(found) < len(made) or sum(c.size + 2 for c in found) > len(filled):
        return None
    ends, last = {}, -1
    for index in draw(st.permutations(range(len(found)))):
        last += found[index].size + draw(st.integers(0, 2))
        ends[index] = int(filled[last])
    mesh = arch.mesh
    return Mapping(
        tuple(replace(block, core=ends[index]) for index, block in enumerate(blocks)),
        "scattered", mesh.tiles_x, mesh.tiles_y, mesh.cores_per_tile,
        mesh.chip_tiles_x, mesh.chip_tiles_y,
    )  # fmt: skip
