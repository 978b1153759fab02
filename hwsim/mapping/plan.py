"""From a network and an architecture to slices that no core is too small for, not yet placed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hwsim.arch.digital import DigitalArch
from hwsim.mapping import shortage
from hwsim.mapping.fit import Shortage
from hwsim.mapping.grid import candidates
from hwsim.mapping.limits import Limits
from hwsim.mapping.mapping import Slice
from hwsim.mapping.partition import STRATEGIES, min_cores
from hwsim.network.graph import Network


@dataclass(frozen=True)
class Plan:
    """Slices ordered by (layer, y, x, c), numbered 0, 1, .. instead of placed, and what is
    missing. A layer that does not fit has no slices; the plan fits where nothing is missing."""

    slices: tuple[Slice, ...]
    missing: tuple[Shortage, ...]


def plan(network: Network, arch: DigitalArch) -> Plan:
    """Cut every layer by the architecture's strategy (`core.mapper`)."""
    limits = Limits.of(arch)
    missing = shortage.of_network(network, arch)
    tables = [candidates(network, index, limits) for index in range(len(network.layers))]
    for index in range(len(network.layers)):
        missing += shortage.of_layer(network, index, limits)
    for index, (before, after) in enumerate(pairwise(tables), start=1):
        destinations = after.destinations()
        tables[index] = after.keep(destinations <= limits.destinations)
        if len(after) and not len(tables[index]):
            fewest = int(destinations.min())
            missing.append(
                shortage.of_axons_out(before.layer.name, after.layer.name, fewest, limits)
            )
    if all(len(table) for table in tables):
        choice = min_cores(tables, limits, arch.mesh.cores)
        needed = sum(int(table.cores[row]) for table, row in zip(tables, choice, strict=True))
        if needed > arch.mesh.cores:
            missing.append(shortage.of_mesh(arch.mesh, needed))
        else:
            choice = STRATEGIES[arch.core.mapper](tables, limits, arch.mesh.cores)
    else:
        choice = tuple(0 for _ in tables)
    slices: list[Slice] = []
    for index, (table, row) in enumerate(zip(tables, choice, strict=True)):
        if len(table):
            slices += table.grid(row).slices(index, len(slices))
    return Plan(tuple(slices), tuple(missing))
