"""The workload and chips of the mapping tests: only the blocks that the mapper reads."""

from __future__ import annotations

from typing import Any

from hwsim.arch.digital import Axons, DigitalArch, DigitalCore, Router
from hwsim.arch.schema import Mesh
from hwsim.network.graph import Layer, Network
from hwsim.network.vgg import VggShape, vgg

VGG16 = vgg(VggShape("vgg16"), dataset="cifar10", classes=10, timesteps=1)


def chip(
    tiles: tuple[int, int] = (16, 8),
    cores_per_tile: int = 4,
    chip_tiles: tuple[int, int] = (8, 4),
    first_layer: str = "current_injected",
    axon_out: int | str = "unbounded",
    multicast: str = "none",
    **core: Any,
) -> DigitalArch:
    """Loihi's limits on 4 chips unless said otherwise."""
    limits = {
        "kind": "digital", "neurons_max": 1024, "synapse_mem_kib": 128, "axons_in_max": 4096,
        "axons_out_max": 4096, "weight_bits": 8, "membrane_bits": 24,
        "conv_axons": "population", "mapper": "min_cores",
    }  # fmt: skip
    return DigitalArch.model_construct(
        name="chip",
        mesh=Mesh(
            tiles_x=tiles[0],
            tiles_y=tiles[1],
            cores_per_tile=cores_per_tile,
            chip_tiles_x=chip_tiles[0],
            chip_tiles_y=chip_tiles[1],
        ),
        core=DigitalCore(**{**limits, **core}),
        axon_out=Axons(depth=axon_out),
        router=Router(routing="xy", multicast=multicast, packet_bits=32, fifo_depth="unbounded"),
        first_layer=first_layer,
    )


def conv(name: str, shape: tuple[int, int, int], channels: int, **options: Any) -> Layer:
    """A convolution of any kernel (3 x 3), stride and padding (1)."""
    kernel = options.pop("kernel", (3, 3))
    padding, stride = options.pop("padding", 1), options.pop("stride", 1)
    height, width = (
        (size + 2 * padding - k) // stride + 1 for size, k in zip(shape[1:], kernel, strict=True)
    )
    out = (channels, height, width)
    return Layer(name, "conv", shape, out, kernel, stride=stride, padding=padding, **options)


def readout(before: Layer, units: int = 3) -> Layer:
    """A linear readout of whatever a layer sends."""
    shape = before.pooled_shape
    return Layer("out", "linear", shape, (units, 1, 1), shape[1:], spiking=False)


def network(*layers: Layer, weight_bits: int = 8) -> Network:
    """Layers and a linear readout."""
    return Network("net", "none", 1, (*layers, readout(layers[-1])), weight_bits=weight_bits)
