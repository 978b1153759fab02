"""A network on disk: a checkpoint, or a trace folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hwsim.api.frame import frame_of_rows
from hwsim.network.graph import Network
from hwsim.network.header import read_network
from hwsim.trace.read import is_trace, open_trace

if TYPE_CHECKING:
    from pandas import DataFrame

COLUMNS = (
    *("layer", "kind", "in_shape", "out_shape", "neurons", "kernel", "stride", "padding"),
    *("pool", "weights", "macs", "dense_macs"),
)


@dataclass(frozen=True, repr=False)
class SavedNetwork:
    """A network and where it lies; its weights stay there."""

    source: Path
    network: Network

    def __repr__(self) -> str:
        net = self.network
        neurons = sum(layer.neurons for layer in net.layers)
        return (
            f"{net.name} for {net.dataset}, T = {net.timesteps}: {len(net.layers)} layers, "
            f"{neurons:,} neurons, {net.weight_bits}-bit weights ({self.source})"
        )

    def to_frame(self) -> DataFrame:
        """One row a layer; shapes are (channels, height, width), MACs of one timestep: `macs` over
        taps inside the input, `dense_macs` with padding taps as papers count them."""
        rows = [
            (
                *(layer.name, layer.kind, layer.in_shape, layer.out_shape, layer.neurons),
                *(layer.kernel, layer.stride, layer.padding, layer.pool),
                *(layer.out_shape[0] * layer.fan_in, layer.macs, layer.dense_macs),
            )
            for layer in self.network.layers
        ]
        return frame_of_rows(rows, COLUMNS)


def load_network(source: str | Path) -> SavedNetwork:
    """The network of a checkpoint or a trace folder, without its weights and without torch.

    Raises InvalidInput, naming the file, where it is neither.
    """
    path = Path(source)
    return SavedNetwork(path, open_trace(path).network if is_trace(path) else read_network(path))
