"""Numbers as the page prints them: the scales of `hwsim.units` with the signs of a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwsim import units

EXPERIMENTS = ("single", "stream")

_DASH = "\N{EN DASH}"


def _shown(scale: Callable[..., str]) -> Callable[..., str]:
    def show(value: Any, *digits: int) -> str:
        text = scale(value, *digits)
        return _DASH if text == units.UNKNOWN else units.micro(text)

    return show


energy = _shown(units.energy)
time = _shown(units.time)
power = _shown(units.power)
energy_delay = _shown(units.energy_delay)
rate = _shown(units.rate)
count = _shown(units.count)
bits = _shown(units.bits)
capacity = _shown(units.capacity)
percent = _shown(units.percent)
plain = _shown(units.plain)

FILTERS: dict[str, Callable[..., str]] = {
    "energy": energy,
    "time": time,
    "power": power,
    "energy_delay": energy_delay,
    "rate": rate,
    "count": count,
    "bits": bits,
    "capacity": capacity,
    "percent": percent,
    "plain": plain,
}
"""What a template may call."""
