"""A time, or what is made of one: the steps that sum to it, and who was busy."""

from __future__ import annotations

from fractions import Fraction

from hwsim import units
from hwsim.report.why.answer import Answer, Part
from hwsim.report.why.formula import full
from hwsim.report.why.rows import Step
from hwsim.report.why.run_folder import RunFolder

_NS_PER_S = 10**9


def time_answer(folder: RunFolder, experiment: str, name: str) -> Answer | None:
    """`latency`, `initiation_interval`, `throughput`, `power` or `edp`; the second and third are
    of `stream` alone."""
    if experiment == "single" and name in ("initiation_interval", "throughput"):
        return None
    match name:
        case "latency":
            return _latency(folder, experiment)
        case "initiation_interval":
            return _of_steps(folder, experiment, _interval(folder), "")
        case "throughput":
            return _throughput(_interval(folder))
        case "power":
            return _power(folder, experiment)
        case _:
            return _edp(folder, experiment)


def _mean_latency(folder: RunFolder, experiment: str) -> Fraction:
    images = folder.images
    single = experiment == "single"
    times = (image.single_latency if single else image.stream_latency for image in images)
    return sum(times, Fraction()) / len(images)


def _interval(folder: RunFolder) -> Fraction:
    return sum((image.interval for image in folder.images), Fraction()) / len(folder.images)


def _latency(folder: RunFolder, experiment: str) -> Answer:
    latency = _mean_latency(folder, experiment)
    if experiment == "single" or folder.passes:
        return _of_steps(folder, experiment, latency, "")
    steps = sum(1 for step in folder.steps if step.experiment == "single")
    if not _fits(folder, latency, steps):
        return _of_steps(folder, experiment, latency, "")
    crossed = f"; an image crosses {steps} such steps: {units.time(latency)}"
    return _of_steps(folder, experiment, latency, crossed)


def _fits(folder: RunFolder, latency: Fraction, steps: int) -> bool:
    """Whether the latency is that many of the interval's steps, one after the other."""
    rows = [step.length for step in folder.steps if step.experiment == "stream"]
    found = sum((rows[n % len(rows)] for n in range(steps)), Fraction()) if rows else Fraction()
    return abs(found - latency) <= latency / 10**6


def _of_steps(folder: RunFolder, experiment: str, value: Fraction, more: str) -> Answer:
    rows = [step for step in folder.steps if step.experiment == experiment]
    whole = sum((row.length for row in rows), Fraction())
    barrier = sum((row.barrier for row in rows), Fraction())
    own = "passes" if folder.passes else "steps"
    what = f"an image's {own}"
    if experiment == "stream" and not folder.passes:
        what = "the steps of an image's interval"
    formula = (
        f"{what} ({len(rows)}): work {units.time(whole - barrier)} + barriers "
        f"{units.time(barrier)} = {units.time(whole)}{more}"
    )
    if folder.passes and abs(whole - value) > whole / 10**6:
        formula += f"; they overlap: {units.time(value)}"
    steps = sorted(
        (
            Part(_step(folder, row), row.length, row.length / whole if whole else None)
            for row in rows
        ),
        key=lambda part: -part.value,
    )
    ends = "a step ends with the last scan or the last absorption, then its barrier"
    if folder.summary["schedule"] == "pipelined_tick":
        ends = "a step lasts its tick, whenever its scans and absorptions end"
    return Answer(
        value=value,
        unit="ns",
        formula=formula,
        steps=tuple(steps),
        layers=_busy_layers(folder, experiment),
        cores=_busy_cores(folder, experiment),
        notes=() if folder.passes else (ends,),
    )


def _step(folder: RunFolder, row: Step) -> str:
    if folder.passes:
        return f"step {row.step}, a pass of {folder.layers[row.step % (len(folder.layers) - 1)]}"
    images = len(folder.images)
    return f"step {row.step} (ended by a scan in {row.by_scan} of {images} images)"


def _busy_cores(folder: RunFolder, experiment: str) -> tuple[Part, ...]:
    """Busiest first. Of `single` a run keeps the busiest one only."""
    if experiment == "stream":
        rows = sorted(folder.cores, key=lambda core: -core.busy)
        return tuple(
            Part(f"core {c.core} ({c.layer}), {c.server} busy", c.busy, c.utilisation) for c in rows
        )
    core = folder.summary[experiment]["bottleneck"]["core"]
    if core is None:
        return ()
    name = f"core {core['core']} ({core['layer']}), {core['server']} busy"
    return (Part(name, Fraction(str(core["busy_ns"])), Fraction(str(core["share"]))),)


def _busy_layers(folder: RunFolder, experiment: str) -> tuple[Part, ...]:
    """Each layer by its busiest core."""
    if experiment == "single":
        return ()
    busiest = {c.layer: c for c in sorted(folder.cores, key=lambda core: core.busy)}
    rows = sorted(busiest.values(), key=lambda core: -core.busy)
    return tuple(Part(f"{c.layer} (its busiest core)", c.busy, c.utilisation) for c in rows)


def _throughput(interval: Fraction) -> Answer | None:
    if not interval:
        return None
    value = _NS_PER_S / interval
    said = f"1 / mean interval: 1 / {units.time(interval)} = {units.rate(value)}"
    return Answer(value, "images/s", said)


def _power(folder: RunFolder, experiment: str) -> Answer | None:
    energy = _energy(folder, experiment)
    time = _mean_latency(folder, experiment) if experiment == "single" else _interval(folder)
    if not time:
        return None
    what = "latency" if experiment == "single" else "interval"
    said = f"mean energy / mean {what}: {units.energy(energy)} / {units.time(time)}"
    value = energy / time
    return Answer(value, "mW", f"{said} = {units.power(value)}")


def _edp(folder: RunFolder, experiment: str) -> Answer:
    energy, latency = _energy(folder, experiment), _mean_latency(folder, experiment)
    value = energy * latency / _NS_PER_S
    said = f"mean energy x mean latency: {units.energy(energy)} x {full(latency)} ns"
    return Answer(value, "pJ s", f"{said} = {units.energy_delay(value)}")


def _energy(folder: RunFolder, experiment: str) -> Fraction:
    lines = (line.energy for line in folder.bill if line.experiment == experiment)
    return sum(lines, Fraction()) / len(folder.images)
