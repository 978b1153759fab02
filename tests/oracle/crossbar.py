"""Crossbars by brute force: every weight in its cell, every window one by one.

Plain Python on plain data, from docs/cores/crossbar.md only; it imports nothing of hwsim.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from tests.oracle.bruteforce import Key, Neuron, PlainLayer


@dataclass(frozen=True)
class PlainCrossbar:
    """The chip in plain values; `per_pe` None: as many arrays as a kernel has positions, `memory`
    None: every layer has neuron memory."""

    rows: int
    columns: int
    cell_bits: int
    columns_per_adc: int
    row_order: str
    per_pe: int | None
    each_mux_step: bool
    per_array: bool
    subtracts: int
    neuron_unit: str
    skip: bool
    first_reads: int
    balanced: bool
    line_buffer: bool
    pooled: bool
    memory: int | None
    policy: str
    tick_batch: bool
    cached: bool
    spike_word: int
    router: bool
    tree: bool
    packet_bits: int
    tiles: tuple[int, int]
    pes_per_tile: int
    chip_tiles: tuple[int, int]


@dataclass(frozen=True)
class PlainWork:
    """`fired[l][n][t]` are neurons, `inputs[n][t]` input -> value."""

    chip: PlainCrossbar
    timesteps: int
    weight_bits: int
    layers: list[PlainLayer]
    fired: list[list[list[set[Neuron]]]]
    inputs: list[list[dict[Neuron, int]]]


def crossbar_counts(work: PlainWork) -> Counter[Key]:
    """Counts by (action, image, timestep, block in the order of layers); absent is zero."""
    return _Chip(work).counts()


class _Chip:
    def __init__(self, work: PlainWork) -> None:
        self.work, self.chip = work, work.chip
        self.bit_slices = -(-work.weight_bits // self.chip.cell_bits)
        self.width = self.chip.columns // self.bit_slices
        self.cells = [self._cells(layer) for layer in work.layers]
        self.blocks = [
            sorted({c // self.width for c in range(x.out_shape[0])}) for x in work.layers
        ]
        self.first_block = [sum(map(len, self.blocks[:n])) for n in range(len(work.layers))]
        self.pes = [len({pe for pe, _, _ in cells.values()}) for cells in self.cells]
        self.units = [self._units(layer) for layer in work.layers]
        self.copies = self._copies()
        self.tiles_of = self._place()

    def _cells(self, layer: PlainLayer) -> dict[tuple[int, int, int], tuple[int, int, int]]:
        """(input channel, kernel row, column) -> (PE, array, row); alike for every block."""
        (high, wide), chip, found = layer.kernel, self.chip, {}
        for c in range(layer.in_shape[0]):
            for r in range(high):
                for s in range(wide):
                    if chip.row_order == "kernel_position":
                        array = (c // chip.rows * high + r) * wide + s
                        row = c % chip.rows
                    else:
                        flat = (r * wide + s) * layer.in_shape[0] + c
                        array, row = divmod(flat, chip.rows)
                    found[c, r, s] = array // (chip.per_pe or high * wide), array, row
        return found

    def _units(self, layer: PlainLayer) -> list[tuple[int, int]]:
        step = layer.pool if self.chip.pooled else 1
        _, height, width = layer.out_shape
        return [(y, x) for y in range(0, height, step) for x in range(0, width, step)]

    def _copies(self) -> list[int]:
        once = [pes * len(blocks) for pes, blocks in zip(self.pes, self.blocks, strict=True)]
        if not self.chip.balanced:
            return [1] * len(once)
        room = self.chip.tiles[0] * self.chip.tiles[1] * self.chip.pes_per_tile
        beat = 1
        while True:
            copies = [-(-len(units) // beat) for units in self.units]
            if sum(a * b for a, b in zip(copies, once, strict=True)) <= room or set(copies) == {1}:
                return copies
            beat += 1

    def _place(self) -> dict[tuple[int, int, int, int], int]:
        """(layer, block, copy, PE) -> tile."""
        wide, high = self.chip.tiles
        snake = [
            y * wide + x
            for y in range(high)
            for x in (range(wide) if y % 2 == 0 else range(wide - 1, -1, -1))
        ]
        found, number = {}, 0
        for layer, blocks in enumerate(self.blocks):
            for block in blocks:
                for copy in range(self.copies[layer]):
                    for pe in range(self.pes[layer]):
                        found[layer, block, copy, pe] = snake[number // self.chip.pes_per_tile]
                        number += 1
        return found

    def counts(self) -> Counter[Key]:
        self.found: Counter[Key] = Counter()
        places = sum(map(len, self.blocks))
        for image, inputs in enumerate(self.work.inputs):
            for t in range(self.work.timesteps):
                if t == 0 or inputs[t] != inputs[t - 1]:
                    self.found["input.write", image, t, places] += len(inputs[t])
                for number in range(len(self.work.layers)):
                    self.image, self.t, self.number = image, t, number
                    self._read()
                    self._neurons()
                    self._send()
        return +self.found

    def _file(self, action: str, block: int, amount: int = 1) -> None:
        self.found[action, self.image, self.t, self.first_block[self.number] + block] += amount

    def _arriving(self) -> list[set[Neuron]]:
        """What is on the word lines in each read."""
        values = self.work.inputs[self.image][self.t]
        if self.number:
            layer = self.work.layers[self.number - 1]
            if not layer.graded:
                return [self._spikes(self.number - 1)]
            fired = self.work.fired[self.number - 1][self.image][self.t]
            values = Counter((y // layer.pool, x // layer.pool, c) for y, x, c in fired)
        if self.chip.first_reads == 1:
            return [{place for place, value in values.items() if value}]
        return [
            {place for place, value in values.items() if value % 256 // 2**bit % 2}
            for bit in range(self._bits(self.number))
        ]

    def _bits(self, number: int) -> int:
        """Of a value that arrives at a layer."""
        if number == 0:
            return 8
        before = self.work.layers[number - 1]
        return len(f"{before.pool**2:b}") if before.graded else 1

    def _spikes(self, number: int) -> set[Neuron]:
        pool = self.work.layers[number].pool
        fired = self.work.fired[number][self.image][self.t]
        return {(y // pool, x // pool, c) for y, x, c in fired}

    def _read(self) -> None:
        layer, chip = self.work.layers[self.number], self.chip
        channels_in, height, width = layer.in_shape
        bits = channels_in * self._bits(self.number)
        words = -(-bits // chip.spike_word)
        cached = self.number == 0 and chip.cached and self.work.timesteps > 1
        neurons = [
            sum(1 for c in range(layer.out_shape[0]) if c // self.width == block)
            for block in self.blocks[self.number]
        ]
        units = self.units[self.number]
        if cached:
            for block, count in enumerate(neurons):
                action = "buffer.psum_read" if self.t else "buffer.psum_write"
                self._file(action, block, count * len(units))
        if self.number == 0 and chip.cached and self.t:
            return
        planes, mux = self._arriving(), chip.columns_per_adc if chip.each_mux_step else 1
        if chip.line_buffer:
            self._file("buffer.spike_read", 0, words * height * width)
        for y, x in units:
            seen = set()
            rounds = 0
            for plane in planes:
                on = defaultdict(set)
                for (c, r, s), (pe, array, row) in self.cells[self.number].items():
                    place = (y * layer.stride - layer.padding + r,
                             x * layer.stride - layer.padding + s)  # fmt: skip
                    if 0 <= place[0] < height and 0 <= place[1] < width:
                        seen.add(place)
                    if (*place, c) in plane:
                        on[pe, array].add(row)
                arrays = {(pe, array) for pe, array, _ in self.cells[self.number].values()}
                read = {key for key in arrays if on[key] or not chip.skip}
                working = {pe for pe, _ in read}
                here = len(read) if chip.per_array else len(working)
                rounds += here
                for block in self.blocks[self.number]:
                    self._file("crossbar.row_drive", block, mux * sum(map(len, on.values())))
                    self._file("crossbar.array_read", block, mux * len(read))
                    self._file("adc.convert", block, chip.columns * here)
                    self._file("adc.mux", block, chip.columns * here)
                    self._file("crossbar.subtract", block, chip.columns * here * chip.subtracts)
                    self._file("buffer.temp_access", block, chip.columns_per_adc * len(working))
                    for action in ("htree.transfer", "buffer.tile_access", "buffer.fetch",
                                   "pe.cycle"):  # fmt: skip
                        self._file(action, block, len(working))
            if not chip.line_buffer:
                self._file("buffer.spike_read", 0, words * len(seen))
            if rounds:
                for block, count in enumerate(neurons):
                    self._file("crossbar.shift_add", block, count * (rounds * self.bit_slices - 1))

    def _neurons(self) -> None:
        layer, chip, number = self.work.layers[self.number], self.chip, self.number
        last, keeps = self.work.timesteps - 1, chip.memory is None or number < chip.memory
        elide = chip.policy == "elide_first_read_last_write"
        for _ in self.units[number]:
            for c in range(layer.out_shape[0]):
                block = c // self.width
                self._file("neuron.update_active", block)
                if keeps and not chip.tick_batch:
                    self._file("membrane.read", block, int(not elide or self.t > 0))
                    self._file("membrane.write", block, int(not elide or self.t < last))
            for block in self.blocks[number]:
                unit = self.pes[number] if chip.neuron_unit == "per_pe" else 1
                self._file("neuron.access", block, unit)
        if not layer.spiking:
            return
        for _, _, c in self.work.fired[number][self.image][self.t]:
            self._file("neuron.fire", c // self.width)
            self._file("pool.op", c // self.width, int(layer.pool > 1))
        for c in range(layer.out_shape[0]):
            self._file("bntt.param_read", c // self.width, 2 * (last > 0))
        sites = (layer.out_shape[1] // layer.pool) * (layer.out_shape[2] // layer.pool)
        for block in self.blocks[number]:
            held = sum(1 for c in range(layer.out_shape[0]) if c // self.width == block)
            words = -(-held * self._bits(number + 1) // chip.spike_word)
            self._file("buffer.spike_write", block, sites * words)

    def _send(self) -> None:
        number, chip = self.number, self.chip
        if not chip.router or number + 1 == len(self.work.layers):
            return
        after = self.work.layers[number + 1]
        needed = {pre[:2] for pre, posts in after.synapses().items() if posts}
        held, packets = chip.packet_bits // self._bits(number + 1), defaultdict(set)
        for y, x, c in self._spikes(number):
            if (y, x) in needed:
                within = c % self.width // held
                packets[y, x, c // self.width, within].add(c)
        for _, _, block, within in packets:
            first = block * self.width + within * held
            stop = min(first + held, (block + 1) * self.width)
            self._travel(block, range(first, stop))

    def _travel(self, block: int, channels: range) -> None:
        number, chip = self.number, self.chip
        pes = {pe for (c, _, _), (pe, _, _) in self.cells[number + 1].items() if c in channels}
        targets = {
            self.tiles_of[number + 1, other, copy, pe]
            for other in self.blocks[number + 1]
            for copy in range(self.copies[number + 1])
            for pe in pes
        }
        source = self.tiles_of[number, block, 0, 0]
        routes = [self._route(source, target) for target in targets]
        edges = [edge for route in routes for edge in route]
        copies = len(targets)
        if chip.tree:
            edges, copies = list(set(edges)), 1
        self._file("axon_out.send", block, copies)
        self._file("router.inject", block, copies)
        self._file("router.eject", block, len(targets))
        wide, (cx, cy) = chip.tiles[0], chip.chip_tiles
        for (ax, ay), (bx, by) in (
            (divmod(a, wide)[::-1], divmod(b, wide)[::-1]) for a, b in edges
        ):
            self._file("router.hop_x" if ay == by else "router.hop_y", block)
            if (ax // cx, ay // cy) != (bx // cx, by // cy):
                self._file("chip_link.send", block)

    def _route(self, here: int, target: int) -> list[tuple[int, int]]:
        wide, edges = self.chip.tiles[0], []
        while here % wide != target % wide:
            after = here + (1 if target % wide > here % wide else -1)
            edges.append((here, after))
            here = after
        while here != target:
            after = here + (wide if target > here else -wide)
            edges.append((here, after))
            here = after
        return edges
