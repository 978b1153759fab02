"""Counts of a systolic array, straight from the trace."""

from __future__ import annotations

from math import prod

from hwsim.actions import Action
from hwsim.arch.systolic import SystolicArch
from hwsim.chip.layer_array.counted import LayerCount
from hwsim.chip.systolic.tiling import Tiling
from hwsim.mapping.reach import Ints


def layer_counts(layer: LayerCount, tiling: Tiling, arch: SystolicArch) -> dict[Action, Ints]:
    """(N, T) per action: what docs/cores/systolic.md says of a layer."""
    shape, core, passes = layer.layer, arch.core, layer.passes
    common = layer.common()
    opens = layer.accumulates * layer.every(core.window or 1)
    array = core.rows * core.cols
    tiles = len(tiling.channel_tiles), len(tiling.position_tiles)
    dense = layer.accumulates * (passes * shape.fan_in)
    added = layer.additions * shape.out_shape[0]
    if not core.gate_on_zero:
        added = dense * shape.neurons
    fill = -(-shape.fan_in * tiling.weight_bits // arch.spad.word_bits)
    digits = -(-shape.fan_in * core.activation_bits // arch.spad.word_bits)
    spads = opens * fill + layer.accumulates * (2 * passes * digits)
    through = sum(_words(tiling.tile_bits(t), arch.weight_buffer.word_bits)
                  for t in tiling.channel_tiles)  # fmt: skip
    pixels = shape.inputs * layer.input_bits
    fetches = layer.accumulates * tiling.input_fetches(arch)
    held = layer.everywhere * _words(layer.sent_bits, arch.spike_buffer.word_bits)
    dram = arch.dram.word_bits
    state = _words(shape.neurons * core.membrane_bits, dram)
    sums = _words(shape.neurons * arch.accumulator.word_bits, dram)
    cached_read, cached_written = (
        (common[action] > 0) * sums if action in common else 0 * layer.everywhere
        for action in (Action.ACCUMULATOR_READ, Action.ACCUMULATOR_WRITE)
    )
    return {
        **common,
        Action.PE_CYCLE: array
        * (dense * prod(tiles) + _updates(tiling, arch) + core.rows + core.cols - 2),
        Action.PE_ACCUMULATE: added,
        Action.SPAD_ACCESS: 3 * added + spads * shape.neurons,
        Action.BUFFER_WEIGHT_READ: opens * (through * tiles[1] * passes),
        Action.BUFFER_WEIGHT_WRITE: _weights(layer, tiling, arch, arch.weight_buffer.word_bits),
        Action.BUFFER_SPIKE_READ: held
        + layer.accumulates * (tiles[0] * layer.field_words(arch.spike_buffer.word_bits)),
        Action.BUFFER_SPIKE_WRITE: held
        + fetches * _words(pixels, arch.spike_buffer.word_bits),
        Action.DRAM_READ: _weights(layer, tiling, arch, dram)
        + fetches * _words(pixels, dram)
        + state * layer.state_read
        + cached_read,
        Action.DRAM_WRITE: layer.everywhere * _words(layer.sent_bits, dram)
        + state * layer.state_written
        + cached_written,
    }  # fmt: skip


def _weights(layer: LayerCount, tiling: Tiling, arch: SystolicArch, word_bits: int) -> Ints:
    """Words of weights that come from DRAM: once where their tile stays in its buffer, else at
    every position tile, pass over the fan-in and window."""
    held, streamed = (
        sum(
            _words(tiling.tile_bits(tile), word_bits)
            for tile in tiling.channel_tiles
            if tiling.fits_weights(tile, arch) == fits
        )
        for fits in (True, False)
    )
    again = layer.accumulates * layer.every(arch.core.window or 1)
    again = again * (len(tiling.position_tiles) * layer.passes * streamed)
    return layer.takes_weights * held + again


def _updates(tiling: Tiling, arch: SystolicArch) -> int:
    """Cycles in which neurons are updated."""
    lanes = arch.core.update_lanes
    sizes = [[stop - first for first, stop in tiles]
             for tiles in (tiling.channel_tiles, tiling.position_tiles)]  # fmt: skip
    groups = sum(-(-rows * columns // lanes) for rows in sizes[0] for columns in sizes[1])
    return groups * arch.core.update_cycles


def _words(bits: int, word_bits: int) -> int:
    return -(-bits // word_bits)
