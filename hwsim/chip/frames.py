"""What a replay looks at: images of a trace, one layer and timestep at a time."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

from hwsim.network.graph import Network


class Frames(Protocol):
    """Images to replay: a `SpikeTrace`, or a window onto a folder of them."""

    @property
    def network(self) -> Network:
        """The network that was recorded."""

    @property
    def images(self) -> int:
        """How many."""

    def fired(self, image: int, timestep: int, layer: int) -> npt.NDArray[np.bool_]:
        """(height, width, channels) of one layer in one timestep."""

    def input_levels(self, image: int, timestep: int) -> npt.NDArray[np.int8]:
        """(height, width, channels) values that enter layer 0."""
