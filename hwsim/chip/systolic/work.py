"""The replay of a layer pass on a systolic array: tile after tile."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from hwsim.actions import Action, Counted
from hwsim.arch.systolic import SystolicArch
from hwsim.chip.frames import Frames
from hwsim.chip.layer_array.cycles import durations_ps, load_cycles, words
from hwsim.chip.layer_array.walk import Field, LayerPass
from hwsim.chip.passes import Pass
from hwsim.chip.systolic.tiling import Tiling

Range = tuple[int, int]


@dataclass(frozen=True)
class SystolicWork:
    """Makes the passes of a replay."""

    frames: Frames
    arch: SystolicArch

    def layer_pass(self, image: int, timestep: int, layer: int) -> Pass:
        """One layer in one timestep of an image."""
        tiling = Tiling.of(self.frames.network, layer, self.arch)
        here = LayerPass(self.frames, self.arch, image, timestep, layer)
        return _Walk(here, self.arch, tiling).run()


class _Walk:
    def __init__(self, here: LayerPass, arch: SystolicArch, tiling: Tiling) -> None:
        self.here, self.arch, self.tiling = here, arch, tiling
        self.counts: Counter[Counted] = Counter()
        self.chip: Counter[Counted] = Counter()
        self.cycles: list[int] = []
        window = arch.core.window or 1
        self.opens_window = here.timestep % window == 0

    def run(self) -> Pass:
        here, core = self.here, self.arch.core
        here.inject(self.counts, self.chip)
        fields = list(here.fields()) if here.accumulates else []
        fired = here.fired.reshape(-1, here.layer.out_shape[0])
        if here.accumulates:
            for _ in range(self.tiling.input_fetches(self.arch)):
                self._fetch_input()
        busy = 0
        for channels in self.tiling.channel_tiles:
            for number, positions in enumerate(self.tiling.position_tiles):
                work = 0
                if here.accumulates:
                    self._take_weights(channels, first=number == 0)
                    work = self._add(fields[slice(*positions)], channels)
                neurons = (channels[1] - channels[0]) * (positions[1] - positions[0])
                work += core.update_cycles * -(-neurons // core.update_lanes)
                fires = int(np.count_nonzero(fired[slice(*positions), slice(*channels)]))
                here.update(neurons, fires, self.counts)
                self.cycles.append(work)
                busy += work
        drain = core.rows + core.cols - 2
        self.cycles[-1] += drain
        self.counts[Action.PE_CYCLE] += core.rows * core.cols * (busy + drain)
        self._leave()
        return Pass(
            durations_ps(self.cycles, self.arch),
            {action: np.array([count], np.int64) for action, count in self.counts.items()},
            {**self.chip},
        )

    def _fetch_input(self) -> None:
        bits = self.here.layer.inputs * self.here.input_bits
        self.counts[Action.DRAM_READ] += words(bits, self.arch.dram.word_bits)
        self.counts[Action.BUFFER_SPIKE_WRITE] += words(bits, self.arch.spike_buffer.word_bits)

    def _take_weights(self, channels: Range, *, first: bool) -> None:
        """The weights of a channel tile, at one of its position tiles: from DRAM where they are
        not in their buffer, and through the array where a window begins."""
        here, bits = self.here, self.tiling.tile_bits(channels)
        for _ in range(here.passes if self.opens_window else 0):
            self.counts[Action.BUFFER_WEIGHT_READ] += words(bits, self.arch.weight_buffer.word_bits)
            if not self.tiling.fits_weights(channels, self.arch):
                self._load(bits)
        if first and here.takes_weights and self.tiling.fits_weights(channels, self.arch):
            self._load(bits)

    def _load(self, bits: int) -> None:
        self.counts[Action.DRAM_READ] += words(bits, self.arch.dram.word_bits)
        self.counts[Action.BUFFER_WEIGHT_WRITE] += words(bits, self.arch.weight_buffer.word_bits)
        if cycles := load_cycles(bits, self.arch):
            self.cycles.append(cycles)

    def _add(self, fields: list[Field], channels: Range) -> int:
        """The additions of a tile; its cycles."""
        here, arch = self.here, self.arch
        layer, outputs = here.layer, channels[1] - channels[0]
        spad = arch.spad.word_bits
        fill = words(layer.fan_in * self.tiling.weight_bits, spad) * self.opens_window
        digits = here.passes * words(layer.fan_in * arch.core.activation_bits, spad)
        for field in fields:
            additions = int(field.digits.sum())
            if not arch.core.gate_on_zero:
                additions = here.passes * layer.fan_in
            self.counts[Action.PE_ACCUMULATE] += additions * outputs
            self.counts[Action.SPAD_ACCESS] += outputs * (3 * additions + fill + 2 * digits)
            here.operate(field, outputs, self.counts)
            bits = field.taps * layer.in_shape[0] * here.input_bits
            self.counts[Action.BUFFER_SPIKE_READ] += words(bits, arch.spike_buffer.word_bits)
        return here.passes * layer.fan_in

    def _leave(self) -> None:
        """Outputs, membranes and cached sums go to DRAM, or come from there."""
        here, layer, dram = self.here, self.here.layer, self.arch.dram.word_bits
        if layer.spiking:
            held = words(here.sent_bits, self.arch.spike_buffer.word_bits)
            self.counts[Action.BUFFER_SPIKE_WRITE] += held
            self.counts[Action.BUFFER_SPIKE_READ] += held
            self.counts[Action.DRAM_WRITE] += words(here.sent_bits, dram)
        here.keep_state(layer.out_shape[1] * layer.out_shape[2], self.counts)
        state = words(layer.neurons * self.arch.core.membrane_bits, dram)
        reads, writes = here.membranes()
        self.counts[Action.DRAM_READ] += state * reads
        self.counts[Action.DRAM_WRITE] += state * writes
        sums = words(layer.neurons * self.arch.accumulator.word_bits, dram)
        if self.counts[Action.ACCUMULATOR_READ]:
            self.counts[Action.DRAM_READ] += sums
        if self.counts[Action.ACCUMULATOR_WRITE]:
            self.counts[Action.DRAM_WRITE] += sums
