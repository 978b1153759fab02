"""What is benchmarked: a network, its synthetic trace in memory and on disk, and a chip."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hwsim.arch.load import LoadedArch, load_arch
from hwsim.mapping.digital import map_network
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Network
from hwsim.network.vgg import VggShape, vgg
from hwsim.trace.synthetic import synthetic_trace
from hwsim.trace.write import write_trace

RATE = 0.1
"""Of all pooled outputs that send, in every layer."""


VGG16 = VggShape()


@dataclass(frozen=True)
class Bench:
    """VGG16 at T = 1 on loihi_like, unless a test asks for something smaller.

    `widths` are (width, tiles_x, tiles_y) to try, in order; `convs` (image size, channels of each
    layer) and `images` describe the networks for the comparison with SANA-FE, the last of which
    counts.
    """

    workdir: Path
    shape: VggShape = VGG16
    arch_name: str = "loihi_like"
    repeats: int = 7
    rates: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4)
    widths: tuple[tuple[float, int, int], ...] = ((1, 16, 8), (2, 32, 16), (4, 32, 32))
    convs: tuple[tuple[int, tuple[int, ...]], ...] = ((12, (32, 64, 64)), (12, (64, 128, 128)))
    images: int = 16

    @cached_property
    def network(self) -> Network:
        """The network, at one timestep."""
        return network_of(self.shape)

    @cached_property
    def arch(self) -> LoadedArch:
        """The chip."""
        return load_arch(self.arch_name)

    @cached_property
    def endless(self) -> LoadedArch:
        """The chip with unbounded FIFOs, where both transports give the same picoseconds."""
        return load_arch(self.arch_name, overrides=("router.fifo_depth=unbounded",))

    @cached_property
    def mapping(self) -> Mapping:
        """The network on the chip."""
        return map_network(self.network, self.arch.arch)

    @cached_property
    def folder(self) -> Path:
        """The trace of one image on disk."""
        return self.folder_of(self.shape)

    def folder_of(self, shape: VggShape) -> Path:
        """A trace of one image of a network, written where it is not there yet."""
        folder = self.workdir / f"{shape.name}_w{shape.width:g}"
        if not folder.exists():
            write_trace(folder, synthetic_trace(network_of(shape), RATE, 1, 0))
        return folder

    def run_argv(self, folder: Path, *options: str) -> list[str]:
        """`hwsim run` of one image, quiet, into the work folder."""
        return [
            *(sys.executable, "-m", "hwsim", "run", str(folder), self.arch_name, "--images", "1"),
            *("-q", "--force", "--out", str(self.workdir / "run"), *options),
        ]


def network_of(shape: VggShape) -> Network:
    """A network for CIFAR-10 at one timestep."""
    return vgg(shape, dataset="cifar10", classes=10, timesteps=1)
