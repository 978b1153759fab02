"""The VGG family as layers of spiking neurons, without weights and without torch."""

from __future__ import annotations

from dataclasses import dataclass

from hwsim.errors import InvalidInput
from hwsim.network.graph import Coding, Layer, Network, PoolKind

_POOL = "P"

LAYOUTS: dict[str, tuple[int | str, ...]] = {
    # VGG9 of BNTT (Kim & Panda 2021); VGG11 and VGG16 of Simonyan & Zisserman 2015, D. A pool
    # at the end brings a 32 x 32 image to one pixel.
    "vgg9": (64, 64, _POOL, 128, 128, _POOL, 256, 256, 256, _POOL),
    "vgg11": (64, _POOL, 128, _POOL, 256, 256, _POOL, 512, 512, _POOL, 512, 512, _POOL),
    "vgg16": (
        *(64, 64, _POOL, 128, 128, _POOL, 256, 256, 256, _POOL),
        *(512, 512, 512, _POOL, 512, 512, 512, _POOL),
    ),
}
CLASSIFIERS: dict[str, tuple[int, ...]] = {"vgg9": (1024,), "vgg11": (512,), "vgg16": (512, 512)}
_LARGE_IMAGE = 224
_LARGE_CLASSIFIER = (4096, 4096)
"""Of VGG11 and VGG16 for ImageNet (Simonyan & Zisserman 2015)."""


@dataclass(frozen=True)
class VggShape:
    """What makes one VGG: `width` multiplies the channels of every convolution, `classifier`
    lists the units of the hidden fully connected layers (None: the network's usual ones).
    """

    name: str = "vgg16"
    width: float = 1.0
    classifier: tuple[int, ...] | None = None
    image_size: int = 32
    pool_kind: PoolKind = "or"
    coding: Coding = "direct"


def vgg(shape: VggShape, *, dataset: str, classes: int, timesteps: int) -> Network:
    """The network of `shape` for RGB images of `image_size` x `image_size` pixels.

    Every convolution is 3 x 3, padding 1, bias-free; pooling is 2 x 2 over spikes. Raises
    InvalidInput for an unknown name, a width that leaves no channel, or an image whose size does
    not divide down through the pools.
    """
    if shape.name not in LAYOUTS:
        raise InvalidInput(f"network {shape.name}: unknown; there are {', '.join(LAYOUTS)}")
    layout = LAYOUTS[shape.name]
    divisor = 2 ** layout.count(_POOL)
    if shape.image_size < divisor or shape.image_size % divisor:
        raise InvalidInput(
            f"network {shape.name}: an image of {shape.image_size} pixels does not halve "
            f"{layout.count(_POOL)} times; use a multiple of {divisor}"
        )
    layers: list[Layer] = []
    arriving = (3, shape.image_size, shape.image_size)
    for index, entry in enumerate(layout):
        if not isinstance(entry, int):
            continue
        channels = round(entry * shape.width)
        if channels < 1:
            raise InvalidInput(f"network {shape.name}: width {shape.width} leaves no channels")
        pooled = index + 1 < len(layout) and layout[index + 1] == _POOL
        layer = Layer(
            name=f"conv{len(layers) + 1}",
            kind="conv",
            in_shape=arriving,
            out_shape=(channels, arriving[1], arriving[2]),
            kernel=(3, 3),
            padding=1,
            pool=2 if pooled else 1,
            pool_kind=shape.pool_kind,
        )
        layers.append(layer)
        arriving = layer.pooled_shape
    hidden = shape.classifier
    if hidden is None:
        large = shape.image_size >= _LARGE_IMAGE and shape.name != "vgg9"
        hidden = _LARGE_CLASSIFIER if large else CLASSIFIERS[shape.name]
    for position, units in enumerate((*hidden, classes), start=1):
        layers.append(
            Layer(
                name=f"fc{position}",
                kind="linear",
                in_shape=arriving,
                out_shape=(units, 1, 1),
                kernel=(arriving[1], arriving[2]),
                spiking=position <= len(hidden),
            )
        )
        arriving = (units, 1, 1)
    name = shape.name if shape.width == 1.0 else f"{shape.name}_w{shape.width:g}"
    return Network(name, dataset, timesteps, tuple(layers), coding=shape.coding)
