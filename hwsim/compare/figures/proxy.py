"""The papers' proxy beside the full system and the ANN on the same memories."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from hwsim.compare.comparison import Baselines, Comparison
from hwsim.compare.figures.drawn import MARKS, MICRO, Drawn, captioned, uj
from hwsim.compare.pair import Pair
from hwsim.compare.proxy import FLOAT32
from hwsim.report.spread import DIGITS, decimal_text
from hwsim.report.style import axes
from hwsim.report.table_file import csv_bytes

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def proxy_figures(comparison: Comparison) -> list[Drawn]:
    """`proxy_and_system`."""
    rows = {_name(pair): _values(comparison.baselines(pair)) for pair in comparison.ran}
    if not rows:
        return []
    return [Drawn("proxy_and_system", lambda: _draw(rows), _csv(comparison))]


def _name(pair: Pair) -> str:
    return f"{pair.subject.name}\n{pair.chip.name}"


def _values(baselines: Baselines) -> dict[str, Fraction | None]:
    """What each mark stands for -> pJ of an image."""
    pair = baselines.pair
    return {
        "proxy, SNN": FLOAT32.snn_pj(pair.subject),
        "proxy, ANN": FLOAT32.ann_pj(pair.subject.network),
        "hwsim, SNN, stream": pair.measured["stream"].energy_pj,
        "hwsim, SNN, single": pair.measured["single"].energy_pj,
        "int8 ANN, zero-skipping": baselines.ann_pj("zero_skipping"),
        "int8 ANN, dense": baselines.ann_pj("dense"),
    }


def _draw(rows: dict[str, dict[str, Fraction | None]]) -> Figure:
    figure, plot = axes(1.1 + 0.26 * max(len(rows), 2))
    for number, name in enumerate(next(iter(rows.values()))):
        colour, marker = MARKS[number % len(MARKS)]
        points = [(uj(pj), y) for y, row in enumerate(rows.values()) if (pj := row[name])]
        if points:
            x, y = zip(*points, strict=True)
            plot.plot(x, y, marker, color=colour, markersize=4, label=name, mec="black", mew=0.3)
    plot.set_xscale("log")
    plot.set_yticks(range(len(rows)), list(rows), fontsize=5)
    plot.set_ylim(len(rows) - 0.5, -0.5)
    plot.grid(axis="y", linewidth=0.3, color="#cccccc")
    plot.set_axisbelow(True)
    plot.set_xlabel(f"energy per image ({MICRO}J)")
    captioned(figure, plot, "", 2)
    return figure


def _csv(comparison: Comparison) -> bytes:
    rows = (
        (pair.subject.name, pair.chip.name, name, decimal_text(pj, DIGITS))
        for pair in comparison.ran
        for name, pj in _values(comparison.baselines(pair)).items()
    )
    return csv_bytes(("network", "arch", "what", "energy_pj"), rows)
