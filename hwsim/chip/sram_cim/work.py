"""The replay of a layer pass on macros: round after round, position after position."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from hwsim.actions import Action, Counted
from hwsim.arch.sram_cim import SramCimArch
from hwsim.chip.frames import Frames
from hwsim.chip.layer_array.cycles import durations_ps, load_cycles, words
from hwsim.chip.layer_array.walk import Field, LayerPass
from hwsim.chip.passes import Pass
from hwsim.chip.sram_cim.tiling import Tiling


@dataclass(frozen=True)
class SramCimWork:
    """Makes the passes of a replay."""

    frames: Frames
    arch: SramCimArch

    def layer_pass(self, image: int, timestep: int, layer: int) -> Pass:
        """One layer in one timestep of an image."""
        tiling = Tiling.of(self.frames.network, layer, self.arch)
        here = LayerPass(self.frames, self.arch, image, timestep, layer)
        return _Walk(here, self.arch, tiling, self.frames.network.weight_bits).run()


class _Walk:
    def __init__(
        self, here: LayerPass, arch: SramCimArch, tiling: Tiling, weight_bits: int
    ) -> None:
        self.here, self.arch, self.tiling = here, arch, tiling
        self.weight_bits = weight_bits
        self.counts: Counter[Counted] = Counter()
        self.chip: Counter[Counted] = Counter()
        self.cycles: list[int] = []

    def run(self) -> Pass:
        here, layer = self.here, self.here.layer
        here.inject(self.counts, self.chip)
        fields = list(here.fields()) if here.accumulates else []
        if here.takes_weights:
            bits = layer.out_shape[0] * layer.fan_in * self.weight_bits
            self.counts[Action.DRAM_READ] += words(bits, self.arch.dram.word_bits)
        for round_ in range(self.tiling.rounds):
            blocks, outputs = self.tiling.outputs_of(round_)
            if here.takes_weights:
                self._load(blocks, outputs)
            for position in range(self.tiling.positions):
                work = self._add(fields[position], blocks, outputs) if fields else 0
                self.cycles.append(work + self.tiling.sum_rows * self.arch.core.update_cycles)
        self._neurons()
        return Pass(
            durations_ps(self.cycles, self.arch),
            {action: np.array([count], np.int64) for action, count in self.counts.items()},
            {**self.chip},
        )

    def _load(self, blocks: int, outputs: int) -> None:
        """Weights of a round: all its macros are written at the same time, row by row."""
        layer = self.here.layer
        self.counts[Action.CIM_ROW_WRITE] += layer.fan_in * blocks
        fullest = self.tiling.inputs * layer.kernel[0] * layer.kernel[1]
        bits = outputs * layer.fan_in * self.weight_bits
        self.cycles.append(fullest + load_cycles(bits, self.arch))

    def _add(self, field: Field, blocks: int, outputs: int) -> int:
        """The rows of a position, and their partial sums; cycles of the slowest row block."""
        core, layer, tiling = self.arch.core, self.here.layer, self.tiling
        rows = []
        for first in range(0, layer.in_shape[0], tiling.inputs):
            digits = field.digits[first : first + tiling.inputs]
            taps = layer.kernel[0] * layer.kernel[1]
            every = len(digits) * taps * self.here.passes
            rows.append(int(digits.sum()) if core.skip_zero_rows else every)
        additions, parts = sum(rows), tiling.row_blocks * tiling.slices
        self.counts[Action.CIM_ROW_READ] += additions * blocks
        self.counts[Action.CIM_ACCUMULATE] += additions * outputs * tiling.slices
        self.counts[Action.CIM_REDUCE] += outputs * (parts - 1)
        bits = field.taps * layer.in_shape[0] * self.here.input_bits
        self.counts[Action.BUFFER_SPIKE_READ] += words(bits, self.arch.buffer.word_bits)
        self.here.operate(field, outputs, self.counts)
        slowest = -(-max(rows) // core.rows_per_cycle)
        return tiling.sum_rows * slowest + (parts - 1).bit_length()

    def _neurons(self) -> None:
        here, layer = self.here, self.here.layer
        fired = here.fired
        for row in fired:
            for column in row:
                here.update(len(column), int(np.count_nonzero(column)), self.counts)
                if not self.tiling.keeps_state(self.arch):
                    here.keep_state(1, self.counts)
        if layer.spiking:
            sent = words(here.sent_bits, self.arch.buffer.word_bits)
            self.counts[Action.BUFFER_SPIKE_WRITE] += sent
