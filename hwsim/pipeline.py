"""The whole tool, top to bottom: checkpoint or trace, architecture, mapping, replay, energy.

Every stage is one call that takes frozen values and returns one. This is the only module that
sees all of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from hwsim.activity import Experiment, count, dense_synops
from hwsim.arch.load import LoadedArch
from hwsim.chip import burst, packet
from hwsim.chip.schedule import replay
from hwsim.chip.transport import Transport
from hwsim.energy import price
from hwsim.errors import HwsimError, UsageError
from hwsim.mapping import store
from hwsim.mapping.fit import Fit, fit, map_network
from hwsim.network.graph import Network
from hwsim.network.header import read_network
from hwsim.progress import Tell, silent
from hwsim.result import Outcome, Run
from hwsim.trace.read import is_trace, open_trace
from hwsim.trace.store import SpikeTrace, join

TRANSPORTS: dict[str, Transport] = {"packet": packet.transport, "burst": burst.transport}
Images = int | Literal["all"]


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
    checkpoint. `mapping_file` is a mapping.json; None: cut and placed as `arch` says.
    """
    trace = load_trace(source, images, data, tell)
    mapping = store.load(mapping_file, trace.network) if mapping_file else None
    placed = map_network(trace.network, arch.arch, mapping)

    def outcome(experiment: Experiment) -> Outcome:
        replayed = replay(
            trace,
            placed,
            arch.arch,
            experiment,
            TRANSPORTS[transport],
            lambda done, total: tell(f"{transport} replay, {experiment}", done, total),
        )
        counted = count(trace, placed, arch.arch, experiment)
        differences = replayed.activity.differences(counted)
        if differences:
            raise HwsimError("replay and count disagree:\n" + "\n".join(differences))
        durations = replayed.timing.interval_ps
        energy = price(replayed.activity, durations, placed, arch.arch, trace.network)
        return Outcome(replayed, energy)

    return Run(
        network=trace.network,
        origin=trace.origin,
        labels=trace.labels,
        predictions=trace.predictions,
        arch=arch,
        mapping=placed,
        fit=fit(trace.network, arch.arch, placed),
        transport=transport,
        seed=seed,
        single=outcome("single"),
        stream=outcome("stream"),
        dense_synops=dense_synops(trace),
    )


def load_trace(source: Path, images: Images, data: Path | None, tell: Tell) -> SpikeTrace:
    """The trace in a folder, or of a checkpoint's integer network (which needs torch)."""
    if source.is_dir():
        if data is not None:
            raise UsageError(f"--data {data}: {source} is a trace, which has its images")
        folder = open_trace(source)
        return folder.head(len(folder) if images == "all" else images)
    from hwsim.trace.record import record

    return join(list(record(source, images, data, lambda d, n: tell("trace", d, n))))


def check(source: Path, arch: LoadedArch, mapping_file: Path | None = None) -> tuple[Network, Fit]:
    """Whether the network of a checkpoint or trace fits a chip, layer by layer; no torch."""
    network = open_trace(source).network if is_trace(source) else read_network(source)
    mapping = store.load(mapping_file, network) if mapping_file else None
    return network, fit(network, arch.arch, mapping)
