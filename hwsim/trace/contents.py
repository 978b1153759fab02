"""What the values of a trace must satisfy, whoever wrote them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hwsim.network.graph import Network
from hwsim.trace.layout import INPUT, LABELS, READOUT, AnyArray, Arrays, spike_keys


def ones(bits: AnyArray) -> int:
    """How many bits of a uint8 array are set."""
    flat = np.ascontiguousarray(bits).reshape(-1)
    whole = len(flat) // 8 * 8
    words, rest = flat[:whole].view(np.uint64), flat[whole:]
    return int(np.bitwise_count(words).sum(dtype=np.int64)) + int(
        np.bitwise_count(rest).sum(dtype=np.int64)
    )


def spike_counts(network: Network, arrays: Arrays) -> tuple[int, ...]:
    """Spikes of each spiking layer, over all images and timesteps of the arrays."""
    return tuple(ones(arrays[key]) for key in spike_keys(network))


def content_problems(network: Network, arrays: Arrays, first_image: int = 0) -> list[str]:
    """What is wrong with the values of arrays whose types and shapes are right.

    `first_image` is the number of their first image in the whole trace.
    """
    return [
        *_padding(network, arrays, first_image),
        *_input(network, arrays, first_image),
        *_labels(network, arrays, first_image),
        *_readout(network, arrays, first_image),
    ]


def silent_problems(network: Network, counts: tuple[int, ...], images: int) -> list[str]:
    """The spiking layers that recorded no spike in the whole trace: `counts` are its totals.

    A layer that never fires carries nothing to the layers behind it, so this is a mistake in the
    recording or in the network, and nothing that is to be priced as zero.
    """
    where = "the only image" if images == 1 else f"any of {images} images"
    return [
        f"layer {layer.name} recorded no spikes in {where}"
        for layer, count in zip(network.spiking_layers, counts, strict=True)
        if count == 0
    ]


def recorded(arrays: Arrays) -> set[str]:
    """Which of input and readout hold anything but zeros."""
    return {key for key in (INPUT, READOUT) if arrays[key].any()}


def blank_problems(seen: set[str]) -> list[str]:
    """Input and readout that are zero in the whole trace: `seen` joins `recorded` of its shards."""
    return [
        f"{key}: zero in every image: nothing was recorded"
        for key in (INPUT, READOUT)
        if key not in seen
    ]


def _at(bad: npt.NDArray[np.bool_], first_image: int) -> str:
    """The images for which `bad` (N, ...) holds anywhere: the first, and how many more."""
    images = np.flatnonzero(bad.reshape(len(bad), -1).any(axis=1))
    more = f" (and {len(images) - 1} more)" if len(images) > 1 else ""
    return f"image {first_image + int(images[0])}{more}"


def _padding(network: Network, arrays: Arrays, first_image: int) -> list[str]:
    problems = []
    for key, layer in zip(spike_keys(network), network.spiking_layers, strict=True):
        used = layer.neurons % 8
        if not used:
            continue
        bad = (arrays[key][..., -1] >> used) != 0
        if bad.any():
            problems.append(
                f"{key}: {_at(bad, first_image)}: bits beyond neuron {layer.neurons - 1} are set; "
                f"the upper {8 - used} bits of the last byte must be zero"
            )
    return problems


def _input(network: Network, arrays: Arrays, first_image: int) -> list[str]:
    values = arrays[INPUT]
    largest = 127 if network.coding == "direct" else 1
    bad = (values < -largest) | (values > largest)
    if not bad.any():
        return []
    return [
        f"{INPUT}: {_at(bad, first_image)}: {int(values[bad][0])} is outside "
        f"{-largest} .. {largest} ({network.coding} coding)"
    ]


def _labels(network: Network, arrays: Arrays, first_image: int) -> list[str]:
    labels = arrays[LABELS]
    bad = (labels < -1) | (labels >= network.classes)
    if not bad.any():
        return []
    return [
        f"{LABELS}: {_at(bad, first_image)}: label {int(labels[bad][0])} is outside "
        f"0 .. {network.classes - 1} (-1 where unknown)"
    ]


def _readout(network: Network, arrays: Arrays, first_image: int) -> list[str]:
    """A sum of weights cannot exceed what arrived times the largest weight."""
    readout, images = arrays[READOUT], len(arrays[LABELS])
    if network.spiking_layers:
        bits = arrays[spike_keys(network)[-1]]
        arrived = np.bitwise_count(bits).sum(axis=(1, 2), dtype=np.int64)
        what = "spikes arrive"
    else:
        repeats = network.timesteps // arrays[INPUT].shape[1]
        arrived = np.abs(arrays[INPUT].astype(np.int64)).sum(axis=(1, 2)) * repeats
        what = "is the input's sum"
    # As float64: a bound, and nothing that overflows (abs of the smallest int64 does).
    bound = arrived.astype(np.float64) * 2.0 ** (network.weight_bits - 1)
    bad = np.abs(readout.astype(np.float64)) > bound.reshape(images, 1)
    if not bad.any():
        return []
    image, unit = (int(i) for i in np.argwhere(bad)[0])
    return [
        f"{READOUT}: {_at(bad, first_image)}: class {unit} sums to {int(readout[image, unit])}, "
        f"impossible with {network.weight_bits}-bit weights where {int(arrived[image])} {what}"
    ]
