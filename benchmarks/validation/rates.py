"""How rare spikes must be: the published ratios and break-even rate beside ours.

The ratio is of the papers' proxy (hwsim.compare.proxy), on both sides in dense MACs, with the
spikes that the shipped networks of one timestep send. The break-even rate is of the counts and
prices of a chip: that at which a network of T = 5, all of whose layers send alike, takes as much
as the int8 ANN of the same layers on the same memories (docs/compare.md).
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.validation.row import Row
from hwsim import pipeline
from hwsim.arch.load import load_arch
from hwsim.compare.ann import on_chip
from hwsim.compare.crossover import SCOPES, linear
from hwsim.compare.proxy import FLOAT32
from hwsim.compare.subject import Subject
from hwsim.network.header import read_network
from hwsim.network.vgg import VggShape, vgg
from hwsim.progress import silent
from hwsim.report.energy_csv import energy_csv
from hwsim.report.why.rows import BillLine
from hwsim.survey import survey
from hwsim.trace.synthetic import synthetic_trace
from hwsim.trace.write import write_trace

PRUNING = "Chowdhury et al., arXiv 2110.05929, abstract: VGG16, CIFAR-10, T = 1"
YAN = "Yan et al., arXiv 2409.08290: VGG16, T = 5, against a quantised ANN"
IMAGES = 64
RATE = 0.1
"""Of the measured spikes; energy is linear in it, so it does not matter."""
CHIP = "loihi_like"
TIMESTEPS = 5
WHAT = {
    "synapses": "synaptic operations, weights and sums on both sides",
    "full": "the whole bill of the SNN, against the synapses of the ANN",
}


def rows(
    folder: Path = Path("trained"), images: int = IMAGES, shape: VggShape | None = None
) -> list[Row]:
    """The ratio of every shipped network of one timestep and the claim's data set, then the
    break-even rates of `shape` (by default VGG16)."""
    networks = [p for p in sorted(folder.glob("*_t1.pt")) if read_network(p).dataset == "cifar10"]
    return [*_ratios(networks, images), *_break_even(shape or VggShape())]


def _ratios(networks: Sequence[Path], images: int) -> list[Row]:
    found = []
    for path in networks:
        trace = pipeline.load_trace(path, images, None, silent)
        found_in = survey(trace)
        steps = trace.network.timesteps
        subject = Subject(path.stem, trace.network, trace.origin, found_in, steps)
        claim = (
            f"E_ANN / E_SNN of the proxy, 4.6 and 0.9 pJ: {path.name}, "
            f"R = {float(subject.rate):.2%} of {images} images"
        )
        ours = float(FLOAT32.ratio(subject))
        found.append(Row(claim, (25, 33), ours, "x", "prediction", PRUNING, within=0.0))
    return found


def _break_even(shape: VggShape) -> list[Row]:
    network = vgg(shape, dataset="cifar10", classes=10, timesteps=TIMESTEPS)
    trace = synthetic_trace(network, RATE, 1, 0)
    loaded = load_arch(CHIP)
    with tempfile.TemporaryDirectory() as folder:
        where = Path(folder) / "trace"
        write_trace(where, trace)
        run = pipeline.run(where, loaded, 1)
    bill = csv.DictReader(io.StringIO(energy_csv(run).decode()))
    lines = [line for line in map(BillLine.of, bill) if line.experiment == "stream"]
    subject = Subject(network.name, network, trace.origin, survey(trace), network.timesteps)
    ann = on_chip(loaded.arch, network, None)
    assert ann is not None, f"{CHIP} has no energy of a MAC"
    found = []
    for scope in SCOPES:
        spent = linear(subject, lines, scope)
        even = spent.rate_at(ann.dense_pj)
        # No rate is low enough where what does not depend on spikes takes more than the ANN.
        ours = 0.0 if even is None else float(100 * RATE * even / spent.measured_rate)
        claim = f"spikes a neuron and timestep below which {CHIP} takes less: {WHAT[scope]}"
        found.append(Row(claim, 5.7, ours, "%", "prediction", YAN))
    return found
