"""Small traces whose readout really is a sum of weights over the spikes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from hwsim.network.graph import Coding, Layer, Network
from hwsim.trace.store import Origin, SpikeTrace, pack

ORIGIN = Origin("toy.pt", "ab" * 32, 81.5, "random")


def toy_network(timesteps: int = 2, channels: int = 3, coding: Coding = "direct") -> Network:
    """9 x channels neurons (27: ragged), then 5, then 4 classes."""
    layers = (
        Layer("conv1", "conv", (1, 3, 3), (channels, 3, 3), (3, 3), padding=1),
        Layer("fc1", "linear", (channels, 3, 3), (5, 1, 1), (3, 3)),
        Layer("fc2", "linear", (5, 1, 1), (4, 1, 1), (1, 1), spiking=False),
    )
    return Network("toy", "none", timesteps, layers, coding)


def toy_trace(network: Network, images: int = 6, seed: int = 0, rate: float = 0.4) -> SpikeTrace:
    rng = np.random.default_rng(seed)
    steps, fired = network.timesteps, []
    for layer in network.spiking_layers:
        channels, height, width = layer.out_shape
        spikes = rng.random((images, steps, height, width, channels)) < rate
        spikes[0, 0, 0, 0, 0] = True  # no layer is silent
        fired.append(spikes)
    weights = rng.integers(-127, 128, (network.classes, fired[-1].shape[-1]))
    weights[0, 0] = 127
    sums = np.einsum("nthwc,kc->nk", fired[-1].astype(np.int64), weights)
    sums[0, 0] = sums[0, 0] or 1
    if network.coding == "direct":
        inputs = rng.integers(-127, 128, (images, 1, network.layers[0].inputs), dtype=np.int8)
        inputs[0, 0, 0] = -127
    else:
        inputs = rng.integers(-1, 2, (images, steps, network.layers[0].inputs), dtype=np.int8)
        inputs[0, 0, 0] = -1
    labels = rng.integers(-1, network.classes, images)
    return SpikeTrace(network, ORIGIN, tuple(pack(f) for f in fired), inputs, sums, labels)


def assert_equal(one: SpikeTrace, other: SpikeTrace) -> None:
    assert (one.network, one.origin) == (other.network, other.origin)
    for a, b in zip(one.spikes, other.spikes, strict=True):
        np.testing.assert_array_equal(a, b, strict=True)
    for name in ("inputs", "readout", "labels"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), strict=True)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def edit_meta(folder: Path, edit: Callable[[dict[str, Any]], object]) -> None:
    meta = json.loads((folder / "meta.json").read_text())
    edit(meta)
    (folder / "meta.json").write_text(json.dumps(meta))


def edit_shard(folder: Path, edit: Callable[[dict[str, Any]], object], index: int = 0) -> None:
    """Rewrite a shard as numpy would, with a hash and counts that are right again."""
    path = folder / f"shard-{index:05d}.npz"
    with np.load(path) as file:
        arrays = dict(file)
    edit(arrays)
    np.savez(path, **arrays)
    restate(folder, index, arrays)


def restate(folder: Path, index: int, arrays: dict[str, Any] | None = None) -> None:
    path = folder / f"shard-{index:05d}.npz"

    def edit(meta: dict[str, Any]) -> None:
        shard = meta["shards"][index]
        shard["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
        if arrays is not None:
            for layer, key in enumerate(("L00.conv1", "L01.fc1")):
                if key in arrays:
                    shard["spikes"][layer] = int(np.bitwise_count(arrays[key]).sum())

    edit_meta(folder, edit)
