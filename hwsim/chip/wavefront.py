"""Passes in time: layers one after another, or each as soon as the one before has done enough.

Both schedules are SimPy processes over integer picoseconds, the executable form of
docs/design.md, section 3.3.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any, NamedTuple

import simpy

BUFFERS = 2
"""Passes whose results lie between two layers: one that is written and one that is read."""


class Span(NamedTuple):
    """The times of a pass: the whole of it, until the next layer may start, of its last unit."""

    total_ps: int
    lead_ps: int
    last_ps: int


Wave = Sequence[Span]
"""The passes of all layers, in order."""
Process = Generator[simpy.Event, Any, None]


def in_sequence(waves: Sequence[Wave], barrier_ps: int) -> int:
    """The time of an image whose passes follow each other, a barrier after each."""
    environment = simpy.Environment()

    def chip() -> Process:
        for wave in waves:
            for span in wave:
                yield environment.timeout(span.total_ps)
                yield environment.timeout(barrier_ps)

    environment.process(chip())
    environment.run()
    return int(environment.now)


def pipelined(
    images: Sequence[Sequence[Wave]], overlap_waves: bool, in_order: bool = True
) -> tuple[list[int], list[int]]:
    """When each image entered the first layer and when it left the last.

    A layer serves its passes in the order of images and waves. A pass starts when the layer before
    has done its lead and one of `BUFFERS` places behind it is free; its last unit waits for the
    last of the layer before, unless `in_order` is false. A wave of an image waits until the wave
    before has left the last layer, unless `overlap_waves`.
    """
    waves = [wave for image in images for wave in image]
    owner = [number for number, image in enumerate(images) for _ in image]
    layers = len(waves[0])
    environment = simpy.Environment()
    fed, done = (
        [[environment.event() for _ in waves] for _ in range(layers)] for _ in ("fed", "done")
    )
    entered, left = ([0] * len(images) for _ in ("entered", "left"))

    def serve(layer: int) -> Process:
        for number, wave in enumerate(waves):
            first = number == 0 or owner[number - 1] != owner[number]
            if layer:
                yield fed[layer - 1][number]
            elif not first and not overlap_waves:
                yield done[-1][number - 1]
            if layer + 1 < layers and number >= BUFFERS:
                yield done[layer + 1][number - BUFFERS]
            if layer == 0 and first:
                entered[owner[number]] = int(environment.now)
            yield from run(layer, number, wave[layer])

    def run(layer: int, number: int, span: Span) -> Process:
        before = span.total_ps - span.last_ps
        early = span.lead_ps <= before
        if early:
            yield environment.timeout(span.lead_ps)
            fed[layer][number].succeed()
        yield environment.timeout(before - span.lead_ps if early else before)
        if layer and in_order:
            yield done[layer - 1][number]
        yield environment.timeout(span.last_ps)
        if not early:
            fed[layer][number].succeed()
        done[layer][number].succeed()
        if layer + 1 == layers:
            left[owner[number]] = int(environment.now)

    for layer in range(layers):
        environment.process(serve(layer))
    environment.run()
    return entered, left
