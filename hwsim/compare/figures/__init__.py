"""Figures of a comparison: vector PDF and SVG, one column wide, and the CSV behind each."""

from __future__ import annotations

from collections.abc import Callable

from hwsim.compare.comparison import Comparison
from hwsim.compare.figures.accesses import accesses_figures
from hwsim.compare.figures.chips import chips_figures
from hwsim.compare.figures.drawn import Drawn
from hwsim.compare.figures.energy import energy_figures
from hwsim.compare.figures.layers import layers_figures
from hwsim.compare.figures.plane import plane_figures
from hwsim.compare.figures.proxy import proxy_figures
from hwsim.compare.figures.rates import rates_figures
from hwsim.compare.figures.shares import shares_figures
from hwsim.report.style import saved, styled

ALL: tuple[Callable[[Comparison], list[Drawn]], ...] = (
    energy_figures,
    accesses_figures,
    rates_figures,
    layers_figures,
    plane_figures,
    shares_figures,
    chips_figures,
    proxy_figures,
)


def figures(comparison: Comparison) -> dict[str, bytes]:
    """File name -> bytes: every figure as `.pdf`, `.svg` and `.csv`. docs/compare.md lists them."""
    files: dict[str, bytes] = {}
    with styled():
        for make in ALL:
            for drawn in make(comparison):
                files |= {**saved(drawn.name, drawn.draw), f"{drawn.name}.csv": drawn.csv}
    return files
