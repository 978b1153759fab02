"""NeuroBench's own numbers of two small networks: what tests/export/test_neurobench.py expects.

    python -m venv --system-site-packages /tmp/nb && /tmp/nb/bin/pip install neurobench==2.3.0
    /tmp/nb/bin/python -m benchmarks.neurobench > tests/golden/neurobench.json

The package is never imported elsewhere: it wants 440 MB. Its modules here are torch layers with the
network's integers, in float64 so that they stay integers, and neurons written from the equations in
hwsim/network/parameters.py; nothing of hwsim runs the network or counts.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from typing import Any

import torch
from torch import Tensor, nn

from hwsim.network.checkpoint import Checkpoint
from hwsim.network.graph import Layer
from hwsim.network.parameters import Compare, FixedPointLif, LayerParameters
from tests.export.samples import CASES, checkpoint, pixels


class Neurons(nn.Module):
    """The neurons of a layer, with their state."""

    def __init__(self, neuron: Compare | FixedPointLif) -> None:
        super().__init__()
        self.neuron = neuron
        self.reset()

    def reset(self) -> None:
        """The start of an image."""
        self.timestep, self.membrane = 0, torch.zeros((), dtype=torch.int64)

    def forward(self, accumulated: Tensor) -> Tensor:
        acc = accumulated.to(torch.int64)

        def channels(values: Any) -> Tensor:
            return torch.from_numpy(values).to(torch.int64)[:, None, None]

        match self.neuron:
            case Compare(threshold, sign):
                spike = channels(sign) * acc >= channels(threshold)
            case FixedPointLif() as n:
                t, half = self.timestep, 1 << n.scale_shift >> 1
                drive = (acc * channels(n.scale[t]) + channels(n.bias[t]) + half) >> n.scale_shift
                kept = (self.membrane * n.leak + (1 << n.leak_shift >> 1)) >> n.leak_shift
                limit = 1 << (n.membrane_bits - 1)
                membrane = (kept + drive).clamp(-limit, limit - 1)
                spike = membrane > 1 << n.fraction_bits
                self.membrane = membrane - spike.to(torch.int64) * (1 << n.fraction_bits)
                self.timestep += 1
        return spike.to(torch.float64)


class Integers(nn.Module):
    """A checkpoint's network as a torch model: pixels in, readout summed over timesteps out."""

    def __init__(self, whole: Checkpoint) -> None:
        super().__init__()
        self.whole = whole
        pairs = zip(whole.network.layers, whole.parameters, strict=True)
        self.stages = nn.ModuleList(_stage(layer, entry) for layer, entry in pairs)

    def forward(self, images: Tensor) -> Tensor:
        for module in self.modules():
            if isinstance(module, Neurons):
                module.reset()
        table = torch.from_numpy(self.whole.input_scaling.table.copy()).to(torch.float64)
        levels = torch.stack([table[c][images[:, c].long()] for c in range(len(table))], dim=1)
        readout = torch.zeros((), dtype=torch.float64)
        for _ in range(self.whole.network.timesteps):
            values = levels
            for stage in self.stages:
                values = stage(values)
            readout = readout + values.flatten(1)
        return readout


def _stage(layer: Layer, entry: LayerParameters) -> nn.Sequential:
    options = {"stride": layer.stride, "padding": layer.padding, "bias": False}
    convolution = nn.Conv2d(layer.in_shape[0], layer.out_shape[0], layer.kernel, **options).double()
    convolution.weight.data = torch.from_numpy(entry.weights).double()
    parts: list[nn.Module] = [convolution]
    if entry.neuron is not None:
        parts += [Neurons(entry.neuron), nn.MaxPool2d(layer.pool)]
    return nn.Sequential(*parts)


class Stored(nn.Module):
    """The tensors that the network needs, as they are stored: what the footprint is of."""

    def __init__(self, whole: Checkpoint) -> None:
        super().__init__()
        for number, entry in enumerate(whole.parameters):
            arrays = {"weights": entry.weights}
            match entry.neuron:
                case Compare(threshold, sign):
                    arrays |= {"threshold": threshold, "sign": sign}
                case FixedPointLif() as neuron:
                    arrays |= {"scale": neuron.scale, "bias": neuron.bias}
            for name, array in arrays.items():
                self.register_buffer(f"{name}{number}", torch.from_numpy(array))


def measured(timesteps: int) -> dict[str, Any]:
    """NeuroBench's results of the network with so many timesteps, all images in one batch."""
    from neurobench.benchmarks import Benchmark
    from neurobench.metrics.static import ConnectionSparsity, Footprint
    from neurobench.metrics.workload import (
        ActivationSparsity,
        ClassificationAccuracy,
        SynapticOperations,
    )
    from neurobench.models import TorchModel
    from torch.utils.data import DataLoader, TensorDataset

    whole, (shown, labels) = checkpoint(timesteps), pixels()
    model = TorchModel(Integers(whole))
    model.add_activation_module(Neurons)
    images = torch.from_numpy(shown).permute(0, 3, 1, 2)
    batches = DataLoader(TensorDataset(images, torch.from_numpy(labels)), batch_size=len(images))
    metrics = [
        [ConnectionSparsity],
        [ActivationSparsity, ClassificationAccuracy, SynapticOperations],
    ]
    classes = [lambda readout: readout.argmax(dim=1)]
    results = dict(Benchmark(model, batches, [], classes, metrics).run(quiet=True))
    return {"Footprint": Footprint()(TorchModel(Stored(whole))), **results}


def main() -> None:
    """Print the golden file."""
    found = {str(timesteps): measured(timesteps) for timesteps in CASES}
    json.dump({"neurobench": version("neurobench"), "timesteps": found}, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
