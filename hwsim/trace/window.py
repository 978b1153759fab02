"""A saved trace looked at image by image, with a few shards in memory at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from hwsim.network.graph import Network
from hwsim.trace.read import TraceFolder
from hwsim.trace.store import Origin, SpikeTrace, join

SHARDS = 3
"""Kept in memory: a stream looks at as many neighbouring images as the network has layers."""


class TraceWindow:
    """The first `images` images of a trace folder, with the looks of a `SpikeTrace`.

    Raises InvalidInput when a damaged shard is first needed.
    """

    def __init__(self, folder: TraceFolder, images: int) -> None:
        self._folder = folder
        self._images = images
        self._starts = [0, *accumulate(shard.images for shard in folder.meta.shards)]
        self._held: OrderedDict[int, SpikeTrace] = OrderedDict()

    @property
    def network(self) -> Network:
        """The network that was recorded."""
        return self._folder.network

    @property
    def origin(self) -> Origin:
        """Where the trace comes from."""
        return self._folder.origin

    @property
    def images(self) -> int:
        """How many."""
        return self._images

    def fired(self, image: int, timestep: int, layer: int) -> npt.NDArray[np.bool_]:
        """(height, width, channels) of one layer in one timestep."""
        shard, within = self._find(image)
        return shard.fired(within, timestep, layer)

    def input_levels(self, image: int, timestep: int) -> npt.NDArray[np.int8]:
        """(height, width, channels) int8 values that enter layer 0."""
        shard, within = self._find(image)
        return shard.input_levels(within, timestep)

    def part(self, start: int, stop: int) -> SpikeTrace:
        """Images `start` to `stop` - 1 in memory."""
        parts = []
        while start < stop:
            number = bisect_right(self._starts, start) - 1
            shard, within = self._find(start)
            end = min(stop, self._starts[number + 1])
            parts.append(shard.part(within, within + end - start))
            start = end
        return join(parts)

    def _find(self, image: int) -> tuple[SpikeTrace, int]:
        number = bisect_right(self._starts, image) - 1
        if number not in self._held:
            if len(self._held) == SHARDS:
                self._held.popitem(last=False)
            self._held[number] = self._folder.shard(number)
        self._held.move_to_end(number)
        return self._held[number], image - self._starts[number]
