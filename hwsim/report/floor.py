"""The floor plan: every core of the mesh, where it lies and how busy it was."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from hwsim.mapping.mapping import Mapping
from hwsim.report.busy import total_ps
from hwsim.report.spread import DIGITS, decimal_text
from hwsim.report.table_file import csv_bytes
from hwsim.result import Outcome, Run

HEADER = (
    "core",
    "tile_x",
    "tile_y",
    "chip",
    "layer",
    "neurons",
)
"""Before the busy time of every server of a core, and the utilisation."""


@dataclass(frozen=True)
class Cell:
    """One core that holds a slice. `column`, `row` place it on the plan in units of a core;
    `busy_ns` is per image and server; `utilisation` is the busiest server's share of time."""

    core: int
    column: int
    row: int
    chip: int
    layer: int
    neurons: int
    busy_ns: tuple[Fraction, ...]
    utilisation: Fraction


@dataclass(frozen=True)
class Plan:
    """A mesh drawn with the cores of a tile as a block of `block_x` x `block_y`; sizes count
    cores. `servers` are those of `Cell.busy_ns`; `tile` and `chip` are the sizes of a tile and of
    a real chip."""

    columns: int
    rows: int
    servers: tuple[str, ...]
    tile: tuple[int, int]
    chip: tuple[int, int]
    cells: tuple[Cell, ...]


def plan(mapping: Mapping, outcome: Outcome) -> Plan:
    """The floor plan under one experiment's load."""
    timing = outcome.timing
    slices, images = len(mapping.slices), len(timing.latency_ps)
    loads = [timing.loads[server].busy_ps for server in timing.core_servers]
    busy = np.stack([np.zeros(slices, np.int64), *loads])
    total = max(total_ps(timing), 1)
    block_x = math.ceil(math.sqrt(mapping.cores_per_tile))
    block_y = math.ceil(mapping.cores_per_tile / block_x)
    chips_x = math.ceil(mapping.tiles_x / mapping.chip_tiles_x)
    cells = []
    for index, part in enumerate(mapping.slices):
        tile, within = divmod(part.core, mapping.cores_per_tile)
        y, x = divmod(tile, mapping.tiles_x)
        cells.append(
            Cell(
                core=part.core,
                column=x * block_x + within % block_x,
                row=y * block_y + within // block_x,
                chip=y // mapping.chip_tiles_y * chips_x + x // mapping.chip_tiles_x,
                layer=part.layer,
                neurons=part.neurons,
                busy_ns=tuple(Fraction(int(ps), 1000 * images) for ps in busy[1:, index]),
                utilisation=Fraction(int(busy[:, index].max()), total),
            )
        )
    return Plan(
        columns=mapping.tiles_x * block_x,
        rows=mapping.tiles_y * block_y,
        servers=timing.core_servers,
        tile=(block_x, block_y),
        chip=(mapping.chip_tiles_x * block_x, mapping.chip_tiles_y * block_y),
        cells=tuple(cells),
    )


def mesh_csv(run: Run, outcome: Outcome) -> bytes:
    """The numbers behind the heat map."""
    drawn = plan(run.mapping, outcome)
    block_x, block_y = drawn.tile
    rows = (
        (
            cell.core,
            cell.column // block_x,
            cell.row // block_y,
            cell.chip,
            run.network.layers[cell.layer].name,
            cell.neurons,
            *(decimal_text(busy, DIGITS) for busy in cell.busy_ns),
            decimal_text(cell.utilisation, DIGITS),
        )
        for cell in sorted(drawn.cells, key=lambda cell: cell.core)
    )
    servers = [f"{server}_busy_ns" for server in outcome.timing.core_servers]
    return csv_bytes((*HEADER, *servers, "utilisation"), rows)
