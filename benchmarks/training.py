"""A training step on the CPU: convolutions by tiles against torch's own, in one process."""

from __future__ import annotations

from unittest.mock import patch

import torch

from benchmarks.bench import Bench
from benchmarks.cost import best
from benchmarks.findings import Findings, Row, table
from hwsim.training import winograd
from hwsim.training.loop import loss_of, new_optimizer
from hwsim.training.recipe import Phase, Stage
from hwsim.training.spiking import SpikingNetwork

BATCH = 128
STAGE = Stage(phases=(Phase(epochs=1),))


def measure(bench: Bench) -> Findings:
    """Forward, backward and update of the network in float32, images of its size."""
    torch.manual_seed(0)
    network = SpikingNetwork(bench.network)
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = new_optimizer(network, STAGE)
    images = torch.randn(BATCH, *bench.network.input_shape)
    images = images.contiguous(memory_format=torch.channels_last)
    labels = torch.arange(BATCH) % bench.network.classes

    def step() -> None:
        optimizer.zero_grad()
        loss, _ = loss_of(network(images), labels, STAGE, None, 0.0)
        torch.autograd.backward(loss)
        optimizer.step(1e-3)

    repeats = min(bench.repeats, 3)
    fast = best(step, repeats).cpu_s
    with patch.object(winograd, "applies", lambda *_: False):
        slow = best(step, repeats).cpu_s
    rows = [
        (how, f"{seconds:.3g} s", f"{BATCH / seconds:.3g}")
        for how, seconds in (("tiles", fast), ("torch", slow))
    ]
    row = Row(
        "training step at T = 1, tiles against torch's convolutions",
        f"{slow / fast:.2g}x",
        "1.5x",
        "2x",
        f"float32, {BATCH} images, {torch.get_num_threads()} threads, whole step",
        slow / fast >= 1.5,
    )
    return Findings(
        (row,), table(("convolutions", "CPU time of a step", "images a CPU second"), rows)
    )
