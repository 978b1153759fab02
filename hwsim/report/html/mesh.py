"""The floor plan of cores as a map that is coloured by layer, busy time or energy.

Every core carries its classes for all three; which of them colours it is the page's choice
(radio buttons and CSS alone). Its numbers are its title, which the script shows in a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from html import escape

from markupsafe import Markup

from hwsim.mapping.mapping import Slice
from hwsim.report.floor import Cell, plan
from hwsim.report.html import show
from hwsim.report.html.drawing import floor_plan, heat
from hwsim.result import Outcome, Run

SIZE, TINTS = 10, 8
"""Units of a core's square; classes t0 .. t7, which layers take in turn."""


def mesh(run: Run, outcome: Outcome, energies: list[Fraction]) -> Markup:
    """All cores; `energies` are those of `core_energy`."""
    drawn = plan(run.mapping, outcome)
    largest = max(energies, default=Fraction()) or Fraction(1)
    shapes = [
        f'<rect class="tile" x="{x * SIZE}" y="{y * SIZE}" width="{drawn.tile[0] * SIZE}" '
        f'height="{drawn.tile[1] * SIZE}"/>'
        for y in range(0, drawn.rows, drawn.tile[1])
        for x in range(0, drawn.columns, drawn.tile[0])
    ]
    dynamic = sum(energies, Fraction()) or Fraction(1)
    for cell, part, spent in zip(drawn.cells, run.mapping.slices, energies, strict=True):
        share = show.percent(spent / dynamic)
        said = f"{_said(run, cell, part, drawn.servers)}\nenergy per image: {show.energy(spent)}, "
        said += f"{share} of what all cores spend"
        shapes.append(_core(cell, said, heat(cell.utilisation), heat(spent / largest)))
    shapes += [
        f'<rect class="chip" x="{x * SIZE}" y="{y * SIZE}" '
        f'width="{min(drawn.chip[0], drawn.columns - x) * SIZE}" '
        f'height="{min(drawn.chip[1], drawn.rows - y) * SIZE}"/>'
        for y in range(0, drawn.rows, drawn.chip[1])
        for x in range(0, drawn.columns, drawn.chip[0])
    ]
    size = (-2, -2, drawn.columns * SIZE + 4, drawn.rows * SIZE + 4)
    label = f"floor plan of {len(drawn.cells)} cores; the tables give the same numbers"
    return floor_plan("cores", size, label, shapes, (1.05 * drawn.columns, 2.6 * drawn.columns))


def _said(run: Run, cell: Cell, part: Slice, servers: Sequence[str]) -> str:
    block = ", ".join(
        f"{axis} {start} to {stop - 1}"
        for axis, (start, stop) in (("rows", part.y), ("columns", part.x), ("channels", part.c))
    )
    busy = ", ".join(
        f"{server.replace('_', ' ')} {show.time(ns)}"
        for server, ns in zip(servers, cell.busy_ns, strict=True)
    )
    return (
        f"core {cell.core}, {run.network.layers[cell.layer].name}: {cell.neurons} neurons\n"
        f"{block}\nbusy per image: {busy}; {show.percent(cell.utilisation)} of the time"
    )


def _core(cell: Cell, said: str, busy: int, energy: int) -> str:
    x, y = cell.column * SIZE, cell.row * SIZE
    return (
        f'<g class="cell t{cell.layer % TINTS} b{busy} e{energy}" data-layer="{cell.layer}" '
        f'data-x="{cell.column}" data-y="{cell.row}">'
        f'<rect x="{x}.5" y="{y}.5" width="{SIZE - 1}" height="{SIZE - 1}"/>'
        f'<text x="{x + SIZE // 2}" y="{y + 6.6:g}">{cell.layer + 1}</text>'
        f"<title>{escape(said)}</title></g>"
    )
