"""Who sends spike packets where: the tiles of sender and receivers."""

from __future__ import annotations

from dataclasses import dataclass

from hwsim.arch.crossbar import CrossbarArch
from hwsim.chip.crossbar.floor import Floor, pes_of_slice
from hwsim.mapping.mapping import Mapping, Range


@dataclass(frozen=True)
class Parcel:
    """Packets of one block of a layer (`block` counts within the layer): the spikes of `channels`
    (or counts) at one position go from tile `source` to each tile of `targets`."""

    block: int
    channels: Range
    source: int
    targets: tuple[int, ...]


def parcels(number: int, floor: Floor, mapping: Mapping, arch: CrossbarArch) -> tuple[Parcel, ...]:
    """The packets that a position of layer `number` may send; none from the readout, nor where
    the chip has no network."""
    if not arch.router.enabled or number + 1 == len(floor.layouts):
        return ()
    found = []
    held = arch.router.packet_bits // floor.layouts[number + 1].input_bits
    for block, index in enumerate(mapping.of_layer(number)):
        start, stop = mapping.slices[index].c
        source = int(mapping.tiles[index])
        for first in range(start, stop, held):
            channels = first, min(first + held, stop)
            found.append(
                Parcel(block, channels, source, _targets(number + 1, channels, floor, mapping))
            )
    return tuple(found)


def _targets(number: int, channels: Range, floor: Floor, mapping: Mapping) -> tuple[int, ...]:
    """Tiles with a PE of layer `number` that has a row for one of the channels."""
    layout = floor.layouts[number]
    wanted = [
        pe
        for pe in range(layout.pes)
        if any(
            segment.channels[0] < channels[1] and channels[0] < segment.channels[1]
            for array in layout.pe(pe)
            for segment in array
        )
    ]
    tiles = set()
    for index in mapping.of_layer(number):
        cores = pes_of_slice(floor, mapping, index)
        for copy in range(floor.copies[number]):
            tiles |= {cores[copy * layout.pes + pe] // mapping.cores_per_tile for pe in wanted}
    return tuple(sorted(tiles))
