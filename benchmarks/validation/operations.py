"""The papers' operation counts: energies of ANNs, and membrane accesses against T."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.validation.chip import loihi_like
from benchmarks.validation.row import Row
from hwsim.actions import Action
from hwsim.activity import count
from hwsim.compare.proxy import FLOAT32
from hwsim.mapping.digital import map_network
from hwsim.network.graph import Network
from hwsim.network.vgg import VggShape, vgg
from hwsim.trace.synthetic import synthetic_trace

TEMPORAL_PRUNING = "Chowdhury et al., Temporal Pruning, 2022: MACs x 4.6 pJ"
MEMBRANE = "2 N (T - 1): the first read and the last write of an image are not needed"
HIDDEN = (4096, 4096)


def rows() -> list[Row]:
    """Two ANNs, then one network at three T."""
    found = []
    for claim, network, uj in (
        ("ANN energy of VGG16, CIFAR-10, 2048-4096-4096-10", _cifar(), 1556.7),
        ("ANN energy of VGG16, ImageNet", _imagenet(), 71163),
    ):
        ours = float(FLOAT32.ann_pj(network)) / 1e6
        found.append(Row(claim, uj, ours, "uJ", "regression", TEMPORAL_PRUNING))
    return [*found, *_membrane()]


def _membrane() -> list[Row]:
    arch = loihi_like("membrane.policy=elide_first_read_last_write")
    network = vgg(VggShape("vgg9", classifier=(128,)), dataset="cifar10", classes=10, timesteps=1)
    mapping = map_network(network, arch)
    neurons = sum(layer.neurons for layer in network.layers)
    found = []
    for timesteps in (1, 2, 5):
        trace = synthetic_trace(replace(network, timesteps=timesteps), 0.0, 1, 0)
        activity = count(trace, mapping, arch, "stream")
        words = sum(
            int(activity.per_image(action).sum())
            for action in (Action.MEMBRANE_READ, Action.MEMBRANE_WRITE)
        )
        claim = f"membrane accesses of VGG9, {neurons:,} neurons, T = {timesteps}"
        wanted = 2 * neurons * (timesteps - 1)
        found.append(Row(claim, wanted, words, "words", "regression", MEMBRANE))
    return found


def _imagenet() -> Network:
    shape = VggShape(classifier=HIDDEN, image_size=224)
    return vgg(shape, dataset="imagenet", classes=1000, timesteps=1)


def _cifar() -> Network:
    """With no pool behind the last convolution, so that 2 x 2 pixels of 512 channels are left."""
    shape = VggShape(classifier=HIDDEN)
    network = vgg(shape, dataset="cifar10", classes=10, timesteps=1)
    last = len(network.layers) - 1 - len(shape.classifier or ()) - 1
    layers = list(network.layers)
    layers[last] = replace(layers[last], pool=1)
    arriving = layers[last].pooled_shape
    layers[last + 1] = replace(layers[last + 1], in_shape=arriving, kernel=arriving[1:])
    return replace(network, layers=tuple(layers))
