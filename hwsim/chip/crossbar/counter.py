"""Counts straight from the trace: sums over channels, shifted over the kernel.

Written apart from `hwsim.chip.crossbar.walk`, which must give the same integers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hwsim.actions import Action
from hwsim.activity import Activity, Experiment
from hwsim.activity.firing import Bools, pooled, unpack, worth
from hwsim.activity.source import check_source
from hwsim.arch.crossbar import CrossbarArch
from hwsim.chip.crossbar.bill import Reads, Tally, bill
from hwsim.chip.crossbar.floor import floor
from hwsim.chip.crossbar.layout import Layout
from hwsim.chip.crossbar.parcels import Parcel, parcels
from hwsim.mapping.mapping import Mapping
from hwsim.mapping.reach import Ints, reached
from hwsim.network.graph import Layer
from hwsim.trace.store import SpikeTrace


def count(
    trace: SpikeTrace, mapping: Mapping, arch: CrossbarArch, experiment: Experiment
) -> Activity:
    """Every action by image, timestep and slice; the same in `single` and `stream`.

    Raises InvalidInput for a cached first layer whose input changes.
    """
    network = trace.network
    check_source(trace, arch)
    plan, steps = floor(network, arch), network.timesteps
    activity = Activity.zeros(experiment, trace.images, steps, mapping, arch.ACTIONS)
    timestep = np.arange(steps)
    for number, layout in enumerate(plan.layouts):
        held = mapping.of_layer(number)
        here = slice(held.start, held.stop)
        sent = parcels(number, plan, mapping, arch)
        reads_at = timestep == 0 if number == 0 and arch.first_layer_cached else timestep >= 0
        for image in range(trace.images):
            planes = _planes(trace, image, number, layout)
            reads = _reads(layout, planes, arch, reads_at)
            fired, travel = _sent(trace, image, number, layout, sent, plan.layouts, mapping, arch)
            tally = Tally(
                np.full(steps, layout.positions, np.int64),
                reads,
                fired,
                travel,
            )
            for action, amount in bill(tally, timestep, number, steps, plan, arch).items():
                activity.counts[action][image, :steps, here] = amount
    fresh = np.ones((trace.images, steps), np.bool_)
    inputs = np.broadcast_to(trace.inputs, (trace.images, steps, trace.inputs.shape[2]))
    fresh[:, 1:] = (inputs[:, 1:] != inputs[:, :-1]).any(axis=2)
    activity.counts[Action.INPUT_WRITE][:, :steps, -1] = fresh * inputs.shape[2]
    return activity


def _planes(trace: SpikeTrace, image: int, number: int, layout: Layout) -> Bools:
    """(T, reads, height, width, channels) on the word lines of a layer."""
    values = _values(trace, image, number)
    if layout.reads == 1:
        planes: Bools = (values != 0)[:, None]
        return planes
    planes = np.stack([values >> bit & 1 for bit in range(layout.input_bits)], axis=1) > 0
    return planes


def _values(trace: SpikeTrace, image: int, number: int) -> npt.NDArray[np.unsignedinteger]:
    """(T, height, width, channels) pixels, spikes or counts, as unsigned bits."""
    if number:
        before = trace.network.layers[number - 1]
        return worth(unpack(trace.spikes[number - 1][image], before), before)
    channels, height, width = trace.network.input_shape
    pixels = trace.inputs[image].reshape(-1, height, width, channels)
    steps = trace.network.timesteps
    pixels = np.broadcast_to(pixels, (steps, height, width, channels))
    return np.ascontiguousarray(pixels).view(np.uint8)


def _reads(layout: Layout, planes: Bools, arch: CrossbarArch, reads_at: Bools) -> Reads:
    """What each timestep reads, nothing where `reads_at` (T,) is False."""
    core, layer = arch.core, layout.layer
    pad = layer.padding
    sums = np.cumsum(
        np.pad(planes, ((0, 0), (0, 0), (pad, pad), (pad, pad), (1, 0))), axis=-1, dtype=np.int32
    )
    stride = layer.stride * layout.step
    (high, wide), steps = layout.units, len(planes)
    shape = (*planes.shape[:2], high, wide)
    rows, arrays, pes = (np.zeros(steps, np.int64) for _ in range(3))
    rounds = np.zeros(shape, np.int64)
    for number in range(layout.pes):
        read = np.zeros(shape, np.int64)
        for array in layout.pe(number):
            active = np.zeros(shape, np.int64)
            for segment in array:
                down = slice(segment.row, segment.row + (high - 1) * stride + 1, stride)
                right = slice(segment.column, segment.column + (wide - 1) * stride + 1, stride)
                seen, (first, stop) = sums[:, :, down, right], segment.channels
                active += seen[..., stop] - seen[..., first]
            rows += active.sum(axis=(1, 2, 3))
            read += active > 0 if core.skip_zero_slice else 1
        arrays += read.sum(axis=(1, 2, 3))
        pes += np.count_nonzero(read, axis=(1, 2, 3))
        rounds += read if core.conversions == "per_array" else read > 0
    adds = np.maximum(rounds.sum(axis=1) * layout.bit_slices - 1, 0).sum(axis=(1, 2))
    across = [sum(layer.taps_inside(axis)[:: layout.step]) for axis in (0, 1)]
    if core.input_reuse == "line_buffer":
        across = [*layer.in_shape[1:]]
    sites = np.full(steps, across[0] * across[1], np.int64)
    found = rows, arrays, pes, rounds.sum(axis=(1, 2, 3)), adds, sites
    return Reads(*(amount * reads_at for amount in found))


def _sent(
    trace: SpikeTrace,
    image: int,
    number: int,
    layout: Layout,
    sent: tuple[Parcel, ...],
    layouts: tuple[Layout, ...],
    mapping: Mapping,
    arch: CrossbarArch,
) -> tuple[Ints, Ints]:
    """(T, blocks) neurons that fire, (T, blocks, 6) what their packets do."""
    steps, blocks = trace.network.timesteps, len(layout.blocks)
    travel = np.zeros((steps, blocks, 6), np.int64)
    if not layout.layer.spiking:
        return np.zeros((steps, blocks), np.int64), travel
    fires = unpack(trace.spikes[number][image], layout.layer)
    edges = [start for start, _ in layout.blocks]
    fired = np.add.reduceat(fires.sum(axis=(1, 2), dtype=np.int64), edges, axis=1)
    if sent:
        spikes = pooled(fires, layout.layer)[:, _needed(layouts[number + 1].layer)]
        for parcel in sent:
            full = spikes[:, :, slice(*parcel.channels)].any(axis=2).sum(axis=1)
            travel[:, parcel.block] += np.outer(full, _toll(parcel, mapping, arch))
    return fired, travel


def _needed(layer: Layer) -> Bools:
    """(height, width) of the input: positions that reach an output."""
    rows, columns = (np.ptp(reached(layer, axis), axis=1) > 0 for axis in (0, 1))
    needed: Bools = np.outer(rows, columns)
    return needed


def _toll(parcel: Parcel, mapping: Mapping, arch: CrossbarArch) -> Ints:
    """What a packet does: sends, injects, hops along x, along y, ejects, chip crossings.

    XY: a row's stretch and, of a tree, one stretch of each column with a target.
    """
    wide, high = mapping.chip_tiles_x, mapping.chip_tiles_y
    sx, sy = parcel.source % mapping.tiles_x, parcel.source // mapping.tiles_x
    x, y = np.array(parcel.targets) % mapping.tiles_x, np.array(parcel.targets) // mapping.tiles_x
    targets = len(parcel.targets)
    if arch.router.multicast == "none":
        hops = [int(np.abs(x - sx).sum()), int(np.abs(y - sy).sum())]
        links = int(np.abs(x // wide - sx // wide).sum() + np.abs(y // high - sy // high).sum())
        return np.array([targets, targets, *hops, targets, links], np.int64)
    hops, links = [0, 0], 0
    for axis, source, places, chip in (
        (0, sx, [x], wide),
        (1, sy, [y[x == c] for c in set(x)], high),
    ):
        for place in places:
            far, near = max(source, *place), min(source, *place)
            hops[axis] += int(far - near)
            links += int(far // chip - near // chip)
    return np.array([1, 1, *hops, targets, links], np.int64)
