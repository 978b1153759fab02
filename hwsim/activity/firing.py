"""From a trace's bits to which neurons fired, which windows sent and which positions were hit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hwsim.arch.digital import DigitalArch
from hwsim.network.graph import Layer

Bools = npt.NDArray[np.bool_]


def unpack(bits: npt.NDArray[np.uint8], layer: Layer) -> Bools:
    """(B, bytes) packed -> (B, height, width, channels) of the layer's neurons that fired."""
    channels, height, width = layer.out_shape
    flat = np.unpackbits(bits, axis=-1, count=layer.neurons, bitorder="little")
    return flat.view(np.bool_).reshape(-1, height, width, channels)


def pooled(fired: Bools, layer: Layer) -> Bools:
    """(B, height / pool, width / pool, channels): windows in which any neuron fired, which are
    those that send, a spike or a count."""
    step = layer.pool
    windows = fired[:, ::step, ::step]
    for dy in range(step):
        for dx in range(step):
            if dy or dx:
                windows = windows | fired[:, dy::step, dx::step]
    return windows


def one_by_one(layer: Layer, arch: DigitalArch) -> bool:
    """Whether every neuron of a window that fires sends a spike of its own: on cores that take
    spikes only, it is the synapses that count them."""
    return layer.graded and not arch.takes_counts


def worth(fired: Bools, layer: Layer) -> npt.NDArray[np.uint16]:
    """(B, height / pool, width / pool, channels): what each window is worth to those behind it,
    the number of its neurons that fired, or 1 where any did."""
    if not layer.graded:
        return pooled(fired, layer).astype(np.uint16)
    step = layer.pool
    channels, height, width = layer.pooled_shape
    windows = fired.reshape(-1, height, step, width, step, channels)
    count: npt.NDArray[np.uint16] = windows.sum(axis=(2, 4), dtype=np.uint16)
    return count


def reached(arrived: Bools, layer: Layer) -> Bools:
    """(B, out height, out width): positions that at least one arriving pixel reaches.

    `arrived` (B, height, width) of the layer's input says where any channel sent something. A
    kernel's window is a rectangle, so rows and columns are combined one after the other.
    """
    return _slide(_slide(arrived, 1, layer), 2, layer)


def _slide(arrived: Bools, axis: int, layer: Layer) -> Bools:
    pad, count = layer.padding, layer.out_shape[axis]
    padded = np.pad(arrived, [(pad, pad) if a == axis else (0, 0) for a in range(3)])
    span = (count - 1) * layer.stride + 1
    hit = np.zeros(tuple(count if a == axis else n for a, n in enumerate(arrived.shape)), np.bool_)
    for tap in range(layer.kernel[axis - 1]):
        window = slice(tap, tap + span, layer.stride)
        hit |= padded[:, window] if axis == 1 else padded[:, :, window]
    return hit
