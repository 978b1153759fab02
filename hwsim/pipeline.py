"""The whole tool, top to bottom: checkpoint or trace, architecture, mapping, replay, energy.

Every stage is one call that takes frozen values and returns one. This is the only module that
sees all of them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from hwsim import __version__
from hwsim.activity import Experiment
from hwsim.arch.load import LoadedArch, load_arch
from hwsim.chip.kinds import kind_of
from hwsim.chip.transports import TRANSPORTS
from hwsim.compare.anns import apart, counted_anns
from hwsim.compare.arguments import ArchName, name_of
from hwsim.compare.comparison import Comparison
from hwsim.compare.done import finished, forget, remember, run_key, run_name
from hwsim.compare.pair import Chip, Pair
from hwsim.compare.subject import Subject
from hwsim.compare.timesteps import trained_timesteps
from hwsim.energy import price
from hwsim.errors import DoesNotFit, UsageError
from hwsim.mapping import store
from hwsim.mapping.fit import Fit
from hwsim.mapping.mapping import Mapping
from hwsim.network.analog import refuse_analog
from hwsim.network.early_exit import Timesteps
from hwsim.network.graph import Network
from hwsim.network.header import read_network
from hwsim.progress import Tell, silent
from hwsim.report.timeline import TimelineFile
from hwsim.report.why.run_folder import open_run
from hwsim.report.write import write_run
from hwsim.request import Request
from hwsim.result import Outcome, Run
from hwsim.resume import Say, Unfinished
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
    timesteps: Timesteps | None = None,
    timeline: TimelineFile | None = None,
) -> Run:
    """What a checkpoint or a saved trace does and costs on a chip.

    `images` are the first test images of the folder `data`, or of the sample beside the
    checkpoint, on whose network only the first `timesteps` run where they are given; the rest is
    as in `replay`.
    """
    trace = load_trace(source, images, data, tell, timesteps)
    return replay(trace, arch, transport, mapping_file, seed, tell, unfinished, timeline)


def replay(
    trace: Trace,
    arch: LoadedArch,
    transport: str = "burst",
    mapping_file: Path | None = None,
    seed: int = 0,
    tell: Tell = silent,
    unfinished: Unfinished | None = None,
    timeline: TimelineFile | None = None,
) -> Run:
    """What the images of a trace do and cost on a chip.

    `mapping_file` is a mapping.json; None: cut and placed as `arch` says. `unfinished` keeps the
    state of a long run while it works, and may hold that of one that was killed. `timeline` is
    written first, by the packet transport. Raises HwsimError where the replay and the independent
    count disagree.
    """
    network = trace.network
    mapping = store.load(mapping_file, network) if mapping_file else None
    placed = kind_of(arch.arch).place(network, arch.arch, mapping)
    if timeline:
        timeline.write(trace, placed, arch.arch, tell)
    found = _surveyed(trace, tell)
    return _replayed(trace, found, arch, placed, transport, seed, tell, unfinished)


def _surveyed(trace: Trace, tell: Tell) -> Survey:
    return survey(trace, lambda done, total: tell("survey of the trace", done, total))


def _replayed(
    trace: Trace,
    found: Survey,
    arch: LoadedArch,
    placed: Mapping,
    transport: str = "burst",
    seed: int = 0,
    tell: Tell = silent,
    unfinished: Unfinished | None = None,
) -> Run:
    """Both experiments of a trace that lies on a chip."""
    network, kind = trace.network, kind_of(arch.arch)
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
        fired=found.fired,
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


def load_trace(
    source: Path, images: Images, data: Path | None, tell: Tell, timesteps: Timesteps | None = None
) -> Trace:
    """The trace in a folder, or of a checkpoint's integer network (which needs torch)."""
    if is_trace(source):
        if data is not None:
            raise UsageError(f"--data {data}: {source} is a trace, which has its images")
        if timesteps is not None:
            raise UsageError(f"--timesteps: {source} is a trace, which has its timesteps")
        folder = open_trace(source)
        return TraceWindow(folder, folder.wanted(None if images == "all" else images))
    from hwsim.trace.record import record

    return join(list(record(source, images, data, lambda d, n: tell("trace", d, n), timesteps)))


def check(source: Path, arch: LoadedArch, mapping_file: Path | None = None) -> tuple[Network, Fit]:
    """Whether the network of a checkpoint or trace fits a chip, layer by layer; no torch."""
    network = open_trace(source).network if is_trace(source) else read_network(source)
    refuse_analog(network, source)
    mapping = store.load(mapping_file, network) if mapping_file else None
    return network, kind_of(arch.arch).fit(network, arch.arch, mapping)


def compare(
    networks: Sequence[Path],
    archs: Sequence[ArchName],
    folder: Path,
    images: Images = 16,
    data: Path | None = None,
    ann: Path | None = None,
    timesteps: Timesteps | None = None,
    argv: Sequence[str] = (),
    tell: Tell = silent,
    say: Say = lambda line: None,
    plugins: tuple[str, ...] = (),
) -> Comparison:
    """Every network on every chip: a run folder each under `folder`, used again where its inputs
    are the same. A network that does not fit a chip is a pair that says so.

    An ANN among the `networks`, `ann`, or the one of its data set beside a checkpoint is the
    baseline of the networks that share its layers. With `timesteps` every network runs its first
    ones only. `say` hears of what a user should know.
    """
    spiking, analog = apart(networks, ann)
    trained = trained_timesteps(spiking, timesteps)
    chips = tuple(Chip(str(arch), load_arch(arch.file, arch.variant)) for arch in archs)
    for line in dict.fromkeys(
        line for chip in chips for line in chip.loaded.warnings + chip.loaded.doubts
    ):
        say(f"warning: {line}")
    pairs: list[Pair] = []
    subjects: list[Subject] = []
    for source in spiking:
        trace = load_trace(source, images, data, tell, timesteps)
        found = _surveyed(trace, tell)
        subject = Subject(*(name_of(source), trace.network, trace.origin, found), trained[source])
        subjects.append(subject)
        for chip, arch in zip(chips, archs, strict=True):
            request = Request(
                *(source, arch.file, arch.variant),
                images=images,
                data=data,
                timesteps=timesteps,
                plugins=plugins,
            )
            runs = folder / "runs"
            pairs.append(_pair(trace, subject, chip, runs, request, list(argv), tell, say))
            tell("pairs", len(pairs), len(spiking) * len(chips))
    anns = counted_anns(tuple(zip(spiking, subjects, strict=True)), analog, data, tell)
    return Comparison(tuple(subjects), chips, tuple(pairs), anns)


def _pair(
    trace: Trace,
    subject: Subject,
    chip: Chip,
    runs: Path,
    request: Request,
    argv: list[str],
    tell: Tell,
    say: Say,
) -> Pair:
    begun, found = time.monotonic(), subject.survey
    try:
        arch = chip.loaded.arch
        placed = kind_of(arch).place(subject.network, arch)
        inputs = _inputs(subject.network, found, chip.loaded, placed, request.transport, 0)
        folder, key = runs / run_name(subject, chip), run_key(subject, inputs)
        if (done := finished(folder, key)) is None:
            kept = Unfinished(runs, say)
            run = _replayed(trace, found, chip.loaded, placed, tell=tell, unfinished=kept)
            forget(folder)
            write_run(run, folder, argv, time.monotonic() - begun, True, runs, request)
            remember(folder, key)
            kept.remove()
            done = open_run(folder)
    except DoesNotFit as error:
        return Pair(subject, chip, None, str(error))
    return Pair(subject, chip, done)
