"""How every figure looks and is saved: one column wide, vector, the same bytes each time.

No dates, no random ids, no global matplotlib state. A PDF embeds TrueType outlines (Type 42,
which journals ask for); an SVG keeps its text as text, so that it can be searched and edited.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMN_INCHES = 3.4
"""Width of a column of an IEEE or ACM paper."""

_STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 7.0,
    "axes.linewidth": 0.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "hatch.linewidth": 0.4,
    "legend.frameon": False,
    "legend.fontsize": 6.0,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "hwsim",
    "path.simplify": False,
}


@contextmanager
def styled() -> Iterator[None]:
    """Inside, matplotlib has this style and nothing that the caller has set."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        for name, value in _STYLE.items():
            matplotlib.rcParams[name] = value  # type: ignore[index]
        yield


def saved(name: str, draw: Callable[[], Figure]) -> dict[str, bytes]:
    """What `draw` gives as `name.pdf` and `name.svg`; inside `styled`."""
    files, figure = {}, draw()
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # one layout serves both formats
    for kind, metadata in (("pdf", {"CreationDate": None}), ("svg", {"Date": None})):
        file = io.BytesIO()
        figure.savefig(file, format=kind, metadata=metadata)
        files[f"{name}.{kind}"] = file.getvalue()
    return files


def axes(height: float) -> tuple[Figure, Axes]:
    """A figure of one plot, `height` inches high."""
    (figure, (plot,)) = panels(height, 1)
    return figure, plot


def panels(height: float, columns: int, **shared: Any) -> tuple[Figure, list[Axes]]:
    """A figure of `columns` plots side by side; `shared` are `Figure.subplots`' sharex, sharey."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(COLUMN_INCHES, height), layout="constrained")
    return figure, list(figure.subplots(1, columns, squeeze=False, **shared)[0])
