"""The quantised ANN of the same layers, priced on the same chip's memories.

Only multiplications, weights and sums are charged, no activations on the network, no neurons and no
leakage: less than such a chip would take, so a spiking network that loses to it loses.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from hwsim.arch.schema import Arch
from hwsim.compare.charges import Charge, charges
from hwsim.network.graph import Network

if TYPE_CHECKING:
    from hwsim.trace.analog import AnalogCounts


@dataclass(frozen=True)
class Ann:
    """The int8 ANN of a family of networks: its file, its accuracy and its work.

    `nonzero_macs[l]` is the mean of an image, over taps inside the input; `correct` of `images` is
    None where a label is unknown, and `recorded_percent` where the checkpoint names no accuracy.
    """

    file: str
    nonzero_macs: tuple[Fraction, ...]
    correct: int | None
    images: int
    recorded_percent: float | None


@dataclass(frozen=True)
class OnChip:
    """An ANN by one chip's table: pJ of an image, None where the chip has no MAC energy.

    `dense` makes every MAC whose tap lies inside the image, `zero_skipping` (None: no ANN given)
    those whose input is not zero. `charges` are those of a MAC of the last layer.
    """

    dense_pj: Fraction
    zero_skipping_pj: Fraction | None
    charges: tuple[Charge, ...]


def ann_of(counted: AnalogCounts) -> Ann:
    """The means of what was counted."""
    images = len(counted.labels)
    known = bool((counted.labels >= 0).all())
    sums = counted.nonzero_macs.sum(axis=0)
    return Ann(
        file=counted.origin.file,
        nonzero_macs=tuple(Fraction(int(total), images) for total in sums),
        correct=int((counted.labels == counted.predictions).sum()) if known else None,
        images=images,
        recorded_percent=counted.origin.test_accuracy_percent,
    )


def on_chip(arch: Arch, network: Network, ann: Ann | None) -> OnChip | None:
    """The ANN of a network's layers on a chip; None where the chip has no MAC energy."""
    per_layer = [
        charges(
            arch,
            layer,
            network.weight_bits,
            front_end=number == 0 and arch.first_layer == "current_injected",
        )
        for number, layer in enumerate(network.layers)
    ]
    if not all(per_layer):
        return None
    prices = [sum((charge.pj for charge in each), Fraction()) for each in per_layer]

    def paid(macs: list[Fraction]) -> Fraction:
        return sum((n * price for n, price in zip(macs, prices, strict=True)), Fraction())

    return OnChip(
        dense_pj=paid([Fraction(layer.macs) for layer in network.layers]),
        zero_skipping_pj=None if ann is None else paid(list(ann.nonzero_macs)),
        charges=tuple(per_layer[-1]),
    )
