"""Time step by step: when scans and absorptions end, and which layers work how long."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from html import escape

from markupsafe import Markup

from hwsim.chip.timing import Timing
from hwsim.report.html import show
from hwsim.report.html.drawing import coordinate, heat, svg
from hwsim.report.html.table import Cell, Column, Table, number, text, time
from hwsim.report.latency_csv import mean_ns
from hwsim.report.occupancy import Busiest
from hwsim.result import Outcome, Run

_LEFT, _RIGHT, _PITCH, _WIDTH = 28, 52, 16, 420


def chart(run: Run, timing: Timing) -> Markup:
    """Per step, mean over images: the last scan above the last absorption, and the barrier
    behind the later of the two; or the pass of a layer, and the barrier."""
    scan, absorb, step = (
        mean_ns(values) for values in (timing.scan_ps, timing.absorb_ps, timing.step_ps)
    )
    barrier = Fraction(timing.barrier_ps, 1000)
    longest = max(step, default=Fraction()) or Fraction(1)

    def along(ns: Fraction) -> Fraction:
        return ns / longest * (_WIDTH - _LEFT - _RIGHT)

    rows = []
    for index, (scanned, absorbed, whole) in enumerate(zip(scan, absorb, step, strict=True)):
        top = _PITCH * index + 3
        what = f"last scan {show.time(scanned)}, last absorption {show.time(absorbed)}"
        if timing.passes:
            what = f"a pass of {_layer(run, index)}, {show.time(scanned)}"
        said = f"step {index}: {what}, barrier {show.time(barrier)}, in all {show.time(whole)}"
        rows.append(
            f"<g><title>{escape(said)}</title>"
            f'<rect class="hover" x="0" y="{top - 2}" width="{_WIDTH}" height="{_PITCH}"/>'
            f'<text class="end" x="{_LEFT - 6}" y="{top + 10}">{index}</text>'
            f'<rect class="scan" x="{_LEFT}" y="{top}" width="{coordinate(along(scanned))}" '
            f'height="{13 if timing.passes else 6}"/>'
            f'<rect class="absorb" x="{_LEFT}" y="{top + 7}" '
            f'width="{coordinate(along(absorbed))}" height="6"/>'
            f'<rect class="barrier" x="{coordinate(_LEFT + along(whole - barrier))}" y="{top}" '
            f'width="{coordinate(along(barrier))}" height="13"/>'
            f'<text x="{coordinate(_LEFT + along(whole) + 5)}" y="{top + 10}">'
            f"{escape(show.time(whole, 3))}</text></g>"
        )
    height = _PITCH * len(step) + 6
    label = f"time of each of {len(step)} steps; the table below has the numbers"
    return svg("plot", f"0 0 {_WIDTH} {height}", label, rows)


def table(run: Run, outcome: Outcome, busiest: list[list[Busiest | None]] | None) -> Table:
    """The numbers of the chart, and who was busiest in each step."""
    timing = outcome.timing
    scan, absorb, step = (
        mean_ns(values) for values in (timing.scan_ps, timing.absorb_ps, timing.step_ps)
    )
    if timing.passes:
        return Table(
            f"{timing.experiment}: passes, mean over the images",
            [Column("step"), Column("layer", "text"), Column("pass"), Column("with barrier")],
            [
                [number(str(index), index), text(_layer(run, index)), time(passed), time(whole)]
                for index, (passed, whole) in enumerate(zip(scan, step, strict=True))
            ],
        )
    columns = [
        *(Column(name) for name in ("step", "last scan", "last absorption", "step in all")),
        *([Column("busiest core", "text"), Column("of the step")] if busiest else []),
    ]
    rows = []
    for index, times in enumerate(zip(scan, absorb, step, strict=True)):
        row = [number(str(index), index), *map(time, times)]
        if busiest:
            row += _busiest_cells(run, busiest[index])
        rows.append(row)
    return Table(f"{timing.experiment}: steps, mean over the images", columns, rows)


def _layer(run: Run, step: int) -> str:
    """The layer whose pass a step is."""
    return run.network.layers[step % len(run.network.layers)].name


def _busiest_cells(run: Run, layers: list[Busiest | None]) -> list[Cell]:
    found = max((b for b in layers if b is not None), key=lambda b: b.busy_ns, default=None)
    if found is None:
        return [text("none"), number(show.percent(None), None)]
    part = run.mapping.slices[found.slice]
    layer = run.network.layers[part.layer].name
    said = f"{part.core} ({layer}), {found.server.replace('_', ' ')}"
    return [text(said), number(show.percent(found.share), found.share)]


@dataclass(frozen=True)
class HeatCell:
    """Share of the step in whole percent ("" for nothing), its colour and its words."""

    text: str
    heat: int
    said: str


def heat_rows(run: Run, busiest: list[list[Busiest | None]]) -> list[list[HeatCell | None]]:
    """[step][layer]: how long the layer's busiest core worked, of the step."""
    return [
        [_heat_cell(run, step, found) for found in layers] for step, layers in enumerate(busiest)
    ]


def _heat_cell(run: Run, step: int, found: Busiest | None) -> HeatCell | None:
    if found is None:
        return None
    part = run.mapping.slices[found.slice]
    said = (
        f"step {step}, {run.network.layers[part.layer].name}: core {part.core}, "
        f"{found.server.replace('_', ' ')} busy {show.time(found.busy_ns)}, "
        f"{show.percent(found.share)} of the step"
    )
    percent = round(found.share * 100)
    return HeatCell(str(percent) if percent else "<1", heat(found.share), said)
