"""Figures of a run: vector PDF and SVG, one column wide, and the CSV behind each."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from hwsim.energy import Energy
from hwsim.report.floor import mesh_csv, plan
from hwsim.report.groups import by_layer_and_group, groups_in
from hwsim.report.spread import DIGITS, decimal_text
from hwsim.report.style import COLUMN_INCHES, axes, saved, styled
from hwsim.report.table_file import csv_bytes
from hwsim.result import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def figures(run: Run) -> dict[str, bytes]:
    """File name -> bytes: `energy_by_component`, `energy_by_layer` and `mesh`, each as `.pdf`,
    `.svg` and `.csv`."""
    paid = {"single": run.single.energy, "stream": run.stream.energy}
    with styled():
        return {
            **saved("energy_by_component", lambda: _by_component(paid)),
            "energy_by_component.csv": _component_csv(paid),
            **saved("energy_by_layer", lambda: _by_layer(paid["stream"])),
            "energy_by_layer.csv": _layer_csv(paid),
            **saved("mesh", lambda: _mesh(run)),
            "mesh.csv": mesh_csv(run, run.stream),
        }


def _uj(pj: Fraction) -> float:
    return float(pj / 1_000_000)


def _by_component(paid: dict[str, Energy]) -> Figure:
    sums = {
        e: {name: part.mean for name, part in energy.by_component.items()}
        for e, energy in paid.items()
    }
    names = sorted(sums["single"], key=lambda name: sums["single"][name])
    names = [name for name in names if sums["single"][name] or sums["stream"][name]]
    figure, plot = axes(0.6 + 0.26 * max(len(names), 2))
    bars = (("single", "#0072b2", "", 0.2), ("stream", "#e69f00", "///", -0.2))
    for experiment, colour, hatch, offset in bars:
        plot.barh(
            [index + offset for index in range(len(names))],
            [_uj(sums[experiment][name]) for name in names],
            height=0.38,
            color=colour,
            edgecolor="black",
            linewidth=0.4,
            hatch=hatch,
            label=experiment,
        )
    plot.set_yticks(range(len(names)), names)
    plot.set_xlabel("energy per image (\N{MICRO SIGN}J)")
    plot.legend(loc="lower right")
    return figure


def _by_layer(paid: Energy) -> Figure:
    sums = by_layer_and_group(paid)
    figure, plot = axes(2.2)
    bottom = [0.0] * len(sums)
    for group in groups_in(paid):
        heights = [_uj(layer[group.name]) for layer in sums.values()]
        if not any(heights):
            continue
        plot.bar(
            range(len(sums)),
            heights,
            bottom=bottom,
            color=group.colour,
            edgecolor="black",
            linewidth=0.3,
            hatch=group.hatch,
            label=group.name,
        )
        bottom = [low + height for low, height in zip(bottom, heights, strict=True)]
    plot.set_xticks(range(len(sums)), list(sums), rotation=90)
    plot.set_ylabel("energy per image, stream (\N{MICRO SIGN}J)")
    plot.legend()
    return figure


def _mesh(run: Run) -> Figure:
    import numpy as np

    drawn = plan(run.mapping, run.stream)
    grid = np.full((drawn.rows, drawn.columns), np.nan)
    for cell in drawn.cells:
        grid[cell.row, cell.column] = float(cell.utilisation * 100)
    figure, plot = axes(0.9 + (COLUMN_INCHES - 0.8) * min(drawn.rows / drawn.columns, 1.5))
    image = plot.pcolormesh(
        grid, cmap="cividis", vmin=0, vmax=100, edgecolors="#cccccc", linewidth=0.2
    )
    plot.invert_yaxis()
    plot.set_aspect("equal")
    for axis, size, step in (("x", drawn.columns, drawn.chip[0]), ("y", drawn.rows, drawn.chip[1])):
        line = plot.axvline if axis == "x" else plot.axhline
        for place in [*range(0, size, step), size]:
            line(place, color="black", linewidth=1.0, clip_on=False)
    block_x, block_y = drawn.tile
    columns, rows = range(0, drawn.columns // block_x, 4), range(0, drawn.rows // block_y, 4)
    plot.set_xticks([(x + 0.5) * block_x for x in columns], [str(x) for x in columns])
    plot.set_yticks([(y + 0.5) * block_y for y in rows], [str(y) for y in rows])
    plot.set_xlabel("tile x (black lines: real chips)")
    plot.set_ylabel("tile y")
    bar = figure.colorbar(image, ax=plot, location="top", shrink=0.8, aspect=30)
    bar.set_label("busiest server of a core, % of the time (stream)")
    return figure


def _component_csv(paid: dict[str, Energy]) -> bytes:
    rows = (
        (experiment, component, decimal_text(part.mean, DIGITS))
        for experiment, energy in paid.items()
        for component, part in energy.by_component.items()
    )
    return csv_bytes(("experiment", "component", "energy_pj"), rows)


def _layer_csv(paid: dict[str, Energy]) -> bytes:
    rows = (
        (experiment, layer, group, decimal_text(pj, DIGITS))
        for experiment, energy in paid.items()
        for layer, groups in by_layer_and_group(energy).items()
        for group, pj in groups.items()
    )
    return csv_bytes(("experiment", "layer", "group", "energy_pj"), rows)
