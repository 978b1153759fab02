"""Random small layers, ragged cuts of them, and the connections between two by enumeration.

The oracle walks over every (input, output) pair and imports nothing of the mapper but its
values.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import strategies as st

from hwsim.mapping.mapping import Mapping, Range, Slice
from hwsim.network.graph import Layer
from tests.mapping.chips import conv

TILES, PER_TILE = 64, 4


@st.composite
def layers(draw: st.DrawFn, pooled: bool = False) -> Layer:
    """Strides up to 4 leave pixels that no output covers; paddings exceed kernels."""
    kernel = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    padding = draw(st.integers(0, 3))
    height = draw(st.integers(max(1, kernel[0] - 2 * padding), 8))
    width = draw(st.integers(max(1, kernel[1] - 2 * padding), 8))
    stride = draw(st.integers(1, 4))
    layer = conv(
        "layer", (draw(st.integers(1, 3)), height, width), draw(st.integers(1, 5)),
        kernel=kernel, stride=stride, padding=padding,
    )  # fmt: skip
    if pooled and not (layer.out_shape[1] % 2 or layer.out_shape[2] % 2):
        layer = conv(
            "layer", layer.in_shape, layer.out_shape[0],
            kernel=kernel, stride=stride, padding=padding, pool=draw(st.sampled_from([1, 2])),
        )  # fmt: skip
    return layer


def pieces(draw: st.DrawFn, size: int, step: int = 1) -> list[Range]:
    inner = (
        draw(st.sets(st.integers(1, max(size // step - 1, 1)), max_size=3)) if size > step else ()
    )
    edges = [0, *sorted(edge * step for edge in inner if edge * step < size), size]
    return list(pairwise(edges))


@st.composite
def cut(draw: st.DrawFn, layer: Layer, index: int) -> list[Slice]:
    """Rows in bands, every band with columns of its own, every block with channels of its own."""
    return [
        Slice(0, index, y, x, c)
        for y in pieces(draw, layer.out_shape[1], layer.pool)
        for x in pieces(draw, layer.out_shape[2], layer.pool)
        for c in pieces(draw, layer.out_shape[0])
    ]


@st.composite
def placed(draw: st.DrawFn, slices: list[Slice]) -> Mapping:
    """Slices on any cores of an 8 x 8 mesh."""
    cores = draw(st.permutations(range(TILES * PER_TILE)))
    held = (Slice(core, s.layer, s.y, s.x, s.c) for core, s in zip(cores, slices, strict=False))
    return Mapping(tuple(held), "drawn", 8, 8, PER_TILE, 4, 4)


def connections(layer: Layer) -> Iterator[tuple[int, int, int, int]]:
    """Every (input y, input x, output y, output x) with a weight between them."""
    _, height, width = layer.in_shape
    for oy in range(layer.out_shape[1]):
        for ox in range(layer.out_shape[2]):
            for r in range(layer.kernel[0]):
                for s in range(layer.kernel[1]):
                    iy = oy * layer.stride - layer.padding + r
                    ix = ox * layer.stride - layer.padding + s
                    if 0 <= iy < height and 0 <= ix < width:
                        yield iy, ix, oy, ox


def inside(s: Slice, y: int, x: int) -> bool:
    """Whether a position lies in a slice."""
    return s.y[0] <= y < s.y[1] and s.x[0] <= x < s.x[1]
