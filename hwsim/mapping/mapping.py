"""Which core holds which neurons: the value between the mapper and everything behind it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise
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
    slice a core, one core a slice, unless the layers of a network take turns on the same cores
    (`time_shared`). `strategy` is how it was made, or the file it came from.
    """

    slices: tuple[Slice, ...]
    strategy: str
    tiles_x: int
    tiles_y: int
    cores_per_tile: int
    chip_tiles_x: int
    chip_tiles_y: int
    time_shared: bool = False

    def __post_init__(self) -> None:
        cores = [s.core for s in self.slices]
        limit = self.tiles_x * self.tiles_y * self.cores_per_tile
        if not self.time_shared and len(set(cores)) != len(cores):
            twice = next(core for core in cores if cores.count(core) > 1)
            raise InvalidInput(f"mapping: core {twice} holds two slices")
        if cores and not 0 <= min(cores) <= max(cores) < limit:
            outside = min(cores) if min(cores) < 0 else max(cores)
            raise InvalidInput(f"mapping: core {outside} is outside the mesh of {limit} cores")

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
        """Raise InvalidInput unless every neuron of every layer lies in exactly one slice, no
        pooling window is split and the slices are in order."""
        for index, s in enumerate(self.slices):
            if not 0 <= s.layer < len(layers):
                raise InvalidInput(f"mapping: slice {index} is of layer {s.layer} of {len(layers)}")
            layer = layers[s.layer]
            channels, height, width = layer.out_shape
            for axis, (start, stop), size in zip(
                ("y", "x", "c"), (s.y, s.x, s.c), (height, width, channels), strict=True
            ):
                if not 0 <= start < stop <= size:
                    raise InvalidInput(
                        f"mapping: slice {index} of {layer.name} has {axis} [{start}, {stop}) "
                        f"outside [0, {size})"
                    )
            if any(edge % layer.pool for edge in (*s.y, *s.x)):
                raise InvalidInput(
                    f"mapping: slice {index} of {layer.name} splits a pooling window"
                )
        if any(_order(after) < _order(before) for before, after in pairwise(self.slices)):
            raise InvalidInput("mapping: slices are not in the order (layer, y, x, c)")
        for number, layer in enumerate(layers):
            channels, height, width = layer.out_shape
            held = np.zeros((height, width, channels), np.int64)
            for index in self.of_layer(number):
                s = self.slices[index]
                held[slice(*s.y), slice(*s.x), slice(*s.c)] += 1
            if (held != 1).any():
                y, x, c = np.argwhere(held != 1)[0]
                raise InvalidInput(
                    f"mapping: neuron (y {y}, x {x}, channel {c}) of {layer.name} lies in "
                    f"{held[y, x, c]} slices instead of one"
                )

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values; `from_dict` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Mapping:
        """The mapping that `to_dict` wrote; slices may come in any order.

        Raises InvalidInput when it is not one.
        """
        try:
            slices = [
                Slice(
                    _whole(s["core"], "core"),
                    _whole(s["layer"], "layer"),
                    *(_range(s[axis]) for axis in ("y", "x", "c")),
                )
                for s in data["slices"]
            ]
            sizes = {
                name: _whole(value, name)
                for name, value in data.items()
                if name not in ("slices", "strategy", "time_shared")
            }
            for name, size in sizes.items():
                if size < 1:
                    raise ValueError(f"{name} {size} must be >= 1")
            if not slices:
                raise ValueError("no slices")
            shared = data.get("time_shared", False)
            if not isinstance(shared, bool):
                raise ValueError(f"time_shared {shared!r} is not true or false")
            ordered = tuple(sorted(slices, key=_order))
            return cls(ordered, str(data["strategy"]), **sizes, time_shared=shared)
        except KeyError as error:
            raise InvalidInput(f"mapping: {error.args[0]} is missing") from error
        except (TypeError, ValueError) as error:
            raise InvalidInput(f"mapping: {error}") from error


def _order(s: Slice) -> tuple[int, Range, Range, Range]:
    return s.layer, s.y, s.x, s.c


def _whole(value: object, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**31:
        raise ValueError(f"{name} {value!r} is not a whole number from 0 to 2**31 - 1")
    return value


def _range(value: list[int]) -> Range:
    start, stop = (_whole(edge, "edge") for edge in value)
    if start >= stop:
        raise ValueError(f"[{start}, {stop}) is not a range")
    return start, stop
