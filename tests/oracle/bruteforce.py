"""The third oracle: every (pre, post, weight) of a small network, walked one by one.

Plain Python on plain data: loops, sets and dictionaries, one step after another, one packet after
another, one tile after another. It imports nothing of hwsim, shares no formula with the counts in
`hwsim.activity` or with the replay in `hwsim.chip`, and follows docs/counting.md only.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

Neuron = tuple[int, int, int]
"""(y, x, channel)."""
Key = tuple[str, int, int, int]
"""(action, image, timestep row, slice)."""


@dataclass(frozen=True)
class PlainLayer:
    """Shapes are (channels, height, width). A pooling window sends one spike; how many neurons
    fired where `graded`; a spike for each of them where `each`."""

    in_shape: tuple[int, int, int]
    out_shape: tuple[int, int, int]
    kernel: tuple[int, int]
    stride: int
    padding: int
    pool: int
    spiking: bool
    graded: bool = False
    each: bool = False

    def neurons(self) -> list[Neuron]:
        channels, height, width = self.out_shape
        return [(y, x, c) for y in range(height) for x in range(width) for c in range(channels)]

    def synapses(self) -> dict[Neuron, list[tuple[Neuron, tuple[int, int, int, int]]]]:
        """Pre -> every (post, weight); a weight is (channel out, channel in, row, column)."""
        channels, height, width = self.in_shape
        table: dict[Neuron, list[tuple[Neuron, tuple[int, int, int, int]]]] = defaultdict(list)
        for post in self.neurons():
            for row in range(self.kernel[0]):
                for column in range(self.kernel[1]):
                    y = post[0] * self.stride - self.padding + row
                    x = post[1] * self.stride - self.padding + column
                    if 0 <= y < height and 0 <= x < width:
                        for c in range(channels):
                            table[y, x, c].append((post, (post[2], c, row, column)))
        return table


@dataclass(frozen=True)
class PlainChip:
    """What the counts depend on, in plain values."""

    tiles_x: int
    tiles_y: int
    cores_per_tile: int
    chip_tiles: tuple[int, int]
    multicast: str
    first_layer: str
    cached: bool
    scan: str
    active_rule: str
    policy: str
    weight_bits: int
    word_bits: int
    one_by_one: bool = False
    barrier: bool = True
    tokens: bool = False


@dataclass(frozen=True)
class PlainRun:
    """`slices` are (core, layer, (y0, y1), (x0, x1), (c0, c1)); `fired[l][n][t]` the neurons that
    fire, `inputs[n][t]` the non-zero input values."""

    chip: PlainChip
    timesteps: int
    layers: list[PlainLayer]
    slices: list[tuple[int, int, tuple[int, int], tuple[int, int], tuple[int, int]]]
    fired: list[list[list[set[Neuron]]]]
    inputs: list[list[set[Neuron]]]


def brute_force(run: PlainRun, experiment: str, steps: range | None = None) -> Counter[Key]:
    """Counts by (action, image, timestep, slice); absent is zero."""
    return _Walk(run).experiment(experiment, steps)


class _Walk:
    def __init__(self, run: PlainRun) -> None:
        self.run, self.chip = run, run.chip
        self.images, self.host = len(run.inputs), int(run.chip.first_layer == "on_core_graded")
        self.synapses = [layer.synapses() for layer in run.layers]
        self.owner: dict[tuple[int, Neuron], int] = {}
        for index, (_, number, ys, xs, cs) in enumerate(run.slices):
            for y in range(*ys):
                for x in range(*xs):
                    for c in range(*cs):
                        assert (number, (y, x, c)) not in self.owner
                        self.owner[number, (y, x, c)] = index
        self.counts: Counter[Key] = Counter()
        self.touched: dict[tuple[int, int], set[Neuron]] = defaultdict(set)

    def experiment(self, experiment: str, steps: range | None) -> Counter[Key]:
        timesteps, layers = self.run.timesteps, len(self.run.layers)
        if experiment == "stream" and not self.chip.one_by_one:
            self._steps(self.images * timesteps, None, None)
            return +self.counts
        for image in range(self.images):
            self.touched.clear()
            total = timesteps + layers - 1 + self.host
            if self.chip.one_by_one:
                total = timesteps * (layers + self.host)
            self._steps(total, image, steps)
        return +self.counts

    def _steps(self, total: int, image: int | None, counted: range | None) -> None:
        """All packets of all steps first, so that the scans of a cyclic stream can read them."""
        self.total, self.image = total, image
        for k in range(total):
            self.counting = counted is None or k in counted
            for number in range(-self.host, len(self.run.layers) - 1):
                work = self._work(number, k)
                if work is not None:
                    self._send(number, k, *work)
        for k in range(total):
            self.counting = counted is None or k in counted
            self._scan(k)

    def _work(self, number: int, k: int) -> tuple[int, int] | None:
        """(image, timestep) of a layer in step k; the host is layer -1."""
        if self.chip.one_by_one:
            t, turn = divmod(k, len(self.run.layers) + self.host)
            assert self.image is not None
            return (self.image, t) if turn == number + self.host else None
        g, timesteps = k - number - self.host, self.run.timesteps
        if self.image is None:
            g %= self.total
            return g // timesteps, g % timesteps
        return (self.image, g) if 0 <= g < timesteps else None

    def _file(self, action: str, image: int, timestep: int, place: int, amount: int = 1) -> None:
        if self.counting:
            self.counts[action, image, timestep, place] += amount

    def _send(self, number: int, k: int, image: int, timestep: int) -> None:
        for place, tile, spike in self._spikes(number, image, timestep):
            posts = defaultdict(list)
            for post, weight in self.synapses[number + 1].get(spike, []):
                posts[self.owner[number + 1, post]].append((post, weight))
                self.touched[k, number + 1].add(post)
            self._travel(number, image, timestep, place, tile, set(posts))
            for destination, synapses in posts.items():
                self._absorb(number + 1, image, timestep, destination, synapses)
        if self.chip.tokens:
            for place, tile, destinations in self._tokens(number, timestep):
                self._travel(number, image, timestep, place, tile, destinations)
                for destination in destinations:
                    self._file("axon_in.lookup", image, timestep, destination)

    def _tokens(self, number: int, t: int) -> Iterator[tuple[int, int, set[int]]]:
        """(slice that sends, its tile, all slices that any of its spikes could reach)."""
        reach: dict[int, set[int]] = defaultdict(set)
        if number < 0 and t > 0 and self.chip.cached:
            return
        layer = self.run.layers[max(number, 0)]
        for pre, posts in self.synapses[number + 1].items():
            place = len(self.run.slices)
            if number >= 0:
                y, x, c = pre
                place = self.owner[number, (y * layer.pool, x * layer.pool, c)]
            reach[place] |= {self.owner[number + 1, post] for post, _ in posts}
        for place, destinations in reach.items():
            yield place, 0 if number < 0 else self._tile(place), destinations

    def _spikes(self, number: int, image: int, t: int) -> Iterator[tuple[int, int, Neuron]]:
        """(slice that sends, its tile, pooled neuron) of every spike."""
        if number < 0:
            if t == 0 or not self.chip.cached:
                for value in self.run.inputs[image][t]:
                    yield len(self.run.slices), 0, value
            return
        layer, seen = self.run.layers[number], set()
        for y, x, c in layer.neurons():  # all of a window lie in one slice
            window = y // layer.pool, x // layer.pool, c
            sends = layer.each or window not in seen
            if (y, x, c) in self.run.fired[number][image][t] and sends:
                seen.add(window)
                place = self.owner[number, (y, x, c)]
                yield place, self._tile(place), window

    def _tile(self, place: int) -> int:
        return self.run.slices[place][0] // self.chip.cores_per_tile

    def _travel(
        self, number: int, image: int, t: int, place: int, tile: int, destinations: set[int]
    ) -> None:
        routes = [list(self._route(tile, self._tile(d))) for d in destinations]
        copies = [(edge,) for route in routes for edge in route]
        sends, ejects = len(destinations), len(destinations)
        if self.chip.multicast == "tree" and destinations:
            copies = [(edge,) for edge in {edge for route in routes for edge in route}]
            sends, ejects = 1, len({self._tile(d) for d in destinations})
        self._file("input.write" if number < 0 else "axon_out.send", image, t, place, sends)
        self._file("router.inject", image, t, place, sends)
        self._file("router.eject", image, t, place, ejects)
        for ((here, there),) in copies:
            vertical = here % self.chip.tiles_x == there % self.chip.tiles_x
            self._file("router.hop_y" if vertical else "router.hop_x", image, t, place)
            if self._real_chip(here) != self._real_chip(there):
                self._file("chip_link.send", image, t, place)

    def _route(self, tile: int, target: int) -> Iterator[tuple[int, int]]:
        """Edges (tile, next tile): columns first, then rows."""
        width = self.chip.tiles_x
        while tile % width != target % width:
            step = 1 if target % width > tile % width else -1
            yield tile, tile + step
            tile += step
        while tile != target:
            step = width if target > tile else -width
            yield tile, tile + step
            tile += step

    def _real_chip(self, tile: int) -> tuple[int, int]:
        wide, high = self.chip.chip_tiles
        return tile % self.chip.tiles_x // wide, tile // self.chip.tiles_x // high

    def _absorb(self, number: int, image: int, t: int, place: int, synapses: list) -> None:
        self._file("axon_in.lookup", image, t, place)
        first_channel, words = self.run.slices[place][4][0], set()
        for post, weight in synapses:
            for action in ("accumulator.read", "accumulator.write"):
                self._file(action, image, t, place)
            graded = number == 0 or self.run.layers[number - 1].graded
            self._file("synapse.mac" if graded else "synapse.op", image, t, place)
            for bit in range(self.chip.weight_bits):  # the word that holds each bit of the weight
                position = (weight[0] - first_channel) * self.chip.weight_bits + bit
                words.add((post[:2], position // self.chip.word_bits))
        self._file("synapse.weight_read", image, t, place, len(words))

    def _scan(self, k: int) -> None:
        idle, chip = self.run.timesteps, len(self.run.slices)
        first = self._work(0, k) if self.image is None else (self.image, 0)
        assert first is not None
        if self.chip.barrier:
            self._file("barrier.sync", first[0], idle, chip)
        for place, (_, number, ys, xs, cs) in enumerate(self.run.slices):
            neurons = [(y, x, c) for y in range(*ys) for x in range(*xs) for c in range(*cs)]
            work = self._work(number, k)
            if work is not None:
                self._scan_at_work(k, place, number, neurons, *work)
            elif self.chip.scan == "all_mapped":
                assert self.image is not None
                for _ in neurons:
                    self._file("neuron.access", self.image, idle, place)
                    self._file("neuron.update_inactive", self.image, idle, place)
                    if self.chip.policy == "every_step":
                        self._file("membrane.read", self.image, idle, place)
                        self._file("membrane.write", self.image, idle, place)
        if self.host == 0:
            self._inject(k)

    def _inject(self, k: int) -> None:
        """A front end writes the currents of layer 0."""
        work = self._work(0, k)
        if work is None or (self.chip.cached and work[1] > 0):
            return
        for synapses in self.synapses[0].values():
            for post, _ in synapses:
                self._file("synapse.mac", *work, self.owner[0, post])
        for _ in self.run.layers[0].neurons():
            self._file("input.write", *work, len(self.run.slices))

    def _scan_at_work(
        self, k: int, place: int, number: int, neurons: list[Neuron], image: int, t: int
    ) -> None:
        layer, timesteps = self.run.layers[number], self.run.timesteps
        rule = self.chip.active_rule
        if rule == "by_timesteps":
            rule = "received_or_fired" if timesteps == 1 else "layer_in_work"
        fired = self.run.fired[number][image][t] if layer.spiking else set()
        cached = number == 0 and self.chip.cached
        apart = len(self.run.layers) + self.host if self.chip.one_by_one else 1
        read = k - 1 - (t * apart if cached else 0)
        touched = self.touched[read % self.total, number]
        elide = self.chip.policy != "every_step"
        for neuron in neurons:
            injected = number == 0 and not self.host
            active = rule == "layer_in_work" or injected or neuron in touched or neuron in fired
            self._file("neuron.access", image, t, place)
            self._file(
                "neuron.update_active" if active else "neuron.update_inactive", image, t, place
            )
            if neuron in fired:
                self._file("neuron.fire", image, t, place)
                if layer.pool > 1 and not layer.each:
                    self._file("pool.op", image, t, place)
            if active and layer.spiking:
                self._file("threshold.read", image, t, place)
                if timesteps > 1:
                    self._file("bntt.param_read", image, t, place, 2)
            if not elide or t > 0:
                self._file("membrane.read", image, t, place)
            if not elide or t < timesteps - 1:
                self._file("membrane.write", image, t, place)
            if cached and t > 0:
                self._file("accumulator.read", image, t, place)
