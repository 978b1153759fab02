"""Against SANA-FE (GPL-3, for this benchmark only): equal counts first, then speed."""

from __future__ import annotations

from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from benchmarks.bench import Bench
from benchmarks.conv_case import SCALING, ConvCase, conv_case
from benchmarks.cost import Cost, best, once
from benchmarks.findings import Findings, Row, table
from benchmarks.sanafe_chip import Bools, build, spikes_of
from benchmarks.services import run_burst
from hwsim.actions import Action
from hwsim.activity import Activity
from hwsim.arch.load import load_arch
from hwsim.chip import burst
from hwsim.chip.schedule import replay
from hwsim.mapping.digital import map_network
from hwsim.trace.store import Origin, SpikeTrace

MODELS = ("simple", "detailed")
REPEATS = 3
"""Runs of SANA-FE that are timed, behind one that records what it did."""
HOPS = (Action.ROUTER_HOP_X, Action.ROUTER_HOP_Y)


def measure(bench: Bench) -> Findings:
    """The same networks, mapping and spikes in both; a stream of images, one a timestep."""
    try:
        release = version("sanafe")
    except PackageNotFoundError:
        return Findings((_row("not installed", None),))
    cases = [_case(bench, release, size, channels) for size, channels in bench.convs]
    ratios = cases[-1][1]
    ratio = ", ".join(f"{r:.0f}x ({model}, {name})" for (model, name), r in ratios.items())
    text = (
        "Convolutions without padding, since SANA-FE has none, and a dense readout; "
        f"{bench.images} images, one a timestep. hwsim replays the stream of a trace in memory, "
        "and records it by running the integer network on the images (torch, one thread); SANA-FE "
        "gets layer 0's spikes as inputs, runs the other neurons (leak 0) and is timed over its "
        "`sim` call, one thread, without building and loading the network. All its neurons fire "
        "as recorded, and both count alike. Every step of hwsim has a cost of its own beside that "
        "of the packets, so the ratio grows with the network; SANA-FE holds every synapse in "
        "memory, the largest of these in about 14 GB. The largest is the one that counts above."
    )
    return Findings(
        (_row(ratio, min(ratios.values())),), "\n\n".join([text, *(c[0] for c in cases)])
    )


def _case(
    bench: Bench, release: str, size: int, channels: tuple[int, ...]
) -> tuple[str, dict[tuple[str, str], float]]:
    """One network's table, and SANA-FE's CPU time over ours by (its model, what ours does)."""
    case = conv_case(size, channels, bench.images)
    record = _recorder(case)
    trace = record()
    mesh = ("mesh.tiles_x=8", "mesh.tiles_y=4", "router.fifo_depth=unbounded")
    arch = load_arch(bench.arch_name, "sanafe_nahuku", mesh).arch
    mapping = map_network(case.network, arch)
    activity = replay(trace, mapping, arch, "stream", burst.transport).activity
    ours = _counts(activity)
    events = ours["synaptic events"]

    alone = best(partial(run_burst, trace, mapping, arch, "stream"), bench.repeats)
    recorded = best(record, bench.repeats)
    both = Cost(alone.wall_s + recorded.wall_s, alone.cpu_s + recorded.cpu_s)
    rows = [
        ("hwsim, replay", alone.times(), _speed(events, alone)),
        ("hwsim, recording and replay", both.times(), _speed(events, both)),
    ]
    theirs: dict[str, Cost] = {}
    for model in MODELS:
        counts, theirs[model] = _theirs(bench, case, trace, mapping, model)
        assert counts == ours, f"SANA-FE counts {counts}, hwsim {ours}"
        name = f"SANA-FE {release}, {model}"
        rows.append((name, theirs[model].times(), _speed(events, theirs[model])))
    described = (
        f"{size} x {size} images, layers of {', '.join(map(str, channels))} channels (1 x 1, then "
        f"3 x 3), {len(mapping.slices)} cores: "
        + ", ".join(f"{count:,} {name}" for name, count in ours.items())
        + "."
    )
    header = ("simulator", f"{bench.images} images", "synaptic events per CPU second")
    return f"{described}\n\n{table(header, rows)}", {
        (model, name): theirs[model].cpu_s / cost.cpu_s
        for model in MODELS
        for name, cost in (("replay", alone), ("with recording", both))
    }


def _row(ours: str, ratio: float | None) -> Row:
    return Row(
        "synaptic events per second against SANA-FE",
        ours,
        "50x",
        "200x",
        "CPU time over the same events: replay of a recorded trace, and with the recording of it",
        None if ratio is None else ratio >= 50,
    )


def _speed(events: int, cost: Cost) -> str:
    return f"{events / cost.cpu_s / 1e6:.3g} million"


def _counts(activity: Activity) -> dict[str, int]:
    def total(*actions: Action) -> int:
        return sum(int(activity.per_image(action).sum()) for action in actions)

    return {
        "packets": total(Action.AXON_OUT_SEND),
        "hops": total(*HOPS),
        "synaptic events": total(Action.SYNAPSE_OP),
    }


def _recorder(case: ConvCase) -> Any:
    """A call that runs the integer network on all images and returns its trace."""
    import torch

    from hwsim.network.checkpoint import Checkpoint, Provenance
    from hwsim.network.execute import Executor
    from hwsim.trace.record import traced

    torch.set_num_threads(1)
    checkpoint = Checkpoint(case.network, case.parameters, SCALING, Provenance("none"))
    executor = Executor(checkpoint)
    origin = Origin("conv", "0" * 64, None, "random images")
    labels = np.full(len(case.pixels), -1, np.int64)

    def record() -> SpikeTrace:
        return traced(case.network, origin, executor.run(case.pixels), labels)

    return record


def _theirs(
    bench: Bench, case: ConvCase, trace: SpikeTrace, mapping: Any, model: str
) -> tuple[dict[str, int], Cost]:
    """SANA-FE's counts and the cost of its simulation, with its spikes checked."""
    layers = case.network.spiking_layers
    steps = trace.images + len(layers)
    fired = [
        np.stack([trace.fired(image, 0, number).ravel() for image in range(trace.images)])
        for number in range(len(layers))
    ]
    # Its inputs do not start anew, so they hold every run, each with the steps that drain it.
    train = np.concatenate([fired[0], np.zeros((len(layers), fired[0].shape[1]), np.bool_)])
    inputs = np.tile(train, (1 + REPEATS, 1))
    chip = build(case.network, case.parameters, mapping, inputs, bench.workdir)
    options = {"timing_model": model, "processing_threads": 1}
    seen = chip.sim(timesteps=steps, perf_trace=True, spike_trace=True, **options)
    _same_spikes(seen["spike_trace"], fired)
    counts = {
        "packets": int(seen["packets_sent"]),
        "hops": int(sum(seen["perf_trace"]["hops"])),
        "synaptic events": int(seen["spikes"]),
    }
    again: dict[str, Any] = {}

    def run() -> None:
        again.update(chip.sim(timesteps=steps, **options))

    costs = []
    for _ in range(REPEATS):
        costs.append(once(run))
        assert int(again["spikes"]) == counts["synaptic events"], "a repetition differs"
    return counts, Cost.least(costs)


def _same_spikes(trace: Any, fired: list[Bools]) -> None:
    """Layer l fires in step t + l what it did for image t, and nothing else."""
    theirs = spikes_of(trace, len(fired), [layer.shape[1] for layer in fired])
    for lag, (expected, seen) in enumerate(zip(fired, theirs, strict=True)):
        assert (seen[lag : lag + len(expected)] == expected).all(), f"layer {lag} fires otherwise"
        assert seen.sum() == expected.sum(), f"layer {lag} fires before or after its images"
