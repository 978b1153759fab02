"""What an input pixel reaches, one axis at a time.

Rows and columns are independent in a convolution, so everything the mapper asks (fan-out,
receptive fields, taps, axons) is a product of two small tables, one per axis. Axis 0 is rows,
axis 1 is columns. A linear layer is a kernel as large as its input and needs no case of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hwsim.mapping.mapping import Slice
from hwsim.network.graph import Layer

Ints = npt.NDArray[np.int64]


def reached(layer: Layer, axis: int) -> Ints:
    """(in, 2): the half-open range of output positions that each input position reaches.

    Input i meets output o through tap i + padding - o * stride, so o runs from
    ceil((i + padding - kernel + 1) / stride) to floor((i + padding) / stride), inside the
    layer. An input that no output covers has an empty range.
    """
    at = np.arange(layer.in_shape[1 + axis], dtype=np.int64) + layer.padding
    count = layer.out_shape[1 + axis]
    first = np.clip(-((layer.kernel[axis] - 1 - at) // layer.stride), 0, count)
    stop = np.clip(at // layer.stride + 1, 0, count)
    return np.stack([first, np.maximum(first, stop)], axis=1)


def overlap(reach: Ints, pieces: Ints) -> tuple[Ints, Ints]:
    """First and stop (piece, in) of each input's reach inside each piece [start, stop).

    Empty overlaps have stop <= first.
    """
    first = np.maximum(reach[None, :, 0], pieces[:, None, 0])
    stop = np.minimum(reach[None, :, 1], pieces[:, None, 1])
    return first, stop


def counts(layer: Layer, axis: int, pieces: Ints) -> Ints:
    """(piece, in) output positions of each piece that each input position reaches."""
    first, stop = overlap(reached(layer, axis), pieces)
    taps: Ints = np.maximum(stop - first, 0)
    return taps


def ranges(slices: Sequence[Slice], axis: int) -> Ints:
    """(slice, 2) row (axis 0), column (1) or channel (2) ranges of some slices."""
    return np.array([(s.y, s.x, s.c)[axis] for s in slices], np.int64).reshape(-1, 2)


def shared_pixels(
    source: Layer, senders: Sequence[Slice], target: Layer, receivers: Sequence[Slice]
) -> Ints:
    """(sender, receiver) pooled pixels of each sender whose spikes reach each receiver.

    `target` is the layer after `source`. Times the sender's channels this is the number of
    packets between the two when every pooled output spikes once.
    """
    pairs = np.ones((len(senders), len(receivers)), np.int64)
    for axis in (0, 1):
        pixels = np.arange(target.in_shape[1 + axis])
        held = ranges(senders, axis)[:, :, None] // source.pool
        inside = (pixels >= held[:, 0]) & (pixels < held[:, 1])
        covered = counts(target, axis, ranges(receivers, axis)) > 0
        pairs *= inside.astype(np.int64) @ covered.T.astype(np.int64)
    return pairs
