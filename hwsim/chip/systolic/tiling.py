"""How a layer is cut into tiles of output channels and of positions."""

from __future__ import annotations

from dataclasses import dataclass

from hwsim.arch.systolic import SystolicArch
from hwsim.network.graph import Layer, Network


@dataclass(frozen=True)
class Tiling:
    """One layer on an array: (first, stop) of its tiles, and what its buffers hold of it.

    `input_bits_held`: of all that the spike buffer must hold for the input to come from DRAM
    once a timestep; `field_bits`: of the fields of one position tile.
    """

    layer: Layer
    held: bool
    weight_bits: int
    channel_tiles: tuple[tuple[int, int], ...]
    position_tiles: tuple[tuple[int, int], ...]
    input_bits_held: int
    field_bits: int

    @classmethod
    def of(cls, network: Network, number: int, arch: SystolicArch) -> Tiling:
        """Of layer `number`; `held` is False where a front end makes its sums."""
        layer, core = network.layers[number], arch.core
        channels, height, width = layer.out_shape
        value = network.input_bits(number)
        timesteps = network.timesteps if arch.timestep.tick_batch else 1
        return cls(
            layer=layer,
            held=not (number == 0 and arch.first_layer == "current_injected"),
            weight_bits=network.weight_bits,
            channel_tiles=_cut(channels, core.rows),
            position_tiles=_cut(height * width, core.cols),
            input_bits_held=layer.inputs * value * timesteps,
            field_bits=min(core.cols, height * width) * layer.fan_in * value,
        )

    def tile_bits(self, tile: tuple[int, int]) -> int:
        """Bits of the weights of a channel tile."""
        return (tile[1] - tile[0]) * self.layer.fan_in * self.weight_bits

    def fits_weights(self, tile: tuple[int, int], arch: SystolicArch) -> bool:
        """Whether a channel tile stays in the weight buffer."""
        return self.tile_bits(tile) <= arch.weight_buffer.bits

    def input_fetches(self, arch: SystolicArch) -> int:
        """How often the input of a timestep comes from DRAM."""
        return 1 if self.input_bits_held <= arch.spike_buffer.bits else len(self.channel_tiles)


def _cut(total: int, size: int) -> tuple[tuple[int, int], ...]:
    return tuple((first, min(first + size, total)) for first in range(0, total, size))
