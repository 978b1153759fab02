"""Horizontal bars that stand beside the numbers they show."""

from __future__ import annotations

from fractions import Fraction

from markupsafe import Markup

from hwsim.report.groups import GROUPS
from hwsim.report.html.drawing import coordinate, decorative


def stacked_bar(groups: dict[str, Fraction], scale: Fraction, kind: str = "bar") -> Markup:
    """One bar of `GROUPS`, `scale` being the full width."""
    parts, start = [], Fraction()
    for number, group in enumerate(GROUPS):
        width = groups.get(group.name, Fraction()) / scale * 100 if scale else Fraction()
        if width:
            parts.append(_part(f"g{number}", start, width))
        start += width
    return decorative(kind, "0 0 100 10", parts)


def plain_bar(share: Fraction) -> Markup:
    """One bar, `share` of the full width."""
    return decorative("bar", "0 0 100 10", [_part("fill", Fraction(), share * 100)])


def _part(kind: str, start: Fraction, width: Fraction) -> str:
    return (
        f'<rect class="{kind}" x="{coordinate(start)}" y="0" width="{coordinate(width)}" '
        f'height="10"/>'
    )
