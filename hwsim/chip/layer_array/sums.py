"""How wide the sums of a network get, whatever its weights and spikes are."""

from __future__ import annotations

from hwsim.arch.layer_array import PIXEL_BITS
from hwsim.network.graph import Network


def sum_bits(network: Network) -> int:
    """Bits, sign included, that hold every sum of a timestep."""
    weight, pixel = ((1 << bits - 1) - 1 for bits in (network.weight_bits, PIXEL_BITS))
    largest = [layer.fan_in * weight for layer in network.layers]
    return 1 + max(largest[0] * pixel, *largest).bit_length()
