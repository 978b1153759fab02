"""The benchmarks run, on a network that takes moments; how fast they are is not asserted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks import (
    breakdown,
    choices,
    growth,
    image,
    sanafe,
    startup,
    throughput,
    training,
    transports,
    whole_command,
    width,
)
from benchmarks.bench import Bench
from benchmarks.findings import Findings, Row
from benchmarks.marked import made
from benchmarks.page import page
from benchmarks.sanafe_chip import synapses
from benchmarks.stopwatch import Stopwatch
from hwsim.network.graph import Layer
from hwsim.network.vgg import VggShape


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(
        tmp_path_factory.mktemp("benchmarks"),
        VggShape("vgg9", width=1 / 16, classifier=(128,)),
        repeats=1,
        rates=(0.1, 0.2, 0.4),
        widths=((1, 16, 8),),
        convs=((6, (2, 3)),),
        images=2,
    )


@pytest.mark.parametrize(
    "measure",
    [
        breakdown.measure,
        growth.measure,
        image.measure,
        sanafe.measure,
        startup.measure,
        throughput.measure,
        training.measure,
        transports.measure,
        whole_command.measure,
        width.measure,
    ],
)
def test_every_benchmark_finds_something(
    measure: Callable[[Bench], Findings], bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(breakdown, "COPIED", 1 << 16)
    found = measure(bench)
    assert found.rows or found.details
    assert all(row.measure and row.ours and row.bar and row.how for row in found.rows)


def test_a_page_has_every_row_and_its_details() -> None:
    row = Row("speed", "3x", "2x", "4x", "by hand", True)
    text = page({"growth": Findings((row,), "because")})
    assert "| speed | 3x | 2x | 4x | holds | by hand |" in text
    assert "## Growth\n\nbecause" in text


def test_the_tables_of_choices_have_their_rows() -> None:
    crossbars, binary = (
        made((choices.CORES / page).read_text("utf-8"))["choices"]
        for page in ("crossbar.md", "binary_crossbar.md")
    )
    rows = [line.split(" | ")[0].removeprefix("| ") for line in crossbars.splitlines()[2:]]
    assert rows == [row for row, _, _ in choices.CROSSBAR]
    assert binary.splitlines()[0] == "|  | `any_input` | `output_fires` |"


def test_a_stopwatch_leaves_functions_as_they_were() -> None:
    before = transports.measure
    watch = Stopwatch()
    with watch.watch([("stage", "benchmarks.transports:measure")]):
        assert transports.measure is not before
    assert transports.measure is before


def test_a_stage_inside_another_counts_once() -> None:
    watch = Stopwatch()
    inner = watch.timed("inner", lambda: sum(range(100_000)))
    watch.timed("outer", inner)()
    assert watch.seconds["inner"] > watch.seconds["outer"]


def test_synapses_of_a_convolution_by_hand() -> None:
    """Two inputs in a row, a 1 x 1 kernel, one channel: one synapse each."""
    layer = Layer("a", "conv", (1, 1, 2), (1, 1, 2), (1, 1))

    pairs, weights = synapses(layer, np.full((1, 1, 1, 1), 3, np.int8))
    assert pairs == [(0, 0), (1, 1)]
    assert weights == [3.0, 3.0]


def test_the_work_folder_holds_the_trace(bench: Bench) -> None:
    assert bench.folder == bench.workdir / "vgg9_w0.0625"
    assert Path(bench.folder / "meta.json").is_file()
