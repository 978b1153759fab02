"""SpikeSim's published arithmetic for a list of 3 x 3 convolutions, written from its description.

Dimensions behind the pool, no term for spikes, one PE per 64 x 64 channels. Exact decimals; it
imports nothing of hwsim.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import ceil

PE_CYCLE_PJ = (
    Decimal("19.64") * 8  # H-tree
    + Decimal("4.64")  # memory fetch
    + 4 * Decimal("1.274")  # neuron
    + 8 * (9 * Decimal("1.76423") + 8 * (Decimal("2.03084") + Decimal("0.094245")))  # PE, 8 steps
    + 128 * Decimal("0.00000115")  # DIFF
    + 8 * Decimal("0.2")  # temp buffer
    + 397  # tile buffer
)
READ_NS = 26 * 4


@dataclass(frozen=True)
class Conv:
    """Channels in and out, side of the image in front of it and behind its pool."""

    channels_in: int
    channels_out: int
    side_in: int
    side_out: int


VGG9 = [
    Conv(3, 64, 32, 32), Conv(64, 64, 32, 16), Conv(64, 128, 16, 16), Conv(128, 128, 16, 8),
    Conv(128, 256, 8, 8), Conv(256, 256, 8, 8), Conv(256, 256, 8, 4),
]  # fmt: skip


def pes(layers: list[Conv]) -> list[int]:
    return [ceil(x.channels_in / 64) * ceil(x.channels_out / 64) for x in layers]


def tiles(layers: list[Conv]) -> int:
    return ceil(sum(pes(layers)) / 8)


def pe_cycles(layers: list[Conv]) -> list[int]:
    """Per timestep."""
    return [n * x.side_out**2 for n, x in zip(pes(layers), layers, strict=True)]


def energy_pj(layers: list[Conv], timesteps: int) -> list[Decimal]:
    return [timesteps * n * PE_CYCLE_PJ for n in pe_cycles(layers)]


def latency_ns(layers: list[Conv], timesteps: int) -> int:
    """An output element takes a PE cycle; a layer starts when 3/4 of the one before is done."""
    elements = [x.side_out**2 * x.channels_out for x in layers]
    waits = sum(3 * n // 4 for n in elements[:-1])
    return (waits + elements[-1]) * timesteps * READ_NS


def ends_last(layers: list[Conv]) -> bool:
    """Whether no layer is still at work when the last has ended."""
    elements = [x.side_out**2 * x.channels_out for x in layers]
    starts = [sum(3 * n // 4 for n in elements[:k]) for k in range(len(elements))]
    ends = [a + b for a, b in zip(starts, elements, strict=True)]
    return ends[-1] == max(ends)


def area_um2(layers: list[Conv]) -> dict[str, Decimal]:
    bit, count = Decimal("0.7391"), tiles(layers)
    pe = 9 * Decimal("26.2144") + 8 * (Decimal("693.633") + Decimal("45.9"))
    return {
        "H-tree": count * Decimal(2 * 216830),
        "input memory": sum(x.channels_in * x.side_in**2 for x in layers) * bit * 22,
        "neuron memory": sum(x.channels_out * x.side_out**2 for x in layers[:5]) * bit * 22,
        "subtract": count * 8 * Decimal("13411.41498"),
        "PEs": count * 8 * pe,
        "tile buffer": count * bit * 64 * 128,
        "temp buffer": count * Decimal("484.643999"),
    }
