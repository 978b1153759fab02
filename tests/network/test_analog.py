"""The integer ANN: its arithmetic, its file, and where it is refused."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from hwsim import pipeline
from hwsim.arch.load import load_arch
from hwsim.errors import InvalidInput, UsageError
from hwsim.network.analog import as_analog
from hwsim.network.checkpoint import Checkpoint, Provenance, load_checkpoint, save_checkpoint
from hwsim.network.execute import run
from hwsim.network.graph import Layer, Network
from hwsim.network.header import read_network
from hwsim.network.parameters import InputScaling, LayerParameters, Requantise
from hwsim.network.requantise import requantise
from hwsim.trace.record import record
from hwsim.trace.write import write_trace
from hwsim.training.analog import CLIP
from hwsim.training.export import analog_integers
from tests import toys
from tests.network.nets import (
    SCALING,
    analog_checkpoint,
    random_analog,
    random_checkpoint,
    random_images,
)

STEP = CLIP / 127


@given(
    slope=st.lists(st.floats(-30.0, 30.0), min_size=1, max_size=4),
    offset=st.floats(-1e4, 1e4),
    acc=st.integers(-(2**31) + 1, 2**31 - 1),
)
def test_an_activation_is_the_nearest_step(slope: list[float], offset: float, acc: int) -> None:
    made = requantise(np.array(slope), np.full(len(slope), offset))
    assert made.shift > 20
    for c, one in enumerate(slope):
        total = acc * int(made.multiplier[c]) + int(made.bias[c]) + 2 ** (made.shift - 1)
        assert abs(total) < 2**63
        exact = Fraction(one) * acc + Fraction(offset)
        slack = Fraction(abs(acc) + 1, 2 ** (made.shift + 1))
        assert abs(Fraction(total, 2**made.shift) - Fraction(1, 2) - exact) <= slack
        assert abs((total >> made.shift) - exact) <= Fraction(1, 2) + slack


def test_what_has_no_integers() -> None:
    with pytest.raises(InvalidInput, match="not finite"):
        requantise(np.array([np.nan]), np.zeros(1))
    with pytest.raises(InvalidInput, match=r"exceeds 2\*\*30 activation steps"):
        requantise(np.array([2.0**31]), np.zeros(1))


def toy(layer: Layer, neuron: Requantise, weights: list[list[int]]) -> Checkpoint:
    """`layer` of 1 x 1 kernels with one input channel, then a readout of two classes."""
    pooled = layer.pooled_shape
    out = Layer("out", "linear", pooled, (2, 1, 1), pooled[1:], spiking=False)
    layers = (replace(layer, spiking=False), out)
    first = np.array(weights[0], np.int8).reshape(-1, 1, 1, 1)
    last = np.array(weights[1], np.int8).reshape(2, *pooled)
    return Checkpoint(
        Network("toy", "toy", 1, layers),
        (
            LayerParameters(first, np.ones(len(first), np.float32), neuron),
            LayerParameters(last, np.ones(2, np.float32), None),
        ),
        InputScaling((0.0,), (1.0,), 1 / 255),
        Provenance("toy"),
    )


def test_an_activation_by_hand() -> None:
    # (acc * 3 + 1 + 2) >> 2 for acc = 5 p, and (-acc + 40 + 2) >> 2 for acc = -p.
    neuron = Requantise(np.array([3, -1], np.int32), np.array([1, 40]), 2)
    layer = Layer("a", "linear", (1, 1, 1), (2, 1, 1), (1, 1))
    made = toy(layer, neuron, [[5, -1], [[1, 0], [2, -3]]])  # type: ignore[list-item]
    done = run(made, np.array([0, 2, 100], np.uint8).reshape(3, 1, 1, 1))
    # p = 0: 3 >> 2, 42 >> 2. p = 2: 33 >> 2, 44 >> 2. p = 100: 1503 >> 2 clips, 142 >> 2.
    assert done.activations[0].reshape(3, 2).tolist() == [[0, 10], [8, 11], [127, 35]]
    assert done.readout.tolist() == [[0, -30], [8, -17], [127, 149]]
    assert done.classes.tolist() == [0, 0, 1]
    assert done.spikes == ()


@pytest.mark.parametrize(("kind", "expected"), [("or", [9, 10]), ("average", [5, 6])])
def test_pooling_by_hand(kind: Any, expected: list[int]) -> None:
    """Activations 1, 4, 6, 9 and, where more input gives less, 9, 6, 4, 1 plus one."""
    neuron = Requantise(np.array([2, -2], np.int32), np.array([0, 22]), 1)
    layer = Layer("a", "conv", (1, 2, 2), (2, 2, 2), (1, 1), pool=2, pool_kind=kind)
    made = toy(layer, neuron, [[1, 1], [[1, 0], [0, 1]]])  # type: ignore[list-item]
    done = run(made, np.array([1, 4, 6, 9], np.uint8).reshape(1, 2, 2, 1))
    # Means 20 / 4 and 24 / 4; the largest of channel 1 belongs to the smallest sum.
    assert done.activations[0].flatten().tolist() == expected
    assert done.readout.tolist() == [expected]


def test_a_mean_of_activations_is_rounded_half_up() -> None:
    neuron = Requantise(np.array([2], np.int32), np.array([0]), 1)
    layer = Layer("a", "conv", (1, 2, 2), (1, 2, 2), (1, 1), pool=2, pool_kind="average")
    made = toy(layer, neuron, [[1], [1, 1]])
    images = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [127] * 4], np.uint8).reshape(3, 2, 2, 1)
    assert run(made, images).activations[0].flatten().tolist() == [0, 1, 127]


def test_the_integers_are_the_float_network_with_rounded_values() -> None:
    network = random_analog()
    parameters = analog_integers(network, SCALING)
    checkpoint = Checkpoint(as_analog(network.network), parameters, SCALING, Provenance("cifar10"))
    images = random_images(3)
    done = run(checkpoint, images)
    seen: list[np.ndarray] = []

    def rounded(_: object, __: object, y: Tensor) -> Tensor:
        levels = torch.floor(y / STEP + 0.5)
        seen.append(levels.permute(0, 2, 3, 1).numpy())
        return levels * STEP

    network.double()
    weights = [layer.weight for layer in network.analog_layers()] + [network.readout]
    with torch.no_grad():
        for weight, made in zip(weights, parameters, strict=True):
            value = made.weights * made.scales.astype(np.float64)[:, None, None, None]
            weight.copy_(torch.from_numpy(value))
        for layer in network.analog_layers():
            layer.register_forward_hook(rounded)
        logits = network(done.inputs.permute(0, 3, 1, 2).double() * SCALING.step)[0]
    assert len(done.activations) == len(seen) == 8
    for activations, levels in zip(done.activations, seen, strict=True):
        np.testing.assert_array_equal(activations.numpy(), levels)
        assert 0 < np.count_nonzero(levels) < levels.size
    assert any((levels == 127).any() for levels in seen), "the clip is met"
    assert any((layer.norm.weight < 0).any() for layer in network.analog_layers())
    unit = float(parameters[-1].scales[0]) * STEP
    np.testing.assert_allclose(done.readout.numpy() * unit, logits.numpy(), rtol=1e-5, atol=1e-5)


@pytest.mark.filterwarnings("ignore:TF32")
def test_sums_are_exact_without_onednn_too() -> None:
    """Where torch would take NNPACK, whose transform errs by units in sums of a million."""
    rng = np.random.default_rng(0)
    wide = Layer("a", "conv", (256, 8, 8), (8, 8, 8), (3, 3), padding=1, spiking=False)
    out = Layer("out", "linear", (8, 8, 8), (2, 1, 1), (8, 8), spiking=False)
    neuron = requantise(np.full(8, 1e-3), np.full(8, 60.0))
    weights = [rng.integers(-127, 128, shape).astype(np.int8)
               for shape in ((8, 256, 3, 3), (2, 8, 8, 8))]  # fmt: skip
    parameters = (
        LayerParameters(weights[0], np.ones(8, np.float32), neuron),
        LayerParameters(weights[1], np.ones(2, np.float32), None),
    )
    scaling = InputScaling((0.0,) * 256, (1.0,) * 256, 1 / 255)
    made = Checkpoint(Network("n", "n", 1, (wide, out)), parameters, scaling, Provenance("n"))
    images = rng.integers(0, 128, (32, 8, 8, 256), dtype=np.uint8)
    with torch.backends.mkldnn.flags(enabled=False):
        other = run(made, images)
    assert torch.equal(run(made, images).activations[0], other.activations[0])


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    checkpoint, path = analog_checkpoint(), tmp_path / "net_ann.pt"
    save_checkpoint(path, checkpoint)
    loaded = load_checkpoint(path)
    assert loaded.network == read_network(path) == checkpoint.network
    assert loaded.network.analog
    for one, other in zip(loaded.parameters[:-1], checkpoint.parameters[:-1], strict=True):
        assert isinstance(one.neuron, Requantise)
        assert isinstance(other.neuron, Requantise)
        np.testing.assert_array_equal(one.neuron.multiplier, other.neuron.multiplier, strict=True)
        np.testing.assert_array_equal(one.neuron.bias, other.neuron.bias, strict=True)
        assert one.neuron.shift == other.neuron.shift
    images = random_images(2)
    assert torch.equal(run(loaded, images).readout, run(checkpoint, images).readout)


def test_contradictions_are_named(tmp_path: Path) -> None:
    def refused(match: str, **changes: Any) -> None:
        with pytest.raises(InvalidInput, match=match):
            save_checkpoint(tmp_path / "x.pt", replace(analog_checkpoint(), **changes))

    parts, spiking = analog_checkpoint().parameters, random_checkpoint(1)
    neuron = parts[0].neuron
    assert isinstance(neuron, Requantise)

    def first(**changes: Any) -> tuple[LayerParameters, ...]:
        return replace(parts[0], neuron=replace(neuron, **changes)), *parts[1:]

    refused("conv1: a hidden layer of an ANN without", parameters=spiking.parameters)
    refused("conv1: a spiking layer without neurons", network=spiking.network)
    refused("conv1: needs 8 multipliers", parameters=first(multiplier=neuron.multiplier[:3]))
    refused("conv1: shift 0 is not in", parameters=first(shift=0))
    for bias in (2**61, -(2**63)):
        refused("a bias is beyond", parameters=first(bias=np.full(8, bias)))
    refused("do not belong", trained=spiking.trained)


def test_the_graph_knows_an_ann() -> None:
    hidden, out = toys.linear("a", 1, 1), toys.linear("b", 1, 1, spiking=False)
    spiking = toys.network(hidden, out, timesteps=3)
    ann = as_analog(spiking)
    assert ann.analog
    assert not spiking.analog
    assert not toys.network(out).analog, "a readout alone is no ANN"
    assert (ann.timesteps, ann.spiking_layers) == (1, ())
    assert Network.from_dict(ann.to_dict()) == ann
    with pytest.raises(InvalidInput, match="an ANN has 1 timestep and direct coding, not 2"):
        replace(ann, timesteps=2)
    dead = toys.linear("dead", 1, 1, spiking=False)
    with pytest.raises(InvalidInput, match="dead is a readout, yet not last"):
        toys.network(hidden, dead, out)


def test_where_spikes_are_needed_an_ann_is_refused(tmp_path: Path) -> None:
    path, arch = tmp_path / "vgg16_ann.pt", load_arch("loihi_like")
    save_checkpoint(path, analog_checkpoint())
    expected = r"vgg16_ann\.pt is an ANN: .*; use it with hwsim eval, or as compare's baseline"
    with pytest.raises(UsageError, match=expected):
        record(path)
    with pytest.raises(UsageError, match=expected):
        pipeline.run(path, arch, 1)
    with pytest.raises(UsageError, match=expected):
        pipeline.check(path, arch)


def test_an_ann_makes_no_trace(tmp_path: Path) -> None:
    network = as_analog(toys.network(toys.linear("a", 2, 1), toys.linear("b", 1, 2, spiking=False)))
    empty = replace(toys.trace(network, []), labels=np.zeros(1, np.int64))
    with pytest.raises(InvalidInput, match="toy is an ANN, which has no spikes"):
        write_trace(tmp_path / "t", empty)
