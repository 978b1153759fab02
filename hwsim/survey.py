"""What a trace says of its images before any chip is asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwsim.activity import dense_synops, fired
from hwsim.trace.layout import arrays_of
from hwsim.trace.parts import Parts

Progress = Callable[[int, int], None]
"""Called with (images done, images in all)."""
CHUNK = 64
"""Images that are looked at together."""


@dataclass(frozen=True)
class Survey:
    """`labels`, `predictions` and `dense_synops` are int64 (N,), label -1 where unknown; `fired`
    int64 (N, layers) spikes of each layer; `sha256` is of every spike, input and readout."""

    labels: npt.NDArray[np.int64]
    predictions: npt.NDArray[np.int64]
    dense_synops: npt.NDArray[np.int64]
    fired: npt.NDArray[np.int64]
    sha256: str


def survey(trace: Parts, progress: Progress = lambda done, total: None) -> Survey:
    """Look at all images, some at a time."""
    labels, predictions, synops = np.zeros((3, trace.images), np.int64)
    spikes = np.zeros((trace.images, len(trace.network.layers)), np.int64)
    digests: dict[str, hashlib._Hash] = {}
    for first in range(0, trace.images, CHUNK):
        last = min(first + CHUNK, trace.images)
        part = trace.part(first, last)
        labels[first:last] = part.labels
        predictions[first:last] = part.predictions
        synops[first:last] = dense_synops(part)
        spikes[first:last] = fired(part)
        for key, array in arrays_of(part).items():
            digest = digests.setdefault(key, hashlib.sha256(f"{array.dtype.str}".encode()))
            digest.update(np.ascontiguousarray(array).data)
        progress(last, trace.images)
    whole = "".join(f"{key} {digest.hexdigest()}\n" for key, digest in sorted(digests.items()))
    return Survey(labels, predictions, synops, spikes, hashlib.sha256(whole.encode()).hexdigest())
