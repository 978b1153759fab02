"""Average pooling on axons that take one spike a tick: a synapse for every neuron of a window."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hwsim.network.graph import Layer, Network


def apart(network: Network) -> Network:
    """`network` without windows that average: each of their neurons is an input of its own.

    The layer behind adds up the same spikes, with the weight of their window for every one: a
    kernel that is as many times as large, with the stride and the padding of it.
    """
    behind = (
        _spread(layer, before) if before.graded else layer
        for before, layer in pairwise(network.layers)
    )
    layers = (
        replace(layer, pool=1) if layer.graded else layer for layer in (network.layers[0], *behind)
    )
    return replace(network, layers=tuple(layers))


def _spread(layer: Layer, before: Layer) -> Layer:
    pool = before.pool
    return replace(
        layer,
        in_shape=before.out_shape,
        kernel=(layer.kernel[0] * pool, layer.kernel[1] * pool),
        stride=layer.stride * pool,
        padding=layer.padding * pool,
    )
