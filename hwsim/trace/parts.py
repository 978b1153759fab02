"""A trace of any length, looked at a few images at a time."""

from __future__ import annotations

from typing import Protocol

from hwsim.network.graph import Network
from hwsim.trace.store import Origin, SpikeTrace


class Parts(Protocol):
    """Images that are given out in parts: a `SpikeTrace`, or a window onto a folder."""

    @property
    def network(self) -> Network:
        """The network that was recorded."""

    @property
    def origin(self) -> Origin:
        """Where they come from."""

    @property
    def images(self) -> int:
        """How many there are."""

    def part(self, start: int, stop: int) -> SpikeTrace:
        """Images `start` to `stop` - 1 in memory."""
