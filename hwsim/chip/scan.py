"""The compiled scan: every core's neurons in order, their classes, times and packets."""

from __future__ import annotations

import numpy as np
from numba import njit

ACTIVE, FIRED, WORK_PS, PACKETS, DELIVERIES = range(5)
"""Rows of what a scan counts, by slice."""

OR, COUNT, EACH = range(3)
"""What a pooling window sends: a spike at its first neuron that fires, in scan order; how many
fired, at its last neuron; a spike at each that fires."""


@njit(cache=True)
def scan_cores(  # type: ignore[no-untyped-def]
    order,  # slices by core index
    blocks,  # (slices, 7): layer, then y, x and channel ranges
    shapes,  # (layers, 6): height, width, channels, pool, spiking, what a window sends
    in_work,  # (layers,) bool
    all_active,
    fired, fired_at,  # bits of every layer in work, (y, x, channel), and where a layer's begin
    reached, reached_at,  # (y, x) where a layer has input, likewise
    times,  # (layers, 3): ps of an inactive, active, fired neuron
    pointer, rows,  # fan-out; see Fans
    tree,
    tallies,  # (5, slices), filled without `fill`
    fill,
    source, ready, neuron, packet_pointer, entry,  # filled with `fill`
    packets, deliveries,  # how many lie before the first scan
):  # fmt: skip
    """Scan all slices once to count and, with `fill`, once more to write their packets."""
    widest = 1
    for layer in range(len(shapes)):
        widest = max(widest, shapes[layer, 1] * shapes[layer, 2])
    hit = np.zeros(widest, np.bool_)  # windows of which a neuron has fired
    neurons = 0
    for index in order:
        layer, y0, y1, x0, x1, c0, c1 = blocks[index]
        _, width, channels, pool, spiking, kind = shapes[layer]
        held = (y1 - y0) * (x1 - x0) * (c1 - c0)
        if not in_work[layer]:
            if not fill:
                tallies[WORK_PS, index] = held * times[layer, 0]
            continue
        idle_ps, active_ps, fired_ps = times[layer]
        clock, active, fires = 0, 0, 0
        before = packets, deliveries
        for y in range(y0, y1):
            if y % pool == 0:
                hit[:] = False
            for x in range(x0, x1):
                input_here = all_active or reached[reached_at[layer] + y * width + x]
                quiet_ps = active_ps if input_here else idle_ps
                if input_here:
                    active += c1 - c0
                row = rows[layer + 1] + y // pool * (width // pool) + x // pool
                base = fired_at[layer] + (y * width + x) * channels
                closing = y % pool == pool - 1 and x % pool == pool - 1
                for c in range(c0, c1):
                    fires_here = spiking and fired[base + c]
                    if fires_here:
                        clock += fired_ps
                        fires += 1
                        if not input_here:
                            active += 1
                    else:
                        clock += quiet_ps
                        if not (kind == COUNT and closing):
                            continue
                    window = x // pool * channels + c
                    hit_before = hit[window]
                    hit[window] = hit_before or fires_here
                    if kind == COUNT:
                        sends = closing and hit[window]
                    else:
                        sends = kind == EACH or not hit_before
                    if not sends:
                        continue
                    first, last = pointer[row], pointer[row + 1]
                    if first == last:
                        continue
                    neurons += 1
                    for at in range(first, last):
                        if at == first or not tree:
                            if fill:
                                source[packets] = index
                                ready[packets] = clock
                                neuron[packets] = neurons
                                packet_pointer[packets] = deliveries
                            packets += 1
                        if fill:
                            entry[deliveries] = at
                        deliveries += 1
        if not fill:
            tallies[ACTIVE, index] = active
            tallies[FIRED, index] = fires
            tallies[WORK_PS, index] = clock
            tallies[PACKETS, index] = packets - before[0]
            tallies[DELIVERIES, index] = deliveries - before[1]
    if fill:
        packet_pointer[packets] = deliveries
