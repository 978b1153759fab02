"""A network on a chip with one assumption switched."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from benchmarks.assumptions.switch import Switch
from benchmarks.validation.chip import loihi_like
from hwsim import pipeline
from hwsim.arch.load import load_arch
from hwsim.mapping.digital import map_network
from hwsim.mapping.mapping import Mapping
from hwsim.mapping.place import serpentine
from hwsim.mapping.store import save
from hwsim.network.graph import Network
from hwsim.network.header import read_network
from hwsim.report.summary import summary
from hwsim.trace.read import is_trace, open_trace
from hwsim.trace.synthetic import synthetic_trace
from hwsim.trace.write import write_trace

CHIP = "loihi_like"
RATE = 0.1
"""Of the pooled outputs of every layer and timestep of the network of two timesteps."""


@dataclass(frozen=True)
class Figures:
    """Means of an image: uJ and ms of `single` and `stream`, the stream's hops of all packets and
    words of membrane touched; and the cores in use."""

    energy_alone: float
    latency_alone: float
    energy_stream: float
    interval: float
    hops: float
    membrane: float
    cores: int


@dataclass(frozen=True)
class Subjects:
    """The networks: a checkpoint or trace of T = 1 and the same layers with T = 2 and synthetic
    spikes in `workdir`; `images` of each, and one alone where `first` is asked for."""

    shipped: Path
    workdir: Path
    images: int = 2

    @cached_property
    def network(self) -> Network:
        """The layers, at T = 1."""
        if is_trace(self.shipped):
            return open_trace(self.shipped).network
        return read_network(self.shipped)

    @cached_property
    def two(self) -> Path:
        """The trace with two timesteps."""
        folder = self.workdir / "two"
        network = replace(self.network, timesteps=2)
        write_trace(folder, synthetic_trace(network, RATE, self.images, 0))
        return folder

    def figures(self, switch: Switch) -> Figures:
        """Run with a switch."""
        source = self.two if switch.network == "two" else self.shipped
        images = 1 if switch.network == "first" else self.images
        arch = load_arch(CHIP, switch.variant, switch.overrides)
        with tempfile.TemporaryDirectory() as folder:
            file = None
            if switch.placement != "placed":
                file = Path(folder) / "mapping.json"
                save(self._placed(switch), self.network, file)
            run = pipeline.run(source, arch, images, transport=switch.transport, mapping_file=file)
        said = summary(run)
        alone, stream = said["single"], said["stream"]
        accesses = stream["memory_accesses"]
        words = sum(found["count"] for name, found in accesses.items() if "membrane" in name)
        return Figures(
            energy_alone=alone["energy_pj"]["total"] / 1e6,
            latency_alone=alone["latency_ns"]["mean"] / 1e6,
            energy_stream=stream["energy_pj"]["total"] / 1e6,
            interval=stream["initiation_interval_ns"]["mean"] / 1e6,
            hops=stream["counts"]["packet_hops"],
            membrane=words,
            cores=said["mapping"]["cores_used"],
        )

    def _placed(self, switch: Switch) -> Mapping:
        arch = loihi_like(*switch.overrides, variant=switch.variant)
        placed = map_network(self.network, arch)
        if switch.placement == "serpentine":
            return serpentine(self.network, arch, placed.slices)
        cores = np.random.default_rng(0).permutation(placed.cores).tolist()
        slices = zip(placed.slices, cores, strict=True)
        return replace(placed, slices=tuple(replace(s, core=core) for s, core in slices))
