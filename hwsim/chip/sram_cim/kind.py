"""The core kind `sram_cim`."""

from __future__ import annotations

from typing import ClassVar

from hwsim.actions import Action
from hwsim.arch.sram_cim import SramCimArch
from hwsim.chip.frames import Frames
from hwsim.chip.kind import Capacity
from hwsim.chip.layer_array.counted import LayerCount
from hwsim.chip.layer_array.kind import STRATEGY, LayerArrayKind
from hwsim.chip.sram_cim.counts import layer_counts
from hwsim.chip.sram_cim.tiling import Tiling
from hwsim.chip.sram_cim.work import SramCimWork
from hwsim.mapping.fit import Fit, LayerFit, Limit, Shortage
from hwsim.mapping.reach import Ints
from hwsim.network.graph import Network


class SramCim(LayerArrayKind[SramCimArch]):
    """Macros that hold weights and membranes; docs/cores/sram_cim.md."""

    name: ClassVar[str] = "sram_cim"
    arch = SramCimArch

    def layer_counts(self, layer: LayerCount, arch: SramCimArch) -> dict[Action, Ints]:
        """From the layer's tiling."""
        tiling = Tiling.of(layer.trace.network, layer.number, arch)
        return layer_counts(layer, tiling, arch)

    def work(self, frames: Frames, arch: SramCimArch) -> SramCimWork:
        """Rounds and positions."""
        return SramCimWork(frames, arch)

    def first_cores(self, network: Network, arch: SramCimArch) -> list[int]:
        """Layers lie side by side where weights are resident, else each begins at core 0."""
        cores, used = [], 0
        for tiling in _tilings(network, arch):
            cores.append(used)
            used += tiling.macros if arch.core.weights == "resident" else 0
        return cores

    def shortages(self, network: Network, arch: SramCimArch) -> list[Shortage]:
        """Columns and rows of a macro, macros of the mesh."""
        core, tilings = arch.core, _tilings(network, arch)
        slices = tilings[0].slices
        found = []
        if not tilings[0].channels:
            needed = slices * core.weight_bits
            found.append(_lacks("core.cols", None, needed, core.cols, "columns",
                                f"a weight of {network.name} in {slices} bit slices"))  # fmt: skip
            return found
        for tiling in tilings:
            layer, kernel = tiling.layer, tiling.layer.kernel[0] * tiling.layer.kernel[1]
            if tiling.held and kernel > core.rows:
                found.append(_lacks("core.rows", layer.name, kernel, core.rows, "rows",
                                    f"one kernel slice of {layer.name}"))  # fmt: skip
            elif not tiling.blocks_at_once:
                found.append(_lacks("mesh", layer.name, tiling.row_blocks, arch.mesh.cores,
                                    "macros", f"one column block of {layer.name}"))  # fmt: skip
            if tiling.sum_rows > core.membrane_rows:
                found.append(_lacks("core.membrane_rows", layer.name, tiling.sum_rows,
                                    core.membrane_rows, "rows",
                                    f"the sums of one position of {layer.name}"))  # fmt: skip
        macros = sum(tiling.macros for tiling in tilings)
        if not found and core.weights == "resident" and macros > arch.mesh.cores:
            short = _lacks("mesh", None, macros, arch.mesh.cores, "macros",
                           f"all weights of {network.name}")  # fmt: skip
            message = f"{short.message}, or core.weights: reload"
            found.append(Shortage("core.weights", None, macros, arch.mesh.cores, message))
        return found

    def whole_fit(self, network: Network, arch: SramCimArch, missing: tuple[Shortage, ...]) -> Fit:
        """Macros of each layer, and how often the mesh is filled."""
        core, cores = arch.core, arch.mesh.cores
        tilings = _tilings(network, arch)
        layers = [
            LayerFit(
                tiling.layer.name,
                min(tiling.macros, tiling.row_blocks * tiling.blocks_at_once),
                (*tiling.layer.out_shape[1:], min(tiling.channels, tiling.layer.out_shape[0])),
                {
                    "macros": tiling.macros,
                    "rounds": tiling.rounds,
                    "sum_rows": tiling.sum_rows,
                },
            )
            for tiling in tilings
        ]
        held = [tiling for tiling in tilings if tiling.held]
        macros = sum(tiling.macros for tiling in held)
        bits = sum(t.layer.out_shape[0] * t.layer.fan_in * network.weight_bits for t in held)
        resident = core.weights == "resident"
        used = min(sum(t.macros for t in tilings) if resident else cores, cores)
        return Fit(
            strategy=STRATEGY,
            limits={
                "macros": Limit("macros", cores if resident else None),
                "rounds": Limit("rounds", None),
                "sum_rows": Limit("V_MEM rows", core.membrane_rows),
            },
            layers=tuple(layers),
            cores_used=used,
            mesh_cores=cores,
            chips=1,
            utilisation={"cells": bits / (macros * core.rows * core.cols) if macros else 0.0},
            missing=missing,
            notes=tuple(_notes(network, arch, tilings, bits)),
        )

    def sums(self, network: Network, arch: SramCimArch) -> Capacity:
        """Of one position of the widest layer, in V_MEM."""
        core = arch.core
        widest = max(t.layer.out_shape[0] * t.slices for t in _tilings(network, arch))
        offered = arch.mesh.cores * core.membrane_rows * core.cols
        return Capacity(widest * core.membrane_bits, offered)

    def weight_bits_offered(self, arch: SramCimArch) -> int:
        """Cells of all macros."""
        return arch.mesh.cores * arch.core.rows * arch.core.cols


def _tilings(network: Network, arch: SramCimArch) -> list[Tiling]:
    return [Tiling.of(network, number, arch) for number in range(len(network.layers))]


def _lacks(
    limit: str, layer: str | None, needed: int, available: int, unit: str, what: str
) -> Shortage:
    message = f"{limit}: {needed} of {available} {unit} for {what}: needs >= {needed}"
    return Shortage(limit, layer, needed, available, message)


def _notes(network: Network, arch: SramCimArch, tilings: list[Tiling], bits: int) -> list[str]:
    notes, slices = [], tilings[0].slices
    if slices > 1:
        notes.append(
            f"{network.weight_bits}-bit weights in {arch.core.weight_bits}-bit cells: bit-sliced x "
            f"{slices}, columns and additions times {slices}"
        )
    if arch.core.weights == "reload":
        often = "an image" if arch.timestep.tick_batch else "a timestep"
        rounds = sum(tiling.rounds for tiling in tilings if tiling.held)
        notes.append(
            f"weights reload from DRAM: {bits / 8e6:.4g} MB {often}, the mesh is filled {rounds} "
            "times"
        )
    stays = [t.layer.name for t in tilings if t.keeps_state(arch)]
    if network.timesteps > 1 and stays and not arch.timestep.tick_batch:
        notes.append(f"the membranes of {', '.join(stays)} stay in V_MEM")
    return notes
