"""Memory accesses against T: state across timesteps apart from sums within one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from hwsim.compare.comparison import Comparison
from hwsim.compare.figures.drawn import EDGE, Drawn, labels, series
from hwsim.compare.memories import STATE, Kind, accesses, kinds_of, needed_state
from hwsim.compare.pair import EXPERIMENTS, Chip, Pair
from hwsim.report.spread import DIGITS, decimal_text
from hwsim.report.style import panels
from hwsim.report.table_file import csv_bytes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PANELS = 3
_WIDTH = 0.4
_NEEDED = "#d55e00"
_STYLES: tuple[dict[str, Any], ...] = (
    {"facecolor": "#999999"},
    {"facecolor": "#eeeeee", "hatch": "////"},
)
"""Of single and stream."""


def accesses_figures(comparison: Comparison) -> list[Drawn]:
    """`accesses_by_timesteps-<network>-<dataset>-<chip>`, for chips that count a memory."""
    return [
        Drawn(
            f"accesses_by_timesteps-{suffix}",
            partial(_draw, chip, pairs),
            _csv(pairs),
        )
        for suffix, chip, pairs in series(comparison)
        if _kinds(pairs)
    ]


def _draw(chip: Chip, pairs: list[Pair]) -> Figure:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    kinds = _kinds(pairs)
    figure, plots = panels(2.1, min(_PANELS, len(kinds)))
    for plot, kind in zip(plots, kinds, strict=False):
        _panel(plot, kind, pairs)
    plots[0].set_ylabel("million words touched\nper image")
    figure.suptitle(chip.name, fontsize=6.5)
    handles = [
        *(Patch(**s, label=e, **EDGE) for s, e in zip(_STYLES, EXPERIMENTS, strict=True)),
        Line2D([], [], color=_NEEDED, lw=1.2, label="of it needed: 2 N (T - 1)"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure


def _panel(plot: Axes, kind: Kind, pairs: list[Pair]) -> None:
    for number, experiment in enumerate(EXPERIMENTS):
        heights = [float(accesses(pair.measured[experiment], kind)) / 1e6 for pair in pairs]
        places = [place + (number - 0.5) * _WIDTH for place in range(len(pairs))]
        plot.bar(places, heights, _WIDTH, **_STYLES[number], **EDGE)
    if kind is STATE:
        for place, pair in enumerate(pairs):
            needed = needed_state(pair.subject) / 1e6
            plot.plot([place - _WIDTH, place + _WIDTH], [needed] * 2, color=_NEEDED, lw=1.2)
    plot.set_xticks(range(len(pairs)), labels([pair.subject for pair in pairs]))
    plot.set_xlim(-0.7, len(pairs) - 0.3)
    plot.set_ylim(bottom=0)
    plot.set_xlabel("timesteps T")
    plot.set_title(f"{kind.name}\n({kind.short})", fontsize=6)


def _kinds(pairs: list[Pair]) -> tuple[Kind, ...]:
    return kinds_of(m for pair in pairs for m in pair.measured.values())


def _csv(pairs: list[Pair]) -> bytes:
    rows = []
    for pair in pairs:
        key = (pair.subject.name, pair.subject.network.timesteps)
        for experiment, measured in pair.measured.items():
            for kind in _kinds(pairs):
                needed = needed_state(pair.subject) if kind is STATE else ""
                words = decimal_text(accesses(measured, kind), DIGITS)
                rows.append((*key, experiment, kind.name, words, needed))
    header = ("network", "timesteps", "experiment", "kind", "words", "needed_words")
    return csv_bytes(header, rows)
