"""What a network did on images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from hwsim import pipeline, units
from hwsim.api.frame import frame_of_rows
from hwsim.api.saved_network import SavedNetwork
from hwsim.network.early_exit import Timesteps
from hwsim.progress import silent
from hwsim.trial import Trace

if TYPE_CHECKING:
    from pandas import DataFrame

COLUMNS = ("image", "label", "prediction", "timestep", "layer", "neurons", "spikes", "rate")
CHUNK = 64
"""Images that are looked at together."""


@dataclass(frozen=True, repr=False)
class Spikes:
    """The spikes of images; the rest is what was asked for."""

    source: Path
    images: int | Literal["all"]
    data: Path | None
    timesteps: Timesteps | None
    trace: Trace

    def __repr__(self) -> str:
        network, images = self.trace.network, self.trace.images
        spikes = sum(spikes for *_, spikes in self._counts())
        places = sum(layer.neurons for layer in network.spiking_layers) * network.timesteps * images
        return (
            f"{network.name}, T = {network.timesteps}: {images} image{'s' if images != 1 else ''} "
            f"({self.trace.origin.images}), {units.count(Fraction(spikes, images))} spikes an "
            f"image, {units.percent(Fraction(spikes, places))} of neurons and timesteps"
        )

    def to_frame(self) -> DataFrame:
        """One row an image, timestep and layer that fires; a label of -1 is unknown. `rate` is
        spikes / neurons, before pooling."""
        network = self.trace.network
        rows = [
            (*first, layer.name, layer.neurons, spikes, spikes / layer.neurons)
            for *first, number, spikes in self._counts()
            for layer in (network.layers[number],)
        ]
        return frame_of_rows(rows, COLUMNS)

    def _counts(self) -> Iterator[tuple[int, int, int, int, int, int]]:
        """(image, label, prediction, timestep, layer, spikes)."""
        for first in range(0, self.trace.images, CHUNK):
            part = self.trace.part(first, min(first + CHUNK, self.trace.images))
            counts = [np.bitwise_count(bits).sum(axis=2, dtype=np.int64) for bits in part.spikes]
            labels, predictions = part.labels.tolist(), part.predictions.tolist()
            for image in range(part.images):
                for timestep in range(part.network.timesteps):
                    for layer, of_layer in enumerate(counts):
                        yield (
                            *(first + image, labels[image], predictions[image]),
                            *(timestep, layer, int(of_layer[image, timestep])),
                        )


def trace(
    network: SavedNetwork | str | Path,
    images: int | Literal["all"] = 16,
    data: str | Path | None = None,
    timesteps: Timesteps | None = None,
) -> Spikes:
    """Run a checkpoint's integers on its first test images (of the folder `data`, or of the sample
    beside the checkpoint; for `timesteps` of its timesteps), or open the trace in a folder.

    Raises InvalidInput for a damaged file, UsageError where there are fewer images.
    """
    source = network.source if isinstance(network, SavedNetwork) else Path(network)
    folder = None if data is None else Path(data)
    recorded = pipeline.load_trace(source, images, folder, silent, timesteps)
    return Spikes(source, images, folder, timesteps, recorded)
