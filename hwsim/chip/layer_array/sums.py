"""How wide the sums of a network get, whatever its weights and spikes are."""

from __future__ import annotations

from hwsim.arch.layer_array import PIXEL_BITS
from hwsim.network.graph import Network


def sum_bits(network: Network) -> int:
    """Bits, sign included, that hold every sum of a timestep."""
    return max(
        1 + (layer.fan_in * _largest(network.weight_bits) * (_largest(PIXEL_BITS) if first else 1))
        .bit_length()
        for layer, first in zip(network.layers, (True, *[False] * len(network.layers)), strict=False)
    )  # fmt: skip


def _largest(bits: int) -> int:
    return 2 ** (bits - 1) - 1
