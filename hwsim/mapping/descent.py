"""The compiled descent of a placement by best swaps."""

from __future__ import annotations

from numba import njit


@njit(cache=True)
def descend(load, distance, felt, tiles, count, passes):  # type: ignore[no-untyped-def]
    """Swap the tiles of slices 0 .. count - 1 with the partner (another slice or a free core)
    that saves most, slice by slice, until no swap saves any or for `passes` passes.

    `load` (n, n) is the traffic between any two of all places, `distance` (tiles, tiles) the hops,
    `tiles` (n,) where each is. `felt` (n, tiles) is what i would cost on a tile with all others
    where they are. Swapping i and k changes the cost by both differences, plus twice their own
    traffic, which stays. All values are whole numbers, so no sum depends on its order.
    """
    everyone = len(tiles)
    for _ in range(passes):
        moved = False
        for i in range(count):
            mine = tiles[i]
            best, most = -1, 0.0
            for k in range(everyone):
                other = tiles[k]
                saved = felt[k, other] - felt[k, mine] + felt[i, mine] - felt[i, other]
                saved -= 2 * load[i, k] * distance[mine, other]
                if saved > most:
                    best, most = k, saved
            if best < 0:
                continue
            k, other = best, tiles[best]
            for j in range(everyone):
                if load[j, i] != load[j, k]:
                    change = load[j, i] - load[j, k]
                    for tile in range(len(distance)):
                        felt[j, tile] += change * (distance[other, tile] - distance[mine, tile])
            tiles[i], tiles[k] = other, mine
            moved = True
        if not moved:
            return
