"""Inline SVG as text; colours come from the page's classes, so that they follow its scheme."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from html import escape

from markupsafe import Markup

HEAT_STEPS = 10
"""Classes h0 .. h9: from hardly anything to the whole scale."""


def heat(share: Fraction) -> int:
    """The class of a share of the scale."""
    return min(max(int(share * HEAT_STEPS), 0), HEAT_STEPS - 1)


def svg(kind: str, box: str, label: str, shapes: Sequence[str]) -> Markup:
    """A drawing of a CSS class, with the text that stands for it."""
    return Markup(
        f'<svg class="{kind}" viewBox="{box}" role="img" aria-label="{escape(label)}">'
        f"{''.join(shapes)}</svg>"
    )


def floor_plan(
    kind: str,
    size: tuple[float, float, float, float],
    label: str,
    shapes: Sequence[str],
    rem: tuple[float, float],
) -> Markup:
    """A floor plan that is `rem` (least, most) wide, so that a small mesh is drawn small."""
    least, most = rem
    return Markup(
        f'<svg class="map {kind}" viewBox="{" ".join(f"{n:g}" for n in size)}" role="img" '
        f'aria-label="{escape(label)}" style="min-width: {least:g}rem; max-width: {most:g}rem">'
        f"{''.join(shapes)}</svg>"
    )


def decorative(kind: str, box: str, shapes: Sequence[str]) -> Markup:
    """A drawing whose numbers stand beside it."""
    return Markup(
        f'<svg class="{kind}" viewBox="{box}" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(shapes)}</svg>"
    )


def coordinate(value: Fraction | int) -> str:
    """At most two decimals."""
    return f"{round(Fraction(value) * 100) / 100:g}"
