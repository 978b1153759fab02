"""A training step on the CPU: our convolutions against torch's own, in one process."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from unittest.mock import patch

import torch

from benchmarks.bench import Bench
from benchmarks.cost import best
from benchmarks.findings import Findings, Row, table
from hwsim.training import small_planes, winograd
from hwsim.training.loop import autocast, loss_of, new_optimizer
from hwsim.training.optimizer import has_bfloat16
from hwsim.training.recipe import Phase, Stage
from hwsim.training.spiking import SpikingNetwork

BATCH = 128
BAR = 1.5
STAGE = Stage(phases=(Phase(epochs=1),))


@dataclass(frozen=True)
class Precision:
    """How the network computes, and the convolutions of ours that compute some of its layers."""

    name: str
    amp: bool
    method: ModuleType


def measure(bench: Bench) -> Findings:
    """Forward, backward and update of the network, images of its size."""
    precisions = [Precision("float32", False, winograd)]
    if has_bfloat16(torch.device("cpu")):
        precisions.append(Precision("bfloat16", True, small_planes))
    rows, steps = [], []
    for precision in precisions:
        row, both = _compared(bench, precision)
        rows.append(row)
        steps.extend(both)
    return Findings(
        tuple(rows),
        table(("precision", "convolutions", "CPU time of a step", "images a CPU second"), steps),
    )


def _compared(bench: Bench, precision: Precision) -> tuple[Row, list[tuple[str, ...]]]:
    torch.manual_seed(0)
    network = SpikingNetwork(bench.network)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = new_optimizer(network, STAGE)
    images = torch.randn(BATCH, *bench.network.input_shape)
    images = images.contiguous(memory_format=torch.channels_last)
    labels = torch.arange(BATCH) % bench.network.classes

    def step() -> None:
        optimizer.zero_grad()
        with autocast(images.device, precision.amp):
            logits = network(images)
        loss, _ = loss_of(logits, labels, STAGE, None, 0.0)
        torch.autograd.backward(loss)
        optimizer.step(1e-3)

    repeats = min(bench.repeats, 3)
    step()  # takes the memory that the others use again
    ours = best(step, repeats).cpu_s
    with patch.object(precision.method, "applies", lambda *_: False):
        torchs = best(step, repeats).cpu_s
    threads = torch.get_num_threads()
    row = Row(
        f"training step at T = 1 in {precision.name}, against torch's convolutions",
        f"{torchs / ours:.2g}x",
        f"{BAR}x",
        "2x",
        f"{precision.method.__name__.rpartition('.')[2]}; {BATCH} images, {threads} threads",
        torchs / ours >= BAR,
    )
    steps = [
        (precision.name, how, f"{seconds:.3g} s", f"{BATCH / seconds:.3g}")
        for how, seconds in (("ours", ours), ("torch", torchs))
    ]
    return row, steps
