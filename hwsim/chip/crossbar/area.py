"""The area of a network's tiles and memories, from the prices of `area_um2`."""

from __future__ import annotations

from decimal import Decimal

from hwsim.arch.crossbar import CrossbarArch
from hwsim.chip.crossbar.floor import Floor

PARTS = ("array", "adc", "mux", "subtract", "tile_buffer", "temp_buffer", "htree", "memory_bit")
"""The names that `area_um2` must have for an area to be printed."""


def area_um2(floor: Floor, arch: CrossbarArch) -> dict[str, Decimal] | None:
    """Part -> um2, exact: whole tiles, each PE with the arrays of the largest PE in use, a memory
    for the inputs of every layer and one for the neurons that have any. None where the
    architecture lacks a price."""
    prices = arch.area_um2 or {}
    if any(name not in prices for name in PARTS):
        return None
    um2 = {name: prices[name].value for name in PARTS}
    core, per_tile = arch.core, arch.mesh.cores_per_tile
    tiles = -(-floor.pes // per_tile)
    arrays = max(min(layout.per_pe, len(layout.arrays)) for layout in floor.layouts)
    converters = arrays if core.conversions == "per_array" else 1
    converter = core.columns // core.columns_per_adc * (um2["adc"] + um2["mux"])
    inputs = sum(layout.layer.inputs for layout in floor.layouts)
    neurons = sum(
        layout.positions * layout.layer.out_shape[0]
        for number, layout in enumerate(floor.layouts)
        if core.has_memory(number)
    )
    return {
        "H-tree": tiles * um2["htree"],
        "input memory": inputs * core.input_memory_bits * um2["memory_bit"],
        "neuron memory": neurons * core.membrane_bits * um2["memory_bit"],
        "subtract": tiles * per_tile * um2["subtract"],
        "PEs": tiles * per_tile * (arrays * um2["array"] + converters * converter),
        "tile buffer": tiles * um2["tile_buffer"],
        "temp buffer": tiles * um2["temp_buffer"],
    }
