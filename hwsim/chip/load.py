"""The work of one hardware step: every scan and every packet, before any time is known.

Both transports take a `StepLoad` and say when things happen; what happens is decided here, from
the bits of the trace and what the previous step delivered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwsim.activity import Counts
from hwsim.chip.chip import HOST
from hwsim.mapping.fanout import FanOut, Ints
from hwsim.network.graph import Layer

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Scans:
    """The scans of a step, one entry per scanned slice, in order of core index.

    `work_ps` is the sum of all services of the scan. Packets pointer[i] : pointer[i + 1] of the
    step's `Packets` come from scan i.
    """

    slices: Ints
    work_ps: Ints
    pointer: Ints


@dataclass(frozen=True)
class Packets:
    """The packets of a step in the order of their ids: (source core, neuron, destination), the
    host's first.

    * `source` (P,): slice index, or HOST,
    * `ready_ps` (P,): service of the scan up to and with the sending neuron; packets of one
      neuron are neighbours and share it,
    * `neuron` (P,): running number of the sending neuron, equal for packets of one neuron,
    * `pointer` (P + 1,): deliveries of each packet: one, or several with `multicast: tree`,
    * `destination` (D,): slice index; `service_ps` (D,): its synapses' service,
    * `layer` (D,) and `entry` (D,): the row of that layer's `FanOut` that the delivery executes.
    """

    source: Ints
    ready_ps: Ints
    neuron: Ints
    pointer: Ints
    destination: Ints
    service_ps: Ints
    layer: Ints
    entry: Ints


@dataclass(frozen=True)
class StepLoad:
    """All scans and packets of one step."""

    scans: Scans
    packets: Packets


@dataclass(frozen=True)
class Spikes:
    """Spikes that leave one slice in scan order: `pixel` (S,) is the row of the next layer's
    `FanOut`, `ready_ps` (S,) when the scan has served the sender."""

    pixel: Ints
    ready_ps: Ints


def senders(fired: Mask, pool: int) -> Mask:
    """The neurons of a slice, (rows, columns, channels), that send: in each pool x pool window
    the first one in scan order that fires."""
    if pool == 1:
        return fired
    rows, columns, channels = fired.shape
    windows = (
        fired.reshape(rows // pool, pool, columns // pool, pool, channels)
        .transpose(0, 2, 4, 1, 3)
        .reshape(rows // pool, columns // pool, channels, pool * pool)
    )
    first = np.zeros_like(windows)
    np.put_along_axis(first, windows.argmax(axis=-1)[..., None], 1, axis=-1)
    return (
        (first & windows)
        .reshape(rows // pool, columns // pool, channels, pool, pool)
        .transpose(0, 3, 1, 4, 2)
        .reshape(rows, columns, channels)
    )


def spikes_of(
    sent: Mask, service_ps: Ints, origin: tuple[int, int], pool: int, pooled_width: int
) -> Spikes:
    """The spikes of one slice whose block starts at row and column `origin` of its layer.

    `sent` and `service_ps` are (rows, columns, channels).
    """
    _, columns, channels = sent.shape
    index = np.flatnonzero(sent)
    row, column = index // (columns * channels), index // channels % columns
    pixel = (origin[0] + row) // pool * pooled_width + (origin[1] + column) // pool
    return Spikes(pixel, service_ps.ravel().cumsum()[index])


def no_packets() -> Packets:
    """A step without packets."""
    none = np.zeros(0, np.int64)
    return Packets(none, none, none, np.zeros(1, np.int64), none, none, none, none)


def packets_of(
    source: int, spikes: Spikes, fan_out: FanOut, service_ps: Ints, tree: bool
) -> Packets:
    """The packets of one slice's spikes. `service_ps` (E,) is the service of each fan-out row."""
    start, stop = fan_out.pointer[spikes.pixel], fan_out.pointer[spikes.pixel + 1]
    fan = stop - start
    neuron = np.repeat(np.arange(len(fan)), fan)
    within = np.arange(len(neuron)) - np.repeat(fan.cumsum() - fan, fan)
    entry = start[neuron] + within
    if tree:
        sending = np.flatnonzero(fan)
        pointer = np.concatenate([[0], fan[sending].cumsum()])
    else:
        sending, pointer = neuron, np.arange(len(neuron) + 1)
    return Packets(
        source=np.full(len(sending), source),
        ready_ps=spikes.ready_ps[sending],
        neuron=sending,
        pointer=pointer,
        destination=fan_out.slices[entry],
        service_ps=service_ps[entry],
        layer=np.full(len(entry), fan_out.layer),
        entry=entry,
    )


def host_packets(
    levels: npt.NDArray[np.int8], fan_out: FanOut, service_ps: Ints, tree: bool
) -> Packets:
    """Graded packets of an image, (height, width, channels): one per non-zero value and
    destination, all ready at the start of the step."""
    pixel = np.flatnonzero(levels) // levels.shape[2]
    spikes = Spikes(pixel, np.zeros(len(pixel), np.int64))
    return packets_of(HOST, spikes, fan_out, service_ps, tree)


def join(parts: list[Packets]) -> Packets:
    """The packets of several sources, given in the order of their ids."""
    if not parts:
        return no_packets()
    neurons = np.cumsum([0] + [p.neuron[-1] + 1 if len(p.neuron) else 0 for p in parts])
    deliveries = np.cumsum([0] + [len(p.destination) for p in parts])
    return Packets(
        source=np.concatenate([p.source for p in parts]),
        ready_ps=np.concatenate([p.ready_ps for p in parts]),
        neuron=np.concatenate([p.neuron + n for p, n in zip(parts, neurons, strict=False)]),
        pointer=np.concatenate(
            [[0]] + [p.pointer[1:] + d for p, d in zip(parts, deliveries, strict=False)]
        ),
        destination=np.concatenate([p.destination for p in parts]),
        service_ps=np.concatenate([p.service_ps for p in parts]),
        layer=np.concatenate([p.layer for p in parts]),
        entry=np.concatenate([p.entry for p in parts]),
    )


def received(deliveries: Ints, fan_out: FanOut, layer: Layer) -> Mask:
    """(height, width) of a layer: where the deliveries (rows of its `FanOut`) put at least one
    synaptic operation."""
    _, height, width = layer.out_shape
    edges: Counts = np.zeros((height + 1, width + 1), np.int64)
    rows = np.unique(deliveries)
    (top, bottom), (left, right) = fan_out.rows[rows].T, fan_out.columns[rows].T
    for y, x, sign in ((top, left, 1), (top, right, -1), (bottom, left, -1), (bottom, right, 1)):
        np.add.at(edges, (y, x), sign)
    return edges.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] > 0
