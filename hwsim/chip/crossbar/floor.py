"""Where the PEs of a network lie: copies of layers, and PEs on the tiles of the mesh."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hwsim.arch.crossbar import CrossbarArch
from hwsim.chip.crossbar.layout import Layout, layouts
from hwsim.errors import DoesNotFit, InvalidInput
from hwsim.mapping.curve import curves
from hwsim.mapping.fit import Shortage
from hwsim.mapping.mapping import Mapping, Slice
from hwsim.network.graph import Network

STRATEGY = "crossbar"


@dataclass(frozen=True)
class Floor:
    """`copies` of every layer's arrays, and the PEs of the mesh in the order in which they are
    filled: tile after tile along a serpentine (`order` are core indices)."""

    layouts: tuple[Layout, ...]
    copies: tuple[int, ...]
    order: tuple[int, ...]

    def pes_of_block(self, layer: int) -> int:
        """PEs of one block of channels, in all copies: consecutive in `order`."""
        return self.layouts[layer].pes * self.copies[layer]

    def pes_of_layer(self, layer: int) -> int:
        """PEs of a layer."""
        return self.layouts[layer].pes_of_copy * self.copies[layer]

    @property
    def pes(self) -> int:
        """PEs of the network."""
        return sum(self.pes_of_layer(layer) for layer in range(len(self.layouts)))

    def groups(self, layer: int) -> int:
        """How many times the copies of a layer read in one pass: the beat of the pipeline."""
        return -(-self.layouts[layer].positions // self.copies[layer])


def floor(network: Network, arch: CrossbarArch) -> Floor:
    """The floor of a network, whether or not it fits. Raises DoesNotFit for a weight that is
    wider than an array."""
    found = layouts(network, arch)
    copies = [1] * len(found)
    if arch.core.weight_duplication == "balanced":
        copies = balanced(
            [layout.positions for layout in found],
            [layout.pes_of_copy for layout in found],
            arch.mesh.cores,
        )
    per_tile = arch.mesh.cores_per_tile
    order = [tile * per_tile + k for tile in curves(arch.mesh)[0] for k in range(per_tile)]
    return Floor(found, tuple(copies), tuple(order))


def balanced(positions: Sequence[int], pes: Sequence[int], capacity: int) -> list[int]:
    """Copies of each layer for the least beat, max of ceil(positions / copies), that the
    `capacity` allows, with the fewest PEs; one each where even that is too much."""

    def copies(beat: int) -> list[int]:
        return [-(-count // beat) for count in positions]

    low, high = 1, max(positions)
    while low < high:
        beat = (low + high) // 2
        if sum(n * p for n, p in zip(copies(beat), pes, strict=True)) <= capacity:
            high = beat
        else:
            low = beat + 1
    return copies(low)


def place(network: Network, arch: CrossbarArch, loaded: Mapping | None = None) -> Mapping:
    """Blocks of channels on the mesh, each with its PEs from its core on.

    Raises DoesNotFit where there are `shortages`, and InvalidInput where a loaded mapping has
    other blocks or PEs that overlap.
    """
    plan = floor(network, arch)
    if missing := shortages(plan, network, arch):
        raise DoesNotFit("\n".join(found.message for found in missing))
    if loaded is not None:
        _check(plan, arch, loaded, network)
        return loaded
    slices, at = [], 0
    for number, layout in enumerate(plan.layouts):
        _, height, width = layout.layer.out_shape
        for block in layout.blocks:
            slices.append(Slice(plan.order[at], number, (0, height), (0, width), block))
            at += plan.pes_of_block(number)
    mesh = arch.mesh
    return Mapping(
        tuple(slices), STRATEGY, mesh.tiles_x, mesh.tiles_y, mesh.cores_per_tile,
        mesh.chip_tiles_x, mesh.chip_tiles_y,
    )  # fmt: skip


def shortages(plan: Floor, network: Network, arch: CrossbarArch) -> list[Shortage]:
    """Counts that are wider than a packet, and by how much the mesh is too small."""
    found, room = [], arch.router.packet_bits
    for layer in network.layers if arch.router.enabled else ():
        if (bits := layer.output_bits) > room:
            text = (
                f"router.packet_bits: {room} of {bits} bits for a count behind {layer.name}: "
                f"needs >= {bits}"
            )
            found.append(Shortage("router.packet_bits", layer.name, bits, room, text))
    needed, available, per_tile = plan.pes, len(plan.order), arch.mesh.cores_per_tile
    if needed > available:
        text = (
            f"{arch.name}: the network takes {needed} PEs, {-(-needed // per_tile)} tiles of "
            f"{per_tile}; the mesh has {available} PEs "
            f"(mesh.tiles_x {arch.mesh.tiles_x}, mesh.tiles_y {arch.mesh.tiles_y})"
        )
        found.append(Shortage("mesh.tiles_x", None, needed, available, text))
    return found


def pes_of_slice(plan: Floor, mapping: Mapping, index: int) -> tuple[int, ...]:
    """Core indices of a slice's PEs, copy after copy."""
    part = mapping.slices[index]
    start = plan.order.index(part.core)
    return plan.order[start : start + plan.pes_of_block(part.layer)]


def _check(plan: Floor, arch: CrossbarArch, mapping: Mapping, network: Network) -> None:
    mesh = arch.mesh
    wanted = (mesh.tiles_x, mesh.tiles_y, mesh.cores_per_tile)
    given = (mapping.tiles_x, mapping.tiles_y, mapping.cores_per_tile)
    if given != wanted:
        raise InvalidInput(f"mapping: is for a mesh of {given}, {arch.name} has {wanted}")
    mapping.check_covers(network.layers)
    used: set[int] = set()
    for number, layout in enumerate(plan.layouts):
        blocks = tuple(mapping.slices[index].c for index in mapping.of_layer(number))
        if blocks != layout.blocks:
            raise InvalidInput(
                f"mapping: {layout.layer.name} is cut into channels {blocks}; on {arch.name} its "
                f"arrays hold {layout.blocks}"
            )
        for index in mapping.of_layer(number):
            own = set(pes_of_slice(plan, mapping, index))
            if len(own) < plan.pes_of_block(number) or own & used:
                raise InvalidInput(
                    f"mapping: slice {index} of {layout.layer.name} takes "
                    f"{plan.pes_of_block(number)} PEs from core {mapping.slices[index].core} on, "
                    "some of which are taken or outside the mesh"
                )
            used |= own
