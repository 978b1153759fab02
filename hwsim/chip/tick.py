"""A step that has to end with its tick."""

from __future__ import annotations

from decimal import Decimal

from hwsim import units
from hwsim.chip.chip import Chip
from hwsim.chip.timing import TILE_SERVERS
from hwsim.chip.transport import StepResult
from hwsim.errors import DoesNotFit


def check_tick(result: StepResult, step: int, image: int, chip: Chip) -> None:
    """Raise DoesNotFit where a step's work is not done when its tick ends."""
    tick = chip.arch.timestep.tick_ps
    took = max(result.scan_ps, result.absorb_ps)
    if took <= tick:
        return
    needed = (Decimal(took) / 1_000_000).normalize()
    raise DoesNotFit(
        f"timestep.tick_us: step {step} (image {image}) takes {_time(took)}, {_time(took - tick)} "
        f"more than its tick of {_time(tick)}; longest at work: {_busiest(result, chip)}: "
        f"needs >= {needed:f} for this step"
    )


def _busiest(result: StepResult, chip: Chip) -> str:
    """The server with the longest busy time in the step: of a core, or of a tile."""
    kind, load = max(result.loads.items(), key=lambda item: int(item[1].busy_ps.max()))
    place = int(load.busy_ps.argmax())
    busy = _time(int(load.busy_ps[place]))
    if kind in TILE_SERVERS or kind.startswith("link_"):
        x, y = place % chip.mapping.tiles_x, place // chip.mapping.tiles_x
        return f"{kind} of tile ({x}, {y}), {busy}"
    part = chip.mapping.slices[place]
    return f"{kind} of core {part.core} ({chip.layers[part.layer].name}), {busy}"


def _time(ps: int) -> str:
    return units.time(Decimal(ps) / 1000)
