"""The links between tiles as arrows, coloured by time, packets or longest queue."""

from __future__ import annotations

from fractions import Fraction
from html import escape

from markupsafe import Markup

from hwsim.chip.timing import PORTS, ServerLoad, TileServer
from hwsim.mapping.mapping import Mapping
from hwsim.report.busy import total_ps
from hwsim.report.html import show
from hwsim.report.html.drawing import floor_plan, heat
from hwsim.result import Outcome, Run

PITCH, TILE = 20, 9
"""Units from tile to tile, and of a tile's side."""

_ARROWS: dict[TileServer, str] = {
    "east": "9.5,5 16.5,5 19.5,7 16.5,9 9.5,9",
    "west": "-.5,0 -7.5,0 -10.5,2 -7.5,4 -.5,4",
    "south": "0,9.5 0,16.5 2,19.5 4,16.5 4,9.5",
    "north": "5,-.5 5,-7.5 7,-10.5 9,-7.5 9,-.5",
}
"""Corners of each port's arrow, from the corner of its tile."""
_STEPS = {"east": (1, 0), "west": (-1, 0), "south": (0, 1), "north": (0, -1)}


def links(run: Run, outcome: Outcome) -> Markup | None:
    """All links that carried a packet; None where links take no time and are not observed."""
    mapping, loads = run.mapping, outcome.timing.loads
    known = {port: loads[port] for port in PORTS if port in loads and loads[port].served.any()}
    if not known:
        return None
    columns, rows = mapping.tiles_x, mapping.tiles_y
    shapes = [
        f'<rect class="tile" x="{x * PITCH}" y="{y * PITCH}" width="{TILE}" height="{TILE}"/>'
        for y in range(rows)
        for x in range(columns)
    ]
    gap = (PITCH - TILE) / 2
    shapes += [
        f'<rect class="chip" x="{x * PITCH - gap:g}" y="{y * PITCH - gap:g}" '
        f'width="{min(mapping.chip_tiles_x, columns - x) * PITCH}" '
        f'height="{min(mapping.chip_tiles_y, rows - y) * PITCH}"/>'
        for y in range(0, rows, mapping.chip_tiles_y)
        for x in range(0, columns, mapping.chip_tiles_x)
    ]
    most = tuple(
        max(int(getattr(load, name).max()) for load in known.values()) or 1
        for name in ("busy_ps", "served", "max_queue")
    )
    for port, load in known.items():
        for tile in load.served.nonzero()[0].tolist():
            shapes.append(_arrow(outcome, mapping, port, tile, load, most))
    size = (-gap - 2, -gap - 2, columns * PITCH + 4, rows * PITCH + 4)
    label = f"load of the links between {columns} by {rows} tiles"
    return floor_plan("links", size, label, shapes, (2.1 * columns, 5.2 * columns))


def scales(outcome: Outcome) -> tuple[str, str, str]:
    """What the darkest colour stands for: busy share, packets an image, longest queue."""
    timing = outcome.timing
    loads = [timing.loads[port] for port in PORTS if port in timing.loads]
    busy, served, queue = (
        max((int(getattr(load, name).max()) for load in loads), default=0)
        for name in ("busy_ps", "served", "max_queue")
    )
    share = Fraction(busy, max(total_ps(timing), 1))
    packets = Fraction(served, len(timing.latency_ps))
    return (
        f"{show.percent(share)} of the time",
        f"{show.count(packets)} packets",
        f"{queue} packets",
    )


def _arrow(
    outcome: Outcome,
    mapping: Mapping,
    port: TileServer,
    tile: int,
    load: ServerLoad,
    most: tuple[int, ...],
) -> str:
    y, x = divmod(tile, mapping.tiles_x)
    own = (int(load.busy_ps[tile]), int(load.served[tile]), int(load.max_queue[tile]))
    busy, packets, queue = (heat(Fraction(n, m)) for n, m in zip(own, most, strict=True))
    share = Fraction(own[0], max(total_ps(outcome.timing), 1))
    sent = Fraction(own[1], len(outcome.timing.latency_ps))
    dx, dy = _STEPS[port]
    said = (
        f"tile ({x}, {y}) {port} to ({x + dx}, {y + dy}): {show.count(sent)} packets an image\n"
        f"busy {show.percent(share)} of the time; longest queue {own[2]}"
    )
    return (
        f'<g class="cell b{busy} p{packets} q{queue}" data-x="{2 * x + dx}" data-y="{2 * y + dy}" '
        f'transform="translate({x * PITCH} {y * PITCH})">'
        f'<polygon points="{_ARROWS[port]}"/><title>{escape(said)}</title></g>'
    )
