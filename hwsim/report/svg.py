"""Inline drawings of report.html: plain SVG text, styled by the page's classes."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from html import escape

from hwsim import units
from hwsim.chip.timing import Timing
from hwsim.report.floor import Cell, Plan
from hwsim.report.groups import GROUPS
from hwsim.report.latency_csv import mean_ns

HEAT_STEPS = 10
"""Classes h0 .. h9 of the heat map."""


def stacked_bar(groups: dict[str, Fraction], scale: Fraction, height: int = 14) -> str:
    """One horizontal bar of `GROUPS`, `scale` being the full width."""
    parts, start = [], Fraction()
    for number, group in enumerate(GROUPS):
        width = groups.get(group.name, Fraction()) / scale * 100 if scale else Fraction()
        if not width:
            continue
        share = f"{group.name}: {units.micro(units.energy(groups[group.name]))}"
        parts.append(
            f'<rect class="g{number}" x="{_n(start)}" y="0" width="{_n(width)}" height="{height}">'
            f"<title>{escape(share)}</title></rect>"
        )
        start += width
    return (
        f'<svg class="bar" viewBox="0 0 100 {height}" preserveAspectRatio="none" '
        f'height="{height}" aria-hidden="true">{"".join(parts)}</svg>'
    )


def plain_bar(share: Fraction, height: int = 10) -> str:
    """One horizontal bar, `share` of the full width."""
    return (
        f'<svg class="bar" viewBox="0 0 100 {height}" preserveAspectRatio="none" '
        f'height="{height}" aria-hidden="true">'
        f'<rect class="fill" x="0" y="0" width="{_n(share * 100)}" height="{height}"/></svg>'
    )


def steps(timing: Timing) -> str:
    """Per step, mean over images: the last scan above the last absorption, and the barrier
    behind the later of the two."""
    scan, absorb, step = (
        mean_ns(values) for values in (timing.scan_ps, timing.absorb_ps, timing.step_ps)
    )
    barrier = Fraction(timing.barrier_ps, 1000)
    longest = max(step, default=Fraction()) or Fraction(1)
    left, right, pitch = 34, 66, 18
    width, height = 640, pitch * len(step) + 6

    def along(ns: Fraction) -> Fraction:
        return ns / longest * (width - left - right)

    rows = []
    for index, (scanned, absorbed, whole) in enumerate(zip(scan, absorb, step, strict=True)):
        top = pitch * index + 3
        said = f"step {index}: last scan {units.time(scanned)}, last absorption "
        said += f"{units.time(absorbed)}, barrier {units.time(barrier)}, in all {units.time(whole)}"
        rows.append(
            f"<g><title>{escape(units.micro(said))}</title>"
            f'<rect class="hover" x="0" y="{top - 2}" width="{width}" height="{pitch}"/>'
            f'<text class="end" x="{left - 6}" y="{top + 10}">{index}</text>'
            f'<rect class="scan" x="{left}" y="{top}" width="{_n(along(scanned))}" height="6"/>'
            f'<rect class="absorb" x="{left}" y="{top + 7}" width="{_n(along(absorbed))}" '
            f'height="6"/>'
            f'<rect class="barrier" x="{_n(left + along(whole - barrier))}" y="{top}" '
            f'width="{_n(along(barrier))}" height="13"/>'
            f'<text x="{_n(left + along(whole) + 5)}" y="{top + 10}">'
            f"{escape(units.micro(units.time(whole, 3)))}</text></g>"
        )
    return _svg(width, height, f"time of each of {len(step)} steps", rows)


def mesh(plan: Plan, layers: Sequence[str]) -> str:
    """The heat map of the floor plan with the boundaries of tiles and of real chips."""
    size, margin = 10, 2
    width, height = plan.columns * size, plan.rows * size
    shapes = [
        f'<rect class="tile" x="{x * size}" y="{y * size}" width="{plan.tile[0] * size}" '
        f'height="{plan.tile[1] * size}"/>'
        for y in range(0, plan.rows, plan.tile[1])
        for x in range(0, plan.columns, plan.tile[0])
    ]
    shapes += [_cell(cell, size, layers[cell.layer], plan.servers) for cell in plan.cells]
    shapes += [
        f'<rect class="chip" x="{x * size}" y="{y * size}" '
        f'width="{min(plan.chip[0], plan.columns - x) * size}" '
        f'height="{min(plan.chip[1], plan.rows - y) * size}"/>'
        for y in range(0, plan.rows, plan.chip[1])
        for x in range(0, plan.columns, plan.chip[0])
    ]
    box = f"{-margin} {-margin} {width + 2 * margin} {height + 2 * margin}"
    return _svg(width, height, f"heat map of {len(plan.cells)} cores", shapes, box, "mesh")


def _cell(cell: Cell, size: int, layer: str, servers: Sequence[str]) -> str:
    heat = min(int(cell.utilisation * HEAT_STEPS), HEAT_STEPS - 1)
    busy = ", ".join(
        f"{server} {units.time(ns)}" for server, ns in zip(servers, cell.busy_ns, strict=True)
    )
    said = f"core {cell.core}: {layer}, {cell.neurons} neurons; busy per image: {busy}; "
    said += f"busiest {units.percent(cell.utilisation)} of the time"
    return (
        f'<rect class="h{heat}" x="{_n(Fraction(cell.column * size) + Fraction(1, 2))}" '
        f'y="{_n(Fraction(cell.row * size) + Fraction(1, 2))}" width="{size - 1}" '
        f'height="{size - 1}"><title>{escape(units.micro(said))}</title></rect>'
    )


def _svg(
    width: int, height: int, label: str, shapes: Sequence[str], box: str = "", kind: str = "plot"
) -> str:
    return (
        f'<svg class="{kind}" viewBox="{box or f"0 0 {width} {height}"}" role="img" '
        f'aria-label="{escape(label)}">{"".join(shapes)}</svg>'
    )


def _n(value: Fraction) -> str:
    """A coordinate with at most two decimals."""
    hundredths = round(value * 100)
    return f"{hundredths / 100:g}"
