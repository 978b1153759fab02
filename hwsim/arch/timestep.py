"""How time advances on a chip: one schedule, and the numbers that this schedule reads."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StrictBool

from hwsim.arch.block import Block
from hwsim.arch.count import Count, Positive
from hwsim.arch.quantity import QuantityEntry, ps

Semantics = Literal["pipelined_barrier", "pipelined_tick", "layer_sequential", "layer_pipelined"]

NEEDS: dict[Semantics, tuple[str, ...]] = {
    "pipelined_barrier": ("barrier_ns",),
    "pipelined_tick": ("tick_us",),
    "layer_sequential": (),
    "layer_pipelined": ("overlap_fraction",),
}
"""The fields that a schedule cannot do without."""

READS: dict[Semantics, tuple[str, ...]] = {
    "pipelined_barrier": (),
    "pipelined_tick": ("tick_min_us",),
    "layer_sequential": ("barrier_ns", "tick_batch"),
    "layer_pipelined": ("tick_batch", "overlap_timesteps", "ends_in_order"),
}
"""The fields that a schedule reads where they are given."""


class Timestep(Block):
    """How a timestep advances (docs/design.md, section 3.3). Each schedule has its own fields.

    `barrier_ns` maps tiles in use to the barrier's time: the largest key not above the number of
    tiles in use holds. `tick_us` is the fixed length of a step, `tick_min_us` the shortest that
    the chip can keep. A layer starts when `overlap_fraction` of the units of the layer before are
    done; with `overlap_timesteps` a layer may start a timestep before the one before has left
    the last layer. The last unit of a layer waits for the last of the layer before, unless
    `ends_in_order` is false. `tick_batch` has a layer do all timesteps of an image before the
    next layer.
    """

    semantics: Semantics
    barrier_ns: Annotated[dict[Count, QuantityEntry], Field(min_length=1)] | None = None
    tick_us: QuantityEntry | None = None
    tick_min_us: QuantityEntry | None = None
    overlap_fraction: Annotated[Positive, Field(le=1)] | None = None
    overlap_timesteps: StrictBool | None = None
    tick_batch: StrictBool | None = None
    ends_in_order: StrictBool | None = None

    def barrier_ps(self, tiles: int) -> int:
        """The barrier's time with so many tiles in use, in ps; 0 where there is none."""
        if self.barrier_ns is None:
            return 0
        return ps(self.barrier_ns[max(key for key in self.barrier_ns if key <= max(tiles, 1))])

    def waves(self, timesteps: int) -> int:
        """How often a layer is run for an image: once a timestep, or once for all of them."""
        return 1 if self.tick_batch else timesteps

    @property
    def tick_ps(self) -> int:
        """The length of a step of `pipelined_tick`, in ps."""
        assert self.tick_us is not None
        return int(self.tick_us.value * Decimal(1_000_000))
