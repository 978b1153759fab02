"""Random small networks, mappings, chips and traces, and the same as plain data for the oracle."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from hwsim.activity import Activity
from hwsim.arch.digital import DigitalArch
from hwsim.mapping.mapping import Mapping, Slice
from hwsim.network.graph import Layer, Network
from hwsim.trace.store import Origin, SpikeTrace
from tests import toys
from tests.oracle.bruteforce import Key, PlainChip, PlainLayer, PlainRun

TIMED = ("synapse.op", "synapse.mac", "axon_in.lookup", "axon_out.send", "router.inject",
         "router.eject", "router.hop_x", "router.hop_y")  # fmt: skip
SCANS = {
    "exclusive": ("neuron.update_active", "neuron.update_inactive"),
    "additive": ("neuron.access", "neuron.update_active", "neuron.fire"),
}

SCHEDULES: tuple[dict[str, Any] | None, ...] = (
    None,
    {"semantics": "layer_sequential", "barrier_ns": {1: toys.quantity(100)}},
    {"semantics": "layer_sequential"},
    {"semantics": "pipelined_tick", "tick_us": toys.quantity(1000)},
)


@dataclass(frozen=True)
class Case:
    """One random run."""

    network: Network
    mapping: Mapping
    arch: DigitalArch
    trace: SpikeTrace

    def plain(self) -> PlainRun:
        """The same, for the oracle, in tuples, sets and integers."""
        a, m, network = self.arch, self.mapping, self.network
        free = a.timestep.semantics == "asynchronous"
        chip = PlainChip(
            m.tiles_x, m.tiles_y, m.cores_per_tile, (m.chip_tiles_x, m.chip_tiles_y),
            a.router.multicast, a.first_layer, a.first_layer_cached,
            "layers_in_work" if free else a.neuron.scan,
            a.neuron.active_rule, a.membrane.policy, network.weight_bits, a.synapse.word_bits,
            free or a.timestep.semantics == "layer_sequential", a.timestep.barrier_ns is not None,
            tokens=free,
        )  # fmt: skip
        layers = plain_layers(network, takes_counts=a.first_layer == "on_core_graded")
        images, times = range(self.trace.images), range(network.timesteps)
        return PlainRun(
            chip,
            network.timesteps,
            layers,
            [(s.core, s.layer, s.y, s.x, s.c) for s in m.slices],
            [
                [[_nonzero(self.trace.fired(n, t, number)) for t in times] for n in images]
                for number, layer in enumerate(layers)
                if layer.spiking
            ],
            [[_nonzero(self.trace.input_levels(n, t)) for t in times] for n in images],
        )


def plain_layers(network: Network, *, takes_counts: bool = True) -> list[PlainLayer]:
    """The layers of a network, for the oracles; `takes_counts`: so do the cores."""
    found = []
    for x in network.layers:
        averages = x.pool > 1 and x.pool_kind == "average"
        shapes = x.in_shape, x.out_shape, x.kernel, x.stride, x.padding, x.pool, x.spiking
        found.append(PlainLayer(*shapes, averages and takes_counts, averages and not takes_counts))
    return found


def _nonzero(values: np.ndarray) -> set[tuple[int, int, int]]:
    return {(y, x, c) for y, x, c in np.argwhere(values).tolist()}


def as_counter(activity: Activity) -> Counter[Key]:
    """An activity in the form of the oracle's answer."""
    found: Counter[Key] = Counter()
    for action, values in activity.counts.items():
        for image, timestep, place in np.argwhere(values).tolist():
            found[str(action), image, timestep, place] = int(values[image, timestep, place])
    return found


@st.composite
def cases(draw: st.DrawFn, **arch_options: Any) -> Case:
    """A whole case; `arch_options` fix options of `tests.toys.arch` that are drawn otherwise."""
    network = draw(networks(graded=True))
    mapping = draw(mappings(network))
    arch = draw(archs(mapping, **arch_options))
    return Case(network, mapping, arch, draw(traces(network, arch)))


@st.composite
def networks(draw: st.DrawFn, *, graded: bool = False) -> Network:
    """One to four layers with strides, paddings, pools, ragged sizes and one to three timesteps;
    of `graded` ones some average in their pools.
    """
    sizes = st.sampled_from((1, 2, 3, 4, 4, 5, 6))
    arriving = (draw(st.integers(1, 3)), draw(sizes), draw(sizes))
    count = draw(st.integers(1, 4))
    layers = []
    kind = draw(st.sampled_from(("or", "or", "average"))) if graded else "or"
    for number in range(count):
        layer = draw(_layers(f"layer{number}", arriving, spiking=number < count - 1))
        layer = replace(layer, pool_kind=kind)
        layers.append(layer)
        arriving = layer.pooled_shape
    bits = draw(st.sampled_from((3, 8)))
    return Network("random", "none", draw(st.integers(1, 3)), tuple(layers), weight_bits=bits)


@st.composite
def _layers(draw: st.DrawFn, name: str, shape: tuple[int, ...], *, spiking: bool) -> Layer:
    channels, height, width = shape
    units = draw(st.integers(1, 4))
    if draw(st.integers(0, 3)) == 0:
        kernel = height, width
        return Layer(
            name, "linear", (channels, height, width), (units, 1, 1), kernel, spiking=spiking
        )
    padding, stride = draw(st.integers(0, 2)), draw(st.integers(1, 3))
    kernel = tuple(draw(st.integers(1, min(3, size + 2 * padding))) for size in (height, width))
    out = tuple(
        (size + 2 * padding - k) // stride + 1
        for size, k in zip((height, width), kernel, strict=True)
    )
    pools = [p for p in (1, 2, 3) if out[0] % p == 0 and out[1] % p == 0]
    pool = draw(st.sampled_from(pools[::-1])) if spiking else 1
    return Layer(
        name, "conv", (channels, height, width), (units, *out), kernel,
        stride=stride, padding=padding, pool=pool, spiking=spiking,
    )  # fmt: skip


@st.composite
def mappings(draw: st.DrawFn, network: Network) -> Mapping:
    """Every layer cut by a few random cuts, blocks ragged, on random cores of a random mesh."""
    slices = []
    for number, layer in enumerate(network.layers):
        channels, height, width = layer.out_shape
        blocks = [((0, height), (0, width), (0, channels))]
        for _ in range(draw(st.integers(0, 4))):
            block = blocks.pop(draw(st.integers(0, len(blocks) - 1)))
            axis = draw(st.integers(0, 2))
            step = 1 if axis == 2 else layer.pool
            start, stop = block[axis]
            cuts = range(start + step, stop, step)
            if not cuts:
                blocks.append(block)
                continue
            cut = draw(st.sampled_from(cuts))
            for part in ((start, cut), (cut, stop)):
                blocks.append((*block[:axis], part, *block[axis + 1 :]))
        slices += [(number, *block) for block in sorted(blocks)]
    tiles_x, per_tile = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    least = -(-len(slices) // (tiles_x * per_tile))
    tiles_y = draw(st.integers(least, least + 2))
    cores = draw(st.permutations(range(tiles_x * tiles_y * per_tile)))
    return Mapping(
        tuple(Slice(core, *block) for core, block in zip(cores, slices, strict=False)),
        "random",
        tiles_x,
        tiles_y,
        per_tile,
        draw(st.integers(1, tiles_x)),
        draw(st.integers(1, tiles_y)),
    )


@st.composite
def archs(draw: st.DrawFn, mapping: Mapping, **fixed: Any) -> DigitalArch:
    """A chip as large as the mapping, with random policies, and times for some of its stages."""
    accounting = draw(st.sampled_from(("exclusive", "additive")))
    times: dict[str, Any] = {name: draw(st.integers(1, 9)) for name in SCANS[accounting]}
    times |= {name: draw(st.integers(1, 9)) for name in TIMED if draw(st.booleans())}
    options: dict[str, Any] = {
        "service_ns": draw(st.sampled_from((None, 1, 0.5))),
        "multicast": draw(st.sampled_from(("none", "tree"))),
        "accounting": accounting,
        "scan": draw(st.sampled_from(("all_mapped", "layers_in_work"))),
        "active_rule": draw(
            st.sampled_from(("received_or_fired", "layer_in_work", "by_timesteps"))
        ),
        "policy": draw(st.sampled_from(("every_step", "elide_first_read_last_write"))),
        "parallel": draw(st.sampled_from((1, 4))),
        "first_layer": draw(st.sampled_from(("current_injected", "on_core_graded"))),
        "cached": draw(st.booleans()),
        "timestep": draw(st.sampled_from(SCHEDULES)),
    }
    arch = toys.arch(
        fixed.pop("times_ns", times),
        tiles=(mapping.tiles_x, mapping.tiles_y),
        cores_per_tile=mapping.cores_per_tile,
        chip_tiles=(mapping.chip_tiles_x, mapping.chip_tiles_y),
        **{**options, **fixed},
    )
    word = arch.synapse.model_copy(update={"word_bits": draw(st.sampled_from((5, 8, 16)))})
    return arch.model_copy(update={"synapse": word})


@st.composite
def traces(draw: st.DrawFn, network: Network, arch: DigitalArch) -> SpikeTrace:
    """One to three images with silent, sparse, half and full activity."""
    images = draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rates = st.sampled_from((0.0, 0.1, 0.5, 1.0))
    spikes = tuple(
        np.packbits(
            rng.random((images, network.timesteps, layer.neurons)) < draw(rates),
            axis=-1,
            bitorder="little",
        )
        for layer in network.spiking_layers
    )
    fixed = arch.first_layer_cached or draw(st.booleans())
    shape = images, 1 if fixed else network.timesteps, network.layers[0].inputs
    inputs = rng.integers(-127, 128, shape) * (rng.random(shape) < draw(rates))
    return SpikeTrace(
        network,
        Origin("random", "0" * 64, None, "random"),
        spikes,
        inputs.astype(np.int8),
        np.zeros((images, network.classes), np.int64),
        np.full(images, -1, np.int64),
    )
