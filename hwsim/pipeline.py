"""The whole tool, top to bottom: checkpoint or trace, architecture, mapping, replay, energy.

Every stage is one call that takes frozen values and returns one. This is the only module that
sees all of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from hwsim import __version__
from hwsim.activity import Experiment
from hwsim.arch.load import LoadedArch
from hwsim.chip.kinds import kind_of
from hwsim.chip.transports import TRANSPORTS
from hwsim.energy import price
from hwsim.errors import UsageError
from hwsim.mapping import store
from hwsim.mapping.fit import Fit
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Network
from hwsim.network.header import read_network
from hwsim.progress import Tell, silent
from hwsim.result import Outcome, Run
from hwsim.resume import Unfinished
from hwsim.survey import Survey, survey
from hwsim.trace.read import is_trace, open_trace
from hwsim.trace.store import join
from hwsim.trace.window import TraceWindow
from hwsim.trial import Trace, Trial

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
    unfinished: Unfinished | None = None,
) -> Run:
    """What a checkpoint or a saved trace does and costs on a chip.

    `images` are the first test images of the folder `data`, or of the sample beside the
    checkpoint. `mapping_file` is a mapping.json; None: cut and placed as `arch` says. `unfinished`
    keeps the state of a long run while it works, and may hold that of one that was killed. Raises
    HwsimError where the replay and the independent count disagree.
    """
    trace = load_trace(source, images, data, tell)
    network = trace.network
    mapping = store.load(mapping_file, network) if mapping_file else None
    kind = kind_of(arch.arch)
    placed = kind.place(network, arch.arch, mapping)
    found = survey(trace, lambda done, total: tell("survey of the trace", done, total))
    kept = unfinished or Unfinished()
    kept.name(_inputs(network, found, arch, placed, transport, seed))

    def outcome(experiment: Experiment) -> Outcome:
        trial = kept.begin(
            experiment, lambda saved: Trial(trace, placed, arch.arch, experiment, saved)
        )
        with kept.keeping(experiment) as keep:

            def progress(done: int, total: int) -> None:
                tell(f"{transport} replay, {experiment}", done, total)
                keep()

            timing, tally = trial.run(TRANSPORTS[transport], progress)
        energy = price(tally, timing.interval_ps, placed, arch.arch, network)
        return Outcome(timing, tally, energy)

    return Run(
        network=network,
        origin=trace.origin,
        labels=found.labels,
        predictions=found.predictions,
        arch=arch,
        mapping=placed,
        fit=kind.fit(network, arch.arch, placed),
        transport=transport,
        seed=seed,
        single=outcome("single"),
        stream=outcome("stream"),
        dense_synops=found.dense_synops,
        weights_modelled=kind.executes_weights(network, arch.arch),
    )


def _inputs(
    network: Network,
    found: Survey,
    arch: LoadedArch,
    mapping: Mapping,
    transport: str,
    seed: int,
) -> dict[str, Any]:
    """Everything that decides what the replay of a trace gives, known before it."""
    return {
        "hwsim_version": __version__,
        "network": network.to_dict(),
        "images": {"count": len(found.labels), "sha256": found.sha256},
        "arch": arch.resolved,
        "mapping": mapping.to_dict(),
        "transport": transport,
        "seed": seed,
    }


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
    return network, kind_of(arch.arch).fit(network, arch.arch, mapping)
