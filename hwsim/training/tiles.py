"""Tiles of images to a transformed domain and back: the data movement of `winograd`, compiled.

Images are (N, H, W, C) and transformed tiles (p, p, N * rows * columns, C), so that each of the
p * p places is a matrix of all tiles and channels. Tile (i, j) begins at pixel
offset + step * (i, j); there are as many as cover the image. Transforms are matrices of
`COLUMNS` columns, padded with zeros, and channels are a multiple of `LANES`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit, prange

COLUMNS = 6
"""Columns of a transform: the side of the largest tile."""

LANES = 64
"""Channels transformed at once: a tile of them fits the L1 cache, and the loops over so many,
their number known, become vector instructions. Indices are unsigned, since a signed one might
count from the end, and the check for that would keep them scalar.
"""


@njit(cache=True, parallel=True, fastmath=True)
def gather(images: Any, left: Any, size: int, step: int, offset: int, out: Any) -> None:
    """`out` is left d left^T for each tile d, of size x size pixels, zero outside of its image."""
    count, height, width, channels = images.shape
    p = left.shape[0]
    rows, columns = (height + step - 1) // step, (width + step - 1) // step
    for task in prange(count * rows):
        image, row = task // rows, task % rows
        d = np.zeros((COLUMNS, size, LANES), np.float32)
        half = np.zeros((p, COLUMNS, LANES), np.float32)
        for column in range(columns):
            place = np.uint64(task * columns + column)
            for first in range(0, channels, LANES):
                start = np.uint64(first)
                for i in range(size):
                    y = offset + step * row + i
                    for j in range(size):
                        x = offset + step * column + j
                        if 0 <= y < height and 0 <= x < width:
                            for c in range(LANES):
                                d[i, j, c] = images[image, y, x, start + np.uint64(c)]
                        else:
                            for c in range(LANES):
                                d[i, j, c] = 0.0
                for i in range(p):
                    a0, a1, a2 = left[i, 0], left[i, 1], left[i, 2]
                    a3, a4, a5 = left[i, 3], left[i, 4], left[i, 5]
                    for j in range(size):
                        for c in range(LANES):
                            near = a0 * d[0, j, c] + a1 * d[1, j, c] + a2 * d[2, j, c]
                            far = a3 * d[3, j, c] + a4 * d[4, j, c] + a5 * d[5, j, c]
                            half[i, j, c] = near + far
                for j in range(p):
                    a0, a1, a2 = left[j, 0], left[j, 1], left[j, 2]
                    a3, a4, a5 = left[j, 3], left[j, 4], left[j, 5]
                    for i in range(p):
                        for c in range(LANES):
                            near = a0 * half[i, 0, c] + a1 * half[i, 1, c] + a2 * half[i, 2, c]
                            far = a3 * half[i, 3, c] + a4 * half[i, 4, c] + a5 * half[i, 5, c]
                            out[i, j, place, start + np.uint64(c)] = near + far


@njit(cache=True, parallel=True, fastmath=True)
def scatter(tiles: Any, left: Any, step: int, offset: int, out: Any) -> None:
    """The transpose of `gather`, with `left` transposed: `out` (images) is the sum of left t
    left^T over the tiles t, each at its place; what falls outside of an image is dropped.
    """
    count, height, width, channels = out.shape
    p, size = left.shape[0], tiles.shape[0]
    rows, columns = (height + step - 1) // step, (width + step - 1) // step
    for image in prange(count):
        half = np.zeros((p, COLUMNS, LANES), np.float32)
        d = np.zeros((COLUMNS, size, LANES), np.float32)
        out[image] = 0.0
        for row in range(rows):
            for column in range(columns):
                place = np.uint64((image * rows + row) * columns + column)
                for first in range(0, channels, LANES):
                    start = np.uint64(first)
                    for i in range(size):
                        for j in range(size):
                            for c in range(LANES):
                                d[i, j, c] = tiles[i, j, place, start + np.uint64(c)]
                    for i in range(p):
                        a0, a1, a2 = left[i, 0], left[i, 1], left[i, 2]
                        a3, a4, a5 = left[i, 3], left[i, 4], left[i, 5]
                        for j in range(size):
                            for c in range(LANES):
                                near = a0 * d[0, j, c] + a1 * d[1, j, c] + a2 * d[2, j, c]
                                far = a3 * d[3, j, c] + a4 * d[4, j, c] + a5 * d[5, j, c]
                                half[i, j, c] = near + far
                    for j in range(p):
                        x = offset + step * column + j
                        if x < 0 or x >= width:
                            continue
                        a0, a1, a2 = left[j, 0], left[j, 1], left[j, 2]
                        a3, a4, a5 = left[j, 3], left[j, 4], left[j, 5]
                        for i in range(p):
                            y = offset + step * row + i
                            if y < 0 or y >= height:
                                continue
                            for c in range(LANES):
                                near = a0 * half[i, 0, c] + a1 * half[i, 1, c] + a2 * half[i, 2, c]
                                far = a3 * half[i, 3, c] + a4 * half[i, 4, c] + a5 * half[i, 5, c]
                                out[image, y, x, start + np.uint64(c)] += near + far
