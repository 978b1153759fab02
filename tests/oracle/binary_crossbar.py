"""Every axon, neuron and packet of a small network on binary crossbars, walked one by one.

Plain Python on plain data, as `tests.oracle.bruteforce`: it takes from hwsim only which inputs and
outputs each core has and where it lies, checks that these make sense, and follows
docs/cores/binary_crossbar.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from tests.oracle.bruteforce import Key, Neuron, PlainLayer

Span = tuple[int, int]


@dataclass(frozen=True)
class PlainCluster:
    """A slice's layer and ranges, the input channels of its partial cores, the outputs (in order)
    of its adders or relays, and its core indices."""

    layer: int
    y: Span
    x: Span
    c: Span
    pieces: list[Span]
    runs: list[Span]
    cores: list[int]


@dataclass(frozen=True)
class PlainBoard:
    """`fired[l][image][t]` are neurons."""

    axons_max: int
    neurons_max: int
    tiles_x: int
    cores_per_tile: int
    chip_tiles: tuple[int, int]
    partial_fires: str
    cached: bool
    timesteps: int
    layers: list[PlainLayer]
    clusters: list[PlainCluster]
    fired: list[list[list[set[Neuron]]]]
    images: int


def brute_force(board: PlainBoard, experiment: str) -> Counter[Key]:
    """Every count of the page, by (action, image, timestep row, slice)."""
    walk = _Walk(board)
    walk.check()
    for image, t in product(range(board.images), range(board.timesteps)):
        walk.timestep(image, t)
    walk.rows(experiment)
    return +walk.found


class _Walk:
    def __init__(self, board: PlainBoard) -> None:
        self.board, self.found = board, Counter[Key]()
        self.synapses = [layer.synapses() for layer in board.layers]
        self.owner: dict[tuple[int, Neuron], int] = {}
        self.order: list[list[Neuron]] = []
        for place, cluster in enumerate(board.clusters):
            pool = self.merged(cluster.layer) if cluster.layer == 0 else 1
            outputs = [
                (y, x, c)
                for y in range(cluster.y[0] // pool, cluster.y[1] // pool)
                for x in range(cluster.x[0] // pool, cluster.x[1] // pool)
                for c in range(*cluster.c)
            ]
            self.order.append(outputs)
            for output in outputs:
                self.owner[cluster.layer, output] = place
        self.users = {key: self._users(*key) for key in self.owner}

    def merged(self, number: int) -> int:
        """The side of the windows whose neurons share an axon."""
        layer = self.board.layers[number]
        return 1 if layer.each else layer.pool

    def split(self, number: int) -> int:
        """The side of the windows before a layer whose neurons have an axon each."""
        before = self.board.layers[number - 1]
        return before.pool if before.each else 1

    def _users(self, number: int, output: Neuron) -> set[int]:
        """Slices of the next layer that need an output."""
        if number + 1 == len(self.board.layers):
            return set()
        pixel = self._pixel(number, output)
        reached = self.synapses[number + 1].get(pixel, [])
        return {self.owner_of_neuron(number + 1, post) for post, _ in reached}

    def owner_of_neuron(self, number: int, neuron: Neuron) -> int:
        pool = self.merged(0) if number == 0 else 1
        return self.owner[number, (neuron[0] // pool, neuron[1] // pool, neuron[2])]

    def _pixel(self, number: int, output: Neuron) -> Neuron:
        layer = self.board.layers[number]
        pool = layer.pool if number or layer.each else 1
        return output[0] // pool, output[1] // pool, output[2]

    def copies(self, number: int, output: Neuron) -> int:
        return max(len(self.users[number, output]), 1)

    def check(self) -> None:
        """No core has more axons or neurons than there are, no core serves twice."""
        cores = [core for cluster in self.board.clusters for core in cluster.cores]
        assert len(cores) == len(set(cores))
        for place, cluster in enumerate(self.board.clusters):
            outputs = self.order[place]
            assert len(cluster.cores) == len(cluster.pieces) + len(cluster.runs)
            copies = [self.copies(cluster.layer, output) for output in outputs]
            if cluster.layer:
                channels = [c for piece in cluster.pieces for c in range(*piece)]
                assert channels == list(range(self.board.layers[cluster.layer].in_shape[0]))
            neurons = sum(copies) if not cluster.runs else len(outputs)
            for piece in cluster.pieces:
                assert neurons <= self.board.neurons_max
                assert len(self.inputs(place, piece)) <= self.board.axons_max
            held = [n for run in cluster.runs for n in range(*run)]
            assert not cluster.runs or held == list(range(len(outputs)))
            for start, stop in cluster.runs:
                assert sum(copies[start:stop]) <= self.board.neurons_max
                assert (stop - start) * max(len(cluster.pieces), 1) <= self.board.axons_max

    def inputs(self, place: int, piece: Span) -> set[Neuron]:
        """The input neurons of a partial core."""
        number = self.board.clusters[place].layer
        side = self.split(number)
        return {
            (y * side + dy, x * side + dx, c)
            for (y, x, c), targets in self.synapses[number].items()
            if piece[0] <= c < piece[1]
            and any(self.owner_of_neuron(number, post) == place for post, _ in targets)
            for dy, dx in product(range(side), repeat=2)
        }

    def timestep(self, image: int, t: int) -> None:
        arriving = self.front_end(image, t)
        for number in range(1, len(self.board.layers)):
            arriving = self.layer(number, image, t, arriving)

    def front_end(self, image: int, t: int) -> set[Neuron]:
        layer, chip = self.board.layers[0], len(self.board.clusters)
        if t == 0 or not self.board.cached:
            for targets in self.synapses[0].values():
                for post, _ in targets:
                    self.file("synapse.mac", image, t, self.owner_of_neuron(0, post))
        if not layer.spiking:
            return set()
        pool = self.merged(0)
        spikes = {(y // pool, x // pool, c) for y, x, c in self.board.fired[0][image][t]}
        sent = {spike for spike in spikes if self.users[0, spike]}
        for spike in sent:
            place = self.owner[0, spike]
            self.file("input.write", image, t, chip)
            self.file("axon_in.lookup", image, t, place)
            self.file("synapse.op", image, t, place, self.copies(0, spike))
            self.travel(image, t, chip, 0, self.firing_core(place, spike))
            self.fire(0, spike, image, t)
        return sent

    def layer(self, number: int, image: int, t: int, arriving: set[Neuron]) -> set[Neuron]:
        layer, side = self.board.layers[number], self.split(number)
        fired = self.board.fired[number][image][t] if layer.spiking else set()
        hit: dict[tuple[int, Neuron], set[int]] = defaultdict(set)
        for pre in arriving:
            for post, _ in self.synapses[number][pre[0] // side, pre[1] // side, pre[2]]:
                place = self.owner[number, post]
                cluster = self.board.clusters[place]
                piece = next(n for n, (a, b) in enumerate(cluster.pieces) if a <= pre[2] < b)
                neurons = 1 if cluster.runs else self.copies(number, post)
                self.file("synapse.op", image, t, place, neurons)
                hit[place, post].add(piece)
        for place, cluster in enumerate(self.board.clusters):
            if cluster.layer == number and cluster.runs:
                for output in self.order[place]:
                    pieces = hit[place, output]
                    if len(cluster.pieces) == 1:
                        pieces = {0} if output in fired else set()
                    elif self.board.partial_fires == "output_fires" and output not in fired:
                        pieces = set()
                    for piece in pieces:
                        self.partial(place, piece, output, image, t)
        for output in fired:
            self.fire(number, output, image, t)
        pool = self.merged(number)
        return {(y // pool, x // pool, c) for y, x, c in fired}

    def partial(self, place: int, piece: int, output: Neuron, image: int, t: int) -> None:
        """A partial neuron fires, its packet comes to the adder."""
        number = self.board.clusters[place].layer
        for action in ("neuron.fire", "axon_out.send", "axon_in.lookup"):
            self.file(action, image, t, place)
        self.file("synapse.op", image, t, place, self.copies(number, output))
        source = self.board.clusters[place].cores[piece]
        self.travel(image, t, place, source // self.board.cores_per_tile,
                    self.firing_core(place, output))  # fmt: skip

    def firing_core(self, place: int, output: Neuron) -> int:
        cluster = self.board.clusters[place]
        if not cluster.runs:
            return cluster.cores[0]
        at = self.order[place].index(output)
        run = next(n for n, (start, stop) in enumerate(cluster.runs) if start <= at < stop)
        return cluster.cores[len(cluster.pieces) + run]

    def fire(self, number: int, output: Neuron, image: int, t: int) -> None:
        """All copies of an output, one packet each."""
        place = self.owner[number, output]
        self.file("neuron.fire", image, t, place, self.copies(number, output))
        channel = output[2]
        for user in self.users[number, output]:
            cluster = self.board.clusters[user]
            piece = next(n for n, (a, b) in enumerate(cluster.pieces) if a <= channel < b)
            self.file("axon_out.send", image, t, place)
            self.file("axon_in.lookup", image, t, user)
            source = self.firing_core(place, output) // self.board.cores_per_tile
            self.travel(image, t, place, source, cluster.cores[piece])

    def travel(self, image: int, t: int, place: int, tile: int, core: int) -> None:
        for before, after in self.route(tile, core // self.board.cores_per_tile):
            width = self.board.tiles_x
            across = before // width == after // width
            self.file("router.hop_x" if across else "router.hop_y", image, t, place)
            if self.real_chip(before) != self.real_chip(after):
                self.file("chip_link.send", image, t, place)

    def route(self, tile: int, target: int) -> Iterator[Span]:
        width = self.board.tiles_x
        while tile % width != target % width:
            step = 1 if target % width > tile % width else -1
            yield tile, tile + step
            tile += step
        while tile != target:
            step = width if target > tile else -width
            yield tile, tile + step
            tile += step

    def real_chip(self, tile: int) -> Span:
        wide, high = self.board.chip_tiles
        return tile % self.board.tiles_x // wide, tile // self.board.tiles_x // high

    def rows(self, experiment: str) -> None:
        """What happens in every tick."""
        board = self.board
        stages = 1 + sum(
            1 + any(c.layer == n and c.pieces and c.runs for c in board.clusters)
            for n in range(1, len(board.layers))
        )
        for image, (place, cluster) in product(range(board.images), enumerate(board.clusters)):
            neurons = len(cluster.cores) * board.neurons_max
            copies = sum(self.copies(cluster.layer, output) for output in self.order[place])
            used = copies + (len(self.order[place]) * len(cluster.pieces) if cluster.runs else 0)
            for t in range(board.timesteps + 1):
                times = 1 if t < board.timesteps else (stages - 1) * (experiment == "single")
                for action in ("neuron.access", "membrane.read", "membrane.write"):
                    self.file(action, image, t, place, neurons * times)
            for t in range(board.timesteps):
                self.file("neuron.update_active", image, t, place, used)
                if board.timesteps > 1 and cluster.layer and board.layers[cluster.layer].spiking:
                    self.file("bntt.param_read", image, t, place, 2 * copies)

    def file(self, action: str, image: int, t: int, place: int, times: int = 1) -> None:
        self.found[action, image, t, place] += times
