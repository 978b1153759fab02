"""Which core holds which neurons: the value between the mapper and everything behind it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from hwsim.errors import InvalidInput
from hwsim.network.graph import Layer

Range = tuple[int, int]
"""Half-open [start, stop)."""


@dataclass(frozen=True)
class Slice:
    """The neurons of one layer that live on one core: a block of rows, columns and channels.

    `core` is the index tile * cores_per_tile + k of the mesh, tile = y * tiles_x + x. Pooling
    windows never split across slices, so `y` and `x` are multiples of the layer's pool.
    """

    core: int
    layer: int
    y: Range
    x: Range
    c: Range

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, columns, channels) of the block: the order of the scan, channel fastest."""
        return self.y[1] - self.y[0], self.x[1] - self.x[0], self.c[1] - self.c[0]

    @property
    def neurons(self) -> int:
        """Neurons on the core."""
        rows, columns, channels = self.shape
        return rows * columns * channels


@dataclass(frozen=True)
class Mapping:
    """Slices ordered by (layer, y, x, c) on a mesh of tiles_x x tiles_y tiles.

    A slice's position in `slices` is its index; `Activity` and `FanOut` use that index. One
    slice a core, one core a slice. `strategy` is how it was made, or the file it came from.
    """

    slices: tuple[Slice, ...]
    strategy: str
    tiles_x: int
    tiles_y: int
    cores_per_tile: int
    chip_tiles_x: int
    chip_tiles_y: int

    def __post_init__(self) -> None:
        cores = [s.core for s in self.slices]
        limit = self.tiles_x * self.tiles_y * self.cores_per_tile
        if len(set(cores)) != len(cores):
            twice = next(core for core in cores if cores.count(core) > 1)
            raise InvalidInput(f"mapping: core {twice} holds two slices")
        if cores and not 0 <= min(cores) <= max(cores) < limit:
            raise InvalidInput(f"mapping: core {max(cores)} is outside the mesh of {limit} cores")

    def of_layer(self, layer: int) -> range:
        """Indices of the slices of a layer (they are consecutive)."""
        start, stop = np.searchsorted(self._layers, [layer, layer + 1])
        return range(int(start), int(stop))

    @cached_property
    def _layers(self) -> npt.NDArray[np.int64]:
        return np.array([s.layer for s in self.slices], np.int64)

    @cached_property
    def cores(self) -> npt.NDArray[np.int64]:
        """(slices,) core index of each slice."""
        return np.array([s.core for s in self.slices], np.int64)

    @cached_property
    def tiles(self) -> npt.NDArray[np.int64]:
        """(slices,) tile index of each slice."""
        return self.cores // self.cores_per_tile

    @property
    def tiles_used(self) -> int:
        """Distinct tiles that hold a slice: what the barrier's time depends on."""
        return len(np.unique(self.tiles))

    @property
    def chips_used(self) -> int:
        """Distinct real chips that hold a slice."""
        x, y = self.tiles % self.tiles_x, self.tiles // self.tiles_x
        return len(set(zip(x // self.chip_tiles_x, y // self.chip_tiles_y, strict=True)))

    def check_covers(self, layers: tuple[Layer, ...]) -> None:
        """Raise InvalidInput unless every neuron of every layer lies in exactly one slice."""
        for number, layer in enumerate(layers):
            channels, height, width = layer.out_shape
            held = np.zeros((height, width, channels), np.int64)
            for index in self.of_layer(number):
                s = self.slices[index]
                held[slice(*s.y), slice(*s.x), slice(*s.c)] += 1
                if any(edge % layer.pool for edge in (*s.y, *s.x)):
                    raise InvalidInput(
                        f"mapping: slice {index} of {layer.name} splits a pooling window"
                    )
            if (held != 1).any():
                y, x, c = np.argwhere(held != 1)[0]
                raise InvalidInput(
                    f"mapping: neuron (y {y}, x {x}, channel {c}) of {layer.name} lies in "
                    f"{held[y, x, c]} slices instead of one"
                )
        if len(self._layers) and not 0 <= self._layers.min() <= self._layers.max() < len(layers):
            raise InvalidInput(f"mapping: names layer {self._layers.max()} of {len(layers)}")

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values; `from_dict` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Mapping:
        """The mapping that `to_dict` wrote. Raises InvalidInput when it is not one."""
        try:
            slices = tuple(
                Slice(int(s["core"]), int(s["layer"]), *(_range(s[axis]) for axis in "yxc"))
                for s in data["slices"]
            )
            return cls(**{**data, "slices": slices})
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidInput(f"mapping: {type(error).__name__}: {error}") from error


def _range(value: list[int]) -> Range:
    start, stop = (int(edge) for edge in value)
    if not 0 <= start < stop:
        raise ValueError(f"[{start}, {stop}) is not a range")
    return start, stop
