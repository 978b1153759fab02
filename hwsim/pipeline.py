"""The whole tool, top to bottom: checkpoint or trace, architecture, mapping, replay, energy.

Every stage is one call that takes frozen values and returns one. This is the only module that
sees all of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

import numpy as np

from hwsim.activity import Experiment, dense_synops
from hwsim.arch.load import LoadedArch
from hwsim.chip import burst, packet
from hwsim.chip.schedule import run_steps
from hwsim.chip.transport import Transport
from hwsim.chip.work import Frames
from hwsim.energy import price_tally
from hwsim.errors import UsageError
from hwsim.mapping import store
from hwsim.mapping.fit import Fit, fit, map_network
from hwsim.network.graph import Network
from hwsim.network.header import read_network
from hwsim.progress import Tell, silent
from hwsim.reduction import Reduction
from hwsim.result import Outcome, Run
from hwsim.trace.read import is_trace, open_trace
from hwsim.trace.store import Origin, SpikeTrace, join
from hwsim.trace.window import TraceWindow

TRANSPORTS: dict[str, Transport] = {"packet": packet.transport, "burst": burst.transport}
Images = int | Literal["all"]

CHUNK = 64
"""Images that are counted and priced at a time."""


class Trace(Frames, Protocol):
    """Images to replay, whole in memory or a window onto a folder."""

    @property
    def origin(self) -> Origin:
        """Where they come from."""

    def part(self, start: int, stop: int) -> SpikeTrace:
        """Images `start` to `stop` - 1 in memory."""


def run(
    source: Path,
    arch: LoadedArch,
    images: Images = 16,
    data: Path | None = None,
    transport: str = "burst",
    mapping_file: Path | None = None,
    seed: int = 0,
    tell: Tell = silent,
) -> Run:
    """What a checkpoint or a saved trace does and costs on a chip.

    `images` are the first test images of the folder `data`, or of the sample beside the
    checkpoint. `mapping_file` is a mapping.json; None: cut and placed as `arch` says. Raises
    HwsimError where the replay and the independent count disagree.
    """
    trace = load_trace(source, images, data, tell)
    network = trace.network
    mapping = store.load(mapping_file, network) if mapping_file else None
    placed = map_network(network, arch.arch, mapping)

    def outcome(experiment: Experiment) -> Outcome:
        reduction = Reduction(trace, placed, arch.arch, experiment, CHUNK)
        timing = run_steps(
            trace,
            placed,
            arch.arch,
            experiment,
            TRANSPORTS[transport],
            reduction.add,
            lambda done, total: tell(f"{transport} replay, {experiment}", done, total),
        )
        tally = reduction.tally()
        energy = price_tally(tally, timing.interval_ps, placed, arch.arch, network)
        return Outcome(timing, tally, energy)

    chunks = [trace.part(i, min(i + CHUNK, trace.images)) for i in range(0, trace.images, CHUNK)]
    return Run(
        network=network,
        origin=trace.origin,
        labels=np.concatenate([chunk.labels for chunk in chunks]),
        predictions=np.concatenate([chunk.predictions for chunk in chunks]),
        arch=arch,
        mapping=placed,
        fit=fit(network, arch.arch, placed),
        transport=transport,
        seed=seed,
        single=outcome("single"),
        stream=outcome("stream"),
        dense_synops=np.concatenate([dense_synops(chunk) for chunk in chunks]),
    )


def load_trace(source: Path, images: Images, data: Path | None, tell: Tell) -> Trace:
    """The trace in a folder, or of a checkpoint's integer network (which needs torch)."""
    if is_trace(source):
        if data is not None:
            raise UsageError(f"--data {data}: {source} is a trace, which has its images")
        folder = open_trace(source)
        return TraceWindow(folder, folder.wanted(None if images == "all" else images))
    from hwsim.trace.record import record

    return join(list(record(source, images, data, lambda d, n: tell("trace", d, n))))


def check(source: Path, arch: LoadedArch, mapping_file: Path | None = None) -> tuple[Network, Fit]:
    """Whether the network of a checkpoint or trace fits a chip, layer by layer; no torch."""
    network = open_trace(source).network if is_trace(source) else read_network(source)
    mapping = store.load(mapping_file, network) if mapping_file else None
    return network, fit(network, arch.arch, mapping)
