"""The architecture file of a systolic array with buffers and DRAM (docs/cores/systolic.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import StrictBool

from hwsim.actions import Action, Counted
from hwsim.arch.count import Count
from hwsim.arch.layer_array import COMMON, LayerArrayArch, LayerArrayCore, SizedMemory
from hwsim.arch.schema import Memory

if TYPE_CHECKING:
    from hwsim.arch.chip_rules import Finding
    from hwsim.arch.provenance import Origin

WEIGHTS = (Action.BUFFER_WEIGHT_READ, Action.BUFFER_WEIGHT_WRITE)


class SystolicCore(LayerArrayCore):
    """`rows` x `cols` PEs: output channels x positions. `update_lanes` neurons at a time take
    `update_cycles`. With `gate_on_zero` an activation of 0 costs a cycle, and no addition. `window`
    timesteps share one pass of the weights through the array."""

    kind: Literal["systolic"]
    update_lanes: Count
    gate_on_zero: StrictBool
    window: Count | None = None


class SystolicArch(LayerArrayArch):
    """One array of PEs, its buffers and DRAM."""

    ACCUMULATE: ClassVar[Action] = Action.PE_ACCUMULATE
    ACTIONS: ClassVar[tuple[Counted, ...]] = (
        *COMMON,
        *WEIGHTS,
        Action.PE_CYCLE,
        Action.PE_ACCUMULATE,
        Action.SPAD_ACCESS,
        Action.DRAM_WRITE,
    )

    core: SystolicCore
    weight_buffer: SizedMemory
    spike_buffer: SizedMemory
    spad: Memory

    def word_bits(self, action: Counted) -> int:
        """Width of the word that a memory action touches."""
        if action.component == "buffer":
            return (self.weight_buffer if action in WEIGHTS else self.spike_buffer).word_bits
        return super().word_bits(action)

    def rules(self, origins: Mapping[str, Origin]) -> Iterator[Finding]:
        """What must hold between the fields of such a chip."""
        yield from super().rules(origins)
        if self.mesh.cores != 1:
            words = (
                f"{self.mesh.cores} cores; the PEs of a systolic chip are one array, its only core"
            )
            yield ("mesh",), words
        if self.core.window is not None and not self.timestep.tick_batch:
            words = (
                "needs timestep.tick_batch: true, so that a window's timesteps follow one another"
            )
            yield ("core", "window"), words
