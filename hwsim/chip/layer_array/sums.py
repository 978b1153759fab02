"""How wide the sums of a network get, whatever its weights and spikes are."""

from __future__ import annotations

from hwsim.network.graph import PIXEL_BITS, Network


def sum_bits(network: Network) -> int:
    """Bits, sign included, that hold every sum of a timestep."""
    weight, pixel = ((1 << bits - 1) - 1 for bits in (network.weight_bits, PIXEL_BITS))
    values = [pixel, *(layer.largest for layer in network.layers[:-1])]
    sums = (
        layer.fan_in * weight * value for layer, value in zip(network.layers, values, strict=True)
    )
    return 1 + max(sums).bit_length()
