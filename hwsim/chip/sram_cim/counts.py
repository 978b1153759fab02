"""Counts of a chip of macros, straight from the trace."""

from __future__ import annotations

from hwsim.actions import Action
from hwsim.arch.sram_cim import SramCimArch
from hwsim.chip.layer_array.counted import LayerCount
from hwsim.chip.sram_cim.tiling import Tiling
from hwsim.mapping.reach import Ints


def layer_counts(layer: LayerCount, tiling: Tiling, arch: SramCimArch) -> dict[Action, Ints]:
    """(N, T) per action: what docs/cores/sram_cim.md says of a layer."""
    shape, outputs = layer.layer, layer.layer.out_shape[0]
    every = tiling.positions * shape.fan_in * layer.passes
    rows = layer.additions if arch.core.skip_zero_rows else every * layer.accumulates
    parts = tiling.row_blocks * tiling.slices
    weights = outputs * shape.fan_in * layer.trace.network.weight_bits
    fields = layer.field_words(arch.buffer.word_bits)
    return {
        **layer.common(state_moves=not tiling.keeps_state(arch)),
        Action.CIM_ROW_READ: rows * tiling.column_blocks,
        Action.CIM_ACCUMULATE: rows * (outputs * tiling.slices),
        Action.CIM_REDUCE: layer.accumulates * (tiling.positions * outputs * (parts - 1)),
        Action.CIM_ROW_WRITE: layer.takes_weights * (shape.fan_in * tiling.column_blocks),
        Action.DRAM_READ: layer.takes_weights * -(-weights // arch.dram.word_bits),
        Action.BUFFER_SPIKE_READ: layer.accumulates * (tiling.rounds * fields),
        Action.BUFFER_SPIKE_WRITE: layer.everywhere * -(-layer.sent_bits // arch.buffer.word_bits),
    }
