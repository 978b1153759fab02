"""A figure that can be drawn, and what several of them need."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hwsim.compare.comparison import Comparison
from hwsim.compare.pair import Chip, Pair
from hwsim.compare.subject import Subject
from hwsim.units import Number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MICRO = "\N{MICRO SIGN}"
EDGE: dict[str, Any] = {"edgecolor": "black", "linewidth": 0.3}

MARKS = (
    *(("#0072b2", "o"), ("#d55e00", "s"), ("#009e73", "^"), ("#cc79a7", "D")),
    *(("#e69f00", "v"), ("#56b4e9", "P"), ("#000000", "X"), ("#999999", "<")),
)
"""Okabe and Ito's colours, each with a marker of its own so that grey print tells them apart."""


@dataclass(frozen=True)
class Drawn:
    """A figure's file name without ending, how to draw it, and the CSV behind it."""

    name: str
    draw: Callable[[], Figure]
    csv: bytes


def series(comparison: Comparison) -> Iterator[tuple[str, Chip, list[Pair]]]:
    """A file-name suffix, a chip and the pairs of one family on it, by T; only what ran."""
    families = comparison.families()
    for (network, dataset), subjects in families.items():
        for chip in comparison.chips:
            pairs = [p for s in subjects for p in comparison.ran if p.subject == s]
            found = [pair for pair in pairs if pair.chip == chip]
            if found:
                yield slug(network, dataset, chip.name), chip, found


def slug(*names: str) -> str:
    """Names as a part of a file name."""
    return "-".join("".join(c if c.isalnum() or c == "." else "_" for c in n) for n in names)


def labels(subjects: Sequence[Subject]) -> list[str]:
    """What stands under each of a series: T, and the network where two share a T."""
    timesteps = [subject.network.timesteps for subject in subjects]
    return [
        str(t) if timesteps.count(t) == 1 else f"{t}\n{subject.name}"
        for t, subject in zip(timesteps, subjects, strict=True)
    ]


def uj(pj: Number) -> float:
    """pJ as uJ, for an axis."""
    return float(pj) / 1e6


def stack(
    plot: Axes, layers: Sequence[tuple[str, str, str, Sequence[float]]], *, across: bool = False
) -> None:
    """Stacked bars: (label, colour, hatch, heights) from the bottom up, or from the left."""
    starts = [0.0] * len(layers[0][3]) if layers else []
    draw = plot.barh if across else plot.bar
    begin = "left" if across else "bottom"
    for label, colour, hatch, sizes in layers:
        style = {"color": colour, "hatch": hatch, "label": label, begin: list(starts), **EDGE}
        draw(range(len(sizes)), list(sizes), **style)
        starts = [start + size for start, size in zip(starts, sizes, strict=True)]


def captioned(figure: Figure, plot: Axes, title: str, columns: int = 3) -> None:
    """The whole figure under `title`, above the entries of one plot."""
    handles, names = plot.get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower center", ncols=columns)
    if title:
        figure.suptitle(title, fontsize=6.5)
