"""The third oracle for arrays that run one layer at a time: every (pre, post, weight), one by one.

Plain Python on plain data, from docs/cores/*.md only; imports nothing of hwsim.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.oracle.bruteforce import Key, Neuron, PlainLayer

Weight = tuple[int, int, int, int]
"""(channel out, channel in, row, column)."""
BITS_PER_KIB = 8192


@dataclass(frozen=True)
class PlainArray:
    """`options` of tests.layer_arrays; `fired[l][n][t]` neurons, `pixels[n][t]` non-zero values."""

    options: dict[str, Any]
    timesteps: int
    weight_bits: int
    layers: list[PlainLayer]
    fired: list[list[list[set[Neuron]]]]
    pixels: list[list[dict[Neuron, int]]]


class ArrayOracle(ABC):
    """Counts by (action, image, timestep, layer), the chip behind the last layer; and cycles."""

    def __init__(self, run: PlainArray) -> None:
        self.run, self.o = run, run.options
        self.counts: Counter[Key] = Counter()
        self.cycles: Counter[tuple[int, int, int]] = Counter()
        self.synapses = [layer.synapses() for layer in run.layers]

    def walk(self) -> None:
        """Every pass."""
        for image in range(len(self.run.pixels)):
            for t in range(self.run.timesteps):
                for number, layer in enumerate(self.run.layers):
                    self.key = image, t, number
                    self.image, self.t, self.number, self.layer = image, t, number, layer
                    self.layer_pass()
        self.counts = +self.counts

    def file(self, action: str, amount: int = 1) -> None:
        self.counts[action, *self.key] += amount

    def chip(self, action: str) -> None:
        self.counts[action, self.image, self.t, len(self.run.layers)] += 1

    @property
    def fresh(self) -> bool:
        return not (self.number == 0 and self.o["cached"] and self.t > 0)

    @property
    def adds(self) -> bool:
        front_end = self.number == 0 and self.o["first_layer"] == "current_injected"
        return self.fresh and not front_end

    @property
    def passes(self) -> list[int]:
        """The lowest bit of each pass."""
        return list(range(0, self.value_bits, self.o["activation_bits"]))

    @property
    def value_bits(self) -> int:
        return 8 if self.number == 0 else self.sent_bits(self.run.layers[self.number - 1])

    @staticmethod
    def sent_bits(layer: PlainLayer) -> int:
        """Of a spike, or of how many of a window's neurons fire."""
        bits = 1
        while layer.graded and layer.pool * layer.pool >= 2**bits:
            bits += 1
        return bits

    def activations(self) -> dict[Neuron, int]:
        """Input values that are not 0, as unsigned bits."""
        if self.number == 0:
            values = self.run.pixels[self.image][self.t]
            return {neuron: value & 255 for neuron, value in values.items()}
        before = self.run.layers[self.number - 1]
        fired = self.run.fired[self.number - 1][self.image][self.t]
        counts = Counter((y // before.pool, x // before.pool, c) for y, x, c in fired)
        return {window: count if before.graded else 1 for window, count in counts.items()}

    def additions(self) -> Iterator[tuple[int, Neuron, Weight]]:
        """(pass, post, weight) of every digit that is not 0."""
        width = self.o["activation_bits"]
        for pre, value in self.activations().items():
            for low in self.passes:
                if value >> low & ((1 << width) - 1):
                    for post, weight in self.synapses[self.number].get(pre, []):
                        yield low, post, weight

    def positions(self) -> list[tuple[int, int]]:
        _, height, width = self.layer.out_shape
        return [(y, x) for y in range(height) for x in range(width)]

    def kernel(self) -> list[tuple[int, int, int]]:
        """(channel in, row, column) of every tap, inside the input or not."""
        tall, wide = self.layer.kernel
        inputs = range(self.layer.in_shape[0])
        return [(i, r, s) for i in inputs for r in range(tall) for s in range(wide)]

    def field(self, position: tuple[int, int]) -> int:
        """Activations that a position sees, padding left out."""
        _, height, width = self.layer.in_shape
        seen = 0
        for _, row, column in self.kernel():
            y = position[0] * self.layer.stride - self.layer.padding + row
            x = position[1] * self.layer.stride - self.layer.padding + column
            seen += 0 <= y < height and 0 <= x < width
        return seen

    def pooled(self) -> int:
        """Bits that leave the layer."""
        channels, height, width = self.layer.out_shape
        values = channels * (height // self.layer.pool) * (width // self.layer.pool)
        return values * self.sent_bits(self.layer)

    def outside(self) -> None:
        """Input from outside, and the MACs of a front end."""
        if self.number or not self.fresh:
            return
        if self.adds:
            channels, height, width = self.layer.in_shape
            for _ in range(channels * height * width):
                self.chip("input.write")
            return
        for _ in self.layer.neurons():
            self.chip("input.write")
        for posts in self.synapses[0].values():
            self.file("synapse.mac", len(posts))

    def events(self) -> None:
        """Synaptic operations, one for each digit, or MACs of pixels that are not 0."""
        if self.adds and self.number:
            for _ in self.additions():
                self.file("synapse.op")
        elif self.adds:
            for pre in self.activations():
                self.file("synapse.mac", len(self.synapses[0].get(pre, [])))

    def neurons(self) -> None:
        """Updates of all neurons."""
        layer, cached = self.layer, self.number == 0 and self.o["cached"]
        fired = self.run.fired[self.number][self.image][self.t] if layer.spiking else set()
        for neuron in layer.neurons():
            self.file("neuron.update_active")
            if neuron in fired:
                self.file("neuron.fire")
                if layer.pool > 1:
                    self.file("pool.op")
            if layer.spiking:
                self.file("threshold.read")
                if self.run.timesteps > 1:
                    self.file("bntt.param_read", 2)
            if cached and self.t > 0:
                self.file("accumulator.read")
            if cached and self.t == 0 and self.adds and self.run.timesteps > 1:
                self.file("accumulator.write")

    def moves(self) -> list[str]:
        """`read`, `write`: what the membranes of other positions do."""
        if self.o["tick_batch"]:
            return []
        every = self.o["policy"] == "every_step"
        reads = ["read"] if every or self.t > 0 else []
        return reads + (["write"] if every or self.t < self.run.timesteps - 1 else [])

    def membranes(self) -> None:
        """Words of the membranes of each position."""
        for _ in self.positions():
            bits = self.layer.out_shape[0] * self.o["membrane_bits"]
            for way in self.moves():
                self.file(f"membrane.{way}", touched(bits, self.o["membrane_word"]))

    def weights_come(self) -> bool:
        """Whether weights that stay for the pass come from DRAM."""
        again = not self.o["tick_batch"] or self.t == 0
        return self.adds and self.o["weights"] == "reload" and again

    def transfer(self, bits: int) -> int:
        """Cycles of 1 ns that weights take from DRAM."""
        rate = self.o["gbit_per_s"]
        return 0 if rate is None else touched(bits, rate)

    @abstractmethod
    def layer_pass(self) -> None:
        """One timestep of one layer."""


def touched(bits: int, word: int) -> int:
    """Words that hold bits 0 .. bits - 1."""
    return len({bit // word for bit in range(bits)})


class MacroOracle(ArrayOracle):
    """docs/cores/sram_cim.md."""

    def layer_pass(self) -> None:
        o, layer = self.o, self.layer
        outputs = layer.out_shape[0]
        slices = touched(self.run.weight_bits, o["weight_bits"])
        per_macro = o["cols"] // o["weight_bits"] // slices
        inputs = o["rows"] // (layer.kernel[0] * layer.kernel[1])
        front_end = self.number == 0 and o["first_layer"] == "current_injected"
        row_blocks = 1 if front_end else len({i // inputs for i in range(layer.in_shape[0])})
        column_block = {c: c // per_macro for c in range(outputs)}
        blocks = sorted(set(column_block.values()))
        at_once = o["macros"] // row_blocks
        fullest = max(Counter(column_block.values()).values())
        sum_rows = touched(fullest * slices * o["membrane_bits"], o["cols"])
        self.outside()
        self.events()
        rows: dict[tuple[int, int], set[tuple[int, int, int, int]]] = defaultdict(set)
        if self.adds and o["skip_zero_rows"]:
            for low, post, weight in self.additions():
                rows[post[:2]].add((low, *weight[1:]))
                self.file("cim.accumulate", slices)
        elif self.adds:
            for position in self.positions():
                rows[position] = {(low, *tap) for low in self.passes for tap in self.kernel()}
                self.file("cim.accumulate", len(rows[position]) * outputs * slices)
        for position in self.positions():
            for _ in rows[position]:
                self.file("cim.row_read", len(blocks))
            if self.adds:
                for _ in range(outputs):
                    self.file("cim.reduce", row_blocks * slices - 1)
        if self.weights_come():
            self.file(
                "dram.read",
                touched(outputs * len(self.kernel()) * self.run.weight_bits, o["dram_word"]),
            )
        while blocks:
            now, blocks = blocks[:at_once], blocks[at_once:]
            if self.weights_come():
                for _ in now:
                    self.file("cim.row_write", len(self.kernel()))
                rows_of = Counter(i // inputs for i, _, _ in self.kernel())
                channels = sum(column_block[c] in now for c in range(outputs))
                bits = channels * len(self.kernel()) * self.run.weight_bits
                self.cycles[self.key] += max(rows_of.values()) + self.transfer(bits)
            for position in self.positions():
                if self.adds:
                    bits = self.field(position) * self.value_bits
                    self.file("buffer.spike_read", touched(bits, o["buffer_word"]))
                    share = Counter(i // inputs for _, i, _, _ in rows[position])
                    slowest = max(share.values(), default=0)
                    self.cycles[self.key] += sum_rows * touched(slowest, o["rows_per_cycle"])
                    tree, parts = 0, row_blocks * slices
                    while parts > 1:
                        tree, parts = tree + 1, (parts + 1) // 2
                    self.cycles[self.key] += tree
                self.cycles[self.key] += sum_rows * o["update_cycles"]
        self.neurons()
        stays = len(self.positions()) * sum_rows <= o["membrane_rows"]
        if not (o["weights"] == "resident" and stays):
            self.membranes()
        if layer.spiking:
            self.file("buffer.spike_write", touched(self.pooled(), o["buffer_word"]))


class PeOracle(ArrayOracle):
    """docs/cores/systolic.md."""

    def layer_pass(self) -> None:
        o = self.o
        self.outside()
        self.events()
        channels = _tiles(list(range(self.layer.out_shape[0])), o["rows"])
        positions = _tiles(self.positions(), o["cols"])
        if self.adds:
            self._inputs(len(channels))
            self._additions()
        busy = 0
        opens = self.t % (o["window"] or 1) == 0
        for tile in channels:
            bits = len(tile) * len(self.kernel()) * self.run.weight_bits
            kept = bits <= o["weight_kib"] * BITS_PER_KIB
            if self.weights_come() and kept:
                self._load(bits)
            for columns in positions:
                if self.adds:
                    for _ in self.passes if opens else []:
                        self.file("buffer.weight_read", touched(bits, o["weight_word"]))
                        if o["weights"] == "reload" and not kept:
                            self._load(bits)
                    busy += len(self.kernel()) * len(self.passes)
                    for position in columns:
                        seen = self.field(position) * self.value_bits
                        self.file("buffer.spike_read", touched(seen, o["spike_word"]))
                        for _ in tile:
                            self._spads(opens)
                busy += touched(len(tile) * len(columns), o["update_lanes"]) * o["update_cycles"]
        busy += o["rows"] + o["cols"] - 2
        self.cycles[self.key] += busy
        self.file("pe.cycle", busy * o["rows"] * o["cols"])
        self.neurons()
        self.membranes()
        self._dram()

    def _inputs(self, tiles: int) -> None:
        channels, height, width = self.layer.in_shape
        bits = channels * height * width * self.value_bits
        held = bits * (self.run.timesteps if self.o["tick_batch"] else 1)
        for _ in range(1 if held <= self.o["spike_kib"] * BITS_PER_KIB else tiles):
            self.file("dram.read", touched(bits, self.o["dram_word"]))
            self.file("buffer.spike_write", touched(bits, self.o["spike_word"]))

    def _additions(self) -> None:
        if self.o["gate_on_zero"]:
            for _ in self.additions():
                self.file("pe.accumulate")
                self.file("spad.access", 3)
            return
        for _ in self.layer.neurons():
            for _ in self.kernel():
                self.file("pe.accumulate", len(self.passes))
                self.file("spad.access", 3 * len(self.passes))

    def _spads(self, opens: bool) -> None:
        taps, word = len(self.kernel()), self.o["spad_word"]
        if opens:
            self.file("spad.access", touched(taps * self.run.weight_bits, word))
        for _ in self.passes:
            self.file("spad.access", 2 * touched(taps * self.o["activation_bits"], word))

    def _load(self, bits: int) -> None:
        self.file("dram.read", touched(bits, self.o["dram_word"]))
        self.file("buffer.weight_write", touched(bits, self.o["weight_word"]))
        self.cycles[self.key] += self.transfer(bits)

    def _dram(self) -> None:
        word, neurons = self.o["dram_word"], len(self.layer.neurons())
        if self.layer.spiking:
            self.file("buffer.spike_write", touched(self.pooled(), self.o["spike_word"]))
            self.file("buffer.spike_read", touched(self.pooled(), self.o["spike_word"]))
            self.file("dram.write", touched(self.pooled(), word))
        for way in self.moves():
            self.file(f"dram.{way}", touched(neurons * self.o["membrane_bits"], word))
        for way in ("read", "write"):
            if self.counts[f"accumulator.{way}", *self.key]:
                self.file(f"dram.{way}", touched(neurons * 32, word))


def _tiles(items: list[Any], size: int) -> list[list[Any]]:
    return [items[first : first + size] for first in range(0, len(items), size)]
