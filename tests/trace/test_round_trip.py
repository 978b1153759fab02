from __future__ import annotations

import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.errors import UsageError
from hwsim.network.graph import Coding
from hwsim.trace.read import open_trace, read_trace
from hwsim.trace.store import SpikeTrace, join, pack
from hwsim.trace.validate import validate
from hwsim.trace.write import write_trace
from tests.trace.samples import assert_equal, files, toy_network, toy_trace


@st.composite
def traces(draw: st.DrawFn) -> SpikeTrace:
    coding: Coding = draw(st.sampled_from(["direct", "poisson"]))
    network = toy_network(draw(st.integers(1, 4)), draw(st.integers(1, 9)), coding)
    return toy_trace(
        network, draw(st.integers(1, 12)), draw(st.integers(0, 99)), draw(st.floats(0, 1))
    )


@given(traces(), st.integers(1, 13), st.data())
@settings(max_examples=40, deadline=None)
def test_what_is_read_is_what_was_written(
    trace: SpikeTrace, images_per_shard: int, data: st.DataObject
) -> None:
    head = data.draw(st.integers(1, trace.images))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "trace"
        assert write_trace(target, trace, images_per_shard=images_per_shard)
        assert validate(target) == []
        opened = open_trace(target)
        assert len(opened) == trace.images
        assert_equal(read_trace(target), trace)
        assert_equal(opened.head(head), trace.part(0, head))
        sizes = [chunk.images for chunk in opened.chunks()]
        assert sum(sizes) == trace.images
        assert all(size == images_per_shard for size in sizes[:-1])


@given(traces(), st.lists(st.integers(0, 12), max_size=6), st.integers(1, 13))
@settings(max_examples=25, deadline=None)
def test_bytes_do_not_depend_on_the_chunks(
    trace: SpikeTrace, cuts: list[int], images_per_shard: int
) -> None:
    edges = [0, *sorted(min(cut, trace.images) for cut in cuts), trace.images]
    chunks = [trace.part(a, b) for a, b in pairwise(edges)]
    with tempfile.TemporaryDirectory() as folder:
        whole, streamed = Path(folder) / "whole", Path(folder) / "streamed"
        write_trace(whole, trace, images_per_shard=images_per_shard)
        write_trace(streamed, iter(chunks), images_per_shard=images_per_shard)
        assert files(whole) == files(streamed)


@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 6), st.integers(1, 6), st.data())
@settings(max_examples=30, deadline=None)
def test_fired_is_the_inverse_of_pack(
    images: int, steps: int, size: int, channels: int, data: st.DataObject
) -> None:
    network = toy_network(steps, channels)
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    fired = rng.random((images, steps, 3, 3, channels)) < size / 7
    trace = toy_trace(network, images)
    trace = SpikeTrace(
        network, trace.origin, (pack(fired), trace.spikes[1]), trace.inputs, trace.readout,
        trace.labels,
    )  # fmt: skip
    for n in range(images):
        for t in range(steps):
            np.testing.assert_array_equal(trace.fired(n, t, 0), fired[n, t])


def test_neuron_order_is_y_x_channel_and_bits_are_least_significant_first() -> None:
    fired = np.zeros((1, 1, 3, 3, 3), np.bool_)
    fired[0, 0, 1, 2, 1] = True  # (1 * 3 + 2) * 3 + 1 = 16: bit 0 of byte 2
    assert pack(fired).tolist() == [[[0, 0, 1, 0]]]


def test_join_of_parts_is_the_whole() -> None:
    trace = toy_trace(toy_network(), 7)
    assert_equal(join([trace.part(0, 3), trace.part(3, 3), trace.part(3, 7)]), trace)


def test_shards_are_read_when_asked_for(tmp_path: Path) -> None:
    trace = toy_trace(toy_network(), 7)
    write_trace(tmp_path / "t", trace, images_per_shard=3)
    opened = open_trace(tmp_path / "t")
    chunks = opened.chunks()
    assert_equal(next(chunks), trace.part(0, 3))
    (tmp_path / "t" / "shard-00002.npz").unlink()
    assert_equal(next(chunks), trace.part(3, 6))
    assert_equal(opened.head(4), trace.part(0, 4))


@pytest.mark.parametrize("images", [0, -1, 7, 10**9])
def test_more_images_than_there_are(tmp_path: Path, images: int) -> None:
    write_trace(tmp_path / "t", toy_trace(toy_network(), 6))
    with pytest.raises(UsageError, match=f"--images {images}: .* has 6"):
        read_trace(tmp_path / "t", images)


def test_what_is_read_can_be_written_again(tmp_path: Path) -> None:
    write_trace(tmp_path / "a", toy_trace(toy_network(), 6), images_per_shard=4)
    write_trace(tmp_path / "b", open_trace(tmp_path / "a").chunks(), images_per_shard=4)
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert open_trace(tmp_path / "a").sha256 == open_trace(tmp_path / "b").sha256


def test_predictions_take_the_lowest_class_on_a_tie() -> None:
    trace = toy_trace(toy_network(), 1)
    readout = np.array([[1, 5, 5, 0]])
    tied = SpikeTrace(
        trace.network, trace.origin, trace.spikes, trace.inputs, readout, trace.labels
    )
    assert tied.predictions.tolist() == [1]
