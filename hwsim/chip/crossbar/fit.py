"""Whether a network's arrays fit a mesh of PEs, and what to know about how they do."""

from __future__ import annotations

from decimal import Decimal

from hwsim.arch.crossbar import CrossbarArch
from hwsim.chip.crossbar.area import area_um2
from hwsim.chip.crossbar.floor import STRATEGY, Floor, floor, shortages
from hwsim.chip.crossbar.layout import Layout
from hwsim.errors import DoesNotFit
from hwsim.mapping.fit import Fit, LayerFit, Limit, Shortage
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Network

LARGEST_PIXEL = 127
"""The largest value on a word line where layer 0 is read at once."""


def fit(network: Network, arch: CrossbarArch, mapping: Mapping | None = None) -> Fit:
    """The fit of a network; `mapping` only moves its PEs."""
    strategy = mapping.strategy if mapping is not None else STRATEGY
    limits = {
        "rows": Limit("rows", arch.core.rows),
        "columns": Limit("columns", arch.core.columns),
        "arrays": Limit("arrays", None),
        "copies": Limit("copies", None),
        "positions": Limit("positions", None),
    }
    try:
        plan = floor(network, arch)
    except DoesNotFit as error:
        bits = -(-network.weight_bits // arch.core.cell_bits)
        missing = Shortage("core.columns", None, bits, arch.core.columns, str(error))
        return Fit(strategy, limits, (), 0, arch.mesh.cores, 0, {"cells": 0.0}, (missing,))
    layers = tuple(_layer(plan, number, arch) for number in range(len(plan.layouts)))
    cells = sum(
        sum(s.rows for array in layout.arrays for s in array)
        * layout.layer.out_shape[0] * layout.bit_slices * copies
        for layout, copies in zip(plan.layouts, plan.copies, strict=True)
    )  # fmt: skip
    arrays = sum(layer.used["arrays"] for layer in layers)
    return Fit(
        strategy=strategy,
        limits=limits,
        layers=layers,
        cores_used=plan.pes,
        mesh_cores=arch.mesh.cores,
        chips=_chips(plan, arch, mapping),
        utilisation={"cells": cells / (arrays * arch.core.rows * arch.core.columns)},
        missing=tuple(shortages(plan, network, arch)),
        notes=tuple(notes(plan, network, arch)),
    )


def clips(plan: Floor, arch: CrossbarArch) -> Layout | None:
    """The layer with the fullest array of those whose sums an ADC cannot hold."""

    def largest(number: int) -> int:
        at_once = 1
        if arch.core.first_layer_reads == 1:
            at_once = plan.layouts[number - 1].layer.largest if number else LARGEST_PIXEL
        return at_once * arch.core.largest_sum(plan.layouts[number].rows_used)

    over = [n for n in range(len(plan.layouts)) if largest(n) > arch.core.largest_code]
    return plan.layouts[max(over, key=lambda n: plan.layouts[n].rows_used)] if over else None


def _chips(plan: Floor, arch: CrossbarArch, mapping: Mapping | None) -> int:
    if mapping is not None:
        return mapping.chips_used
    mesh = arch.mesh
    tiles = {core // mesh.cores_per_tile for core in plan.order[: plan.pes]}
    return len(
        {
            (tile % mesh.tiles_x // mesh.chip_tiles_x, tile // mesh.tiles_x // mesh.chip_tiles_y)
            for tile in tiles
        }
    )


def _layer(plan: Floor, number: int, arch: CrossbarArch) -> LayerFit:
    layout, copies = plan.layouts[number], plan.copies[number]
    _, height, width = layout.layer.out_shape
    channels = max(stop - start for start, stop in layout.blocks)
    used = {
        "rows": layout.rows_used,
        "columns": channels * layout.bit_slices,
        "arrays": len(layout.arrays) * len(layout.blocks) * copies,
        "copies": copies,
        "positions": layout.positions,
    }
    return LayerFit(layout.layer.name, plan.pes_of_layer(number), (height, width, channels), used)


def notes(plan: Floor, network: Network, arch: CrossbarArch) -> list[str]:
    """Tiles, bit slices, a clipping ADC, area."""
    found = [f"{plan.pes} PEs on {-(-plan.pes // arch.mesh.cores_per_tile)} tiles"]
    slices = plan.layouts[0].bit_slices
    if slices > 1:
        found.append(
            f"{network.weight_bits}-bit weights in {arch.core.cell_bits}-bit cells: "
            f"bit-sliced x {slices}"
        )
    layout = clips(plan, arch)
    if layout is not None:
        core = arch.core
        found.append(
            f"a {core.adc_bits}-bit ADC clips: {layout.rows_used} rows of {core.cell_bits}-bit "
            f"cells ({layout.layer.name}) sum up to {core.largest_sum(layout.rows_used)}, sums "
            f"above {core.largest_code} are lost"
        )
    areas = area_um2(plan, arch)
    if areas is not None:
        found.append(_area(areas))
    return found


def _area(areas: dict[str, Decimal]) -> str:
    total = sum(areas.values())
    shares = ", ".join(
        f"{name} {100 * um2 / total:.2f} %"
        for name, um2 in sorted(areas.items(), key=lambda item: -item[1])
        if um2
    )
    return f"area {total / 10**6:.4f} mm2: {shares}"
