"""Where a spike goes: destination slices and synaptic operations, from geometry alone.

A pooled spike at (y, x, channel) of layer l reaches, in layer l + 1, every output position whose
kernel covers (y, x); the channel does not matter. So the fan-out is a table over the source's
pooled pixels, a few thousand rows for VGG16, and no synapse is ever listed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwsim.mapping.mapping import Mapping
from hwsim.mapping.reach import overlap, ranges, reached
from hwsim.network.graph import Layer

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class FanOut:
    """Destinations of the spikes that arrive at layer `layer`, in compressed rows.

    Row p = y * width + x of the layer's `in_shape` spans entries pointer[p] : pointer[p + 1], in
    ascending order of the destination's core index (the destination order of packet ids):

    * `slices` (E,): index of the destination slice in `Mapping.slices`,
    * `taps` (E,): kernel taps, i.e. output positions of that slice, that the spike reaches,
    * `channels` (E,): channels of the slice; a spike costs taps * channels synaptic operations,
    * `rows`, `columns` (E, 2): the half-open output ranges that it reaches inside the slice,
      in coordinates of the layer. With a stride every position in them is reached.
    """

    layer: int
    pointer: Ints
    slices: Ints
    taps: Ints
    channels: Ints
    rows: Ints
    columns: Ints

    @property
    def synops(self) -> Ints:
        """(E,) synaptic operations of one spike at each destination."""
        return self.taps * self.channels


def fan_out(layer_index: int, layer: Layer, mapping: Mapping) -> FanOut:
    """The fan-out of spikes into layer `layer_index`, whose geometry is `layer`.

    A pixel that no output covers (a stride larger than the kernel) has an empty row.
    """
    held = mapping.of_layer(layer_index)
    order = np.array(sorted(held, key=lambda index: mapping.slices[index].core), np.int64)
    slices = [mapping.slices[index] for index in order]
    first_row, stop_row = overlap(reached(layer, 0), ranges(slices, 0))
    first_column, stop_column = overlap(reached(layer, 1), ranges(slices, 1))

    # Every (slice, row) that is reached, once for every column that the slice reaches.
    at_slice, y = np.nonzero(stop_row > first_row)
    of_column, x = np.nonzero(stop_column > first_column)
    width = np.bincount(of_column, minlength=len(slices))
    begin = np.concatenate([[0], np.cumsum(width)[:-1]])
    repeat = width[at_slice]
    within = np.arange(repeat.sum()) - np.repeat(np.cumsum(repeat) - repeat, repeat)
    at_slice, y = np.repeat(at_slice, repeat), np.repeat(y, repeat)
    x = x[begin[at_slice] + within]

    pixel = y * layer.in_shape[2] + x
    by_pixel = np.argsort(pixel, kind="stable")  # slices stay in the order of their cores
    at_slice, y, x = at_slice[by_pixel], y[by_pixel], x[by_pixel]
    rows = np.stack([first_row[at_slice, y], stop_row[at_slice, y]], axis=1)
    columns = np.stack([first_column[at_slice, x], stop_column[at_slice, x]], axis=1)
    pixels = layer.in_shape[1] * layer.in_shape[2]
    channels = ranges(slices, 2)
    return FanOut(
        layer=layer_index,
        pointer=np.concatenate([[0], np.cumsum(np.bincount(pixel, minlength=pixels))]),
        slices=order[at_slice],
        taps=(rows[:, 1] - rows[:, 0]) * (columns[:, 1] - columns[:, 0]),
        channels=(channels[:, 1] - channels[:, 0])[at_slice],
        rows=rows,
        columns=columns,
    )
