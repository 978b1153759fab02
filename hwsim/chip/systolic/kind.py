"""The core kind `systolic`."""

from __future__ import annotations

from typing import ClassVar

from hwsim.actions import Action
from hwsim.arch.systolic import SystolicArch
from hwsim.chip.frames import Frames
from hwsim.chip.kind import Capacity
from hwsim.chip.layer_array.counted import LayerCount
from hwsim.chip.layer_array.kind import STRATEGY, LayerArrayKind
from hwsim.chip.systolic.counts import layer_counts
from hwsim.chip.systolic.tiling import Tiling
from hwsim.chip.systolic.work import SystolicWork
from hwsim.mapping.fit import Fit, LayerFit, Limit, Shortage
from hwsim.mapping.reach import Ints
from hwsim.network.graph import Network

BITS_PER_KIB = 8 * 1024


class Systolic(LayerArrayKind[SystolicArch]):
    """PEs with buffers and DRAM; docs/cores/systolic.md."""

    name: ClassVar[str] = "systolic"
    arch = SystolicArch

    def layer_counts(self, layer: LayerCount, arch: SystolicArch) -> dict[Action, Ints]:
        """From the layer's tiling."""
        tiling = Tiling.of(layer.trace.network, layer.number, arch)
        return layer_counts(layer, tiling, arch)

    def work(self, frames: Frames, arch: SystolicArch) -> SystolicWork:
        """Tiles of channels and positions."""
        return SystolicWork(frames, arch)

    def first_cores(self, network: Network, arch: SystolicArch) -> list[int]:
        """The array."""
        return [0 for _ in network.layers]

    def shortages(self, network: Network, arch: SystolicArch) -> list[Shortage]:
        """Bits of a weight, and room in the buffers."""
        found, core = [], arch.core
        if network.weight_bits > core.weight_bits:
            found.append(
                Shortage(
                    "core.weight_bits", None, network.weight_bits, core.weight_bits,
                    f"core.weight_bits: {network.weight_bits} of {core.weight_bits} bits for the "
                    f"weights of {network.name}: needs >= {network.weight_bits}",
                )
            )  # fmt: skip
        for tiling in _tilings(network, arch):
            needed = -(-tiling.field_bits // BITS_PER_KIB)
            if tiling.held and needed > arch.spike_buffer.kib:
                found.append(
                    Shortage(
                        "spike_buffer.kib", tiling.layer.name, needed, arch.spike_buffer.kib,
                        f"spike_buffer.kib: {needed} of {arch.spike_buffer.kib} KiB for what one "
                        f"tile of positions of {tiling.layer.name} sees: needs >= {needed}",
                    )
                )  # fmt: skip
        needed = -(-_weight_bits(network, arch) // BITS_PER_KIB)
        if core.weights == "resident" and needed > arch.weight_buffer.kib:
            found.append(
                Shortage(
                    "core.weights", None, needed, arch.weight_buffer.kib,
                    f"weight_buffer.kib: {needed} of {arch.weight_buffer.kib} KiB for all weights "
                    f"of {network.name}: needs >= {needed}, or core.weights: reload",
                )
            )  # fmt: skip
        return found

    def whole_fit(self, network: Network, arch: SystolicArch, missing: tuple[Shortage, ...]) -> Fit:
        """Tiles of each layer, and the share of PEs that have a neuron."""
        tilings = _tilings(network, arch)
        array = arch.core.rows * arch.core.cols
        layers, busy, slots = [], 0, 0
        for tiling in tilings:
            channels, height, width = tiling.layer.out_shape
            tiles = len(tiling.channel_tiles) * len(tiling.position_tiles)
            largest = max(tiling.tile_bits(tile) for tile in tiling.channel_tiles)
            block = (height, width, min(channels, arch.core.rows))
            used = {"tiles": tiles, "weight_bits": largest, "input_bits": tiling.input_bits_held}
            layers.append(LayerFit(tiling.layer.name, 1, block, used))
            busy += tiling.layer.neurons * tiling.layer.fan_in * tiling.held
            slots += tiles * array * tiling.layer.fan_in * tiling.held
        return Fit(
            strategy=STRATEGY,
            limits={
                "tiles": Limit("tiles", None),
                "weight_bits": Limit("weights of a tile", arch.weight_buffer.bits, "bits"),
                "input_bits": Limit("input", arch.spike_buffer.bits, "bits"),
            },
            layers=tuple(layers),
            cores_used=1,
            mesh_cores=1,
            chips=1,
            utilisation={"pes": busy / slots if slots else 0.0},
            missing=missing,
            notes=tuple(_notes(network, arch, tilings)),
        )

    def sums(self, network: Network, arch: SystolicArch) -> Capacity:
        """One a PE, and with `window` one for each of its timesteps."""
        core = arch.core
        bits = core.rows * core.cols * core.membrane_bits * (core.window or 1)
        return Capacity(bits, None)

    def weight_bits_offered(self, arch: SystolicArch) -> int:
        """The weight buffer."""
        return arch.weight_buffer.bits


def _tilings(network: Network, arch: SystolicArch) -> list[Tiling]:
    return [Tiling.of(network, number, arch) for number in range(len(network.layers))]


def _weight_bits(network: Network, arch: SystolicArch) -> int:
    return sum(
        tiling.tile_bits(tile)
        for tiling in _tilings(network, arch)
        if tiling.held
        for tile in tiling.channel_tiles
    )


def _notes(network: Network, arch: SystolicArch, tilings: list[Tiling]) -> list[str]:
    notes, held = [], [tiling for tiling in tilings if tiling.held]
    if arch.core.weights == "reload":
        often = "an image" if arch.timestep.tick_batch else "a timestep"
        megabytes = _weight_bits(network, arch) / 8e6
        notes.append(f"weights reload from DRAM: {megabytes:.4g} MB {often}")
    streamed = [
        tiling.layer.name
        for tiling in held
        if not all(tiling.fits_weights(tile, arch) for tile in tiling.channel_tiles)
    ]
    if streamed:
        notes.append(
            f"a tile of weights does not fit the weight buffer, and is streamed for every tile of "
            f"positions: {', '.join(streamed)}"
        )
    again = [tiling.layer.name for tiling in held if tiling.input_fetches(arch) > 1]
    if again:
        notes.append(
            "inputs do not fit the spike buffer, and are fetched for every tile of channels: "
            f"{', '.join(again)}"
        )
    return notes
