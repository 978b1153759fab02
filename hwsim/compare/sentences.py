"""The verdicts of a comparison in plain words, and what its columns hold and leave out."""

from __future__ import annotations

from fractions import Fraction

from hwsim import units
from hwsim.compare.comparison import ANN_KINDS, Baselines, Comparison
from hwsim.compare.pair import Chip, Measured, Pair
from hwsim.compare.proxy import FLOAT32
from hwsim.compare.shares import inside_others
from hwsim.compare.subject import Subject

_NAMES = {"dense": "dense", "zero_skipping": "zero-skipping"}


def sentences(comparison: Comparison) -> list[str]:
    """For each pair that ran, in `stream`: proxy against chip, ANN against SNN, the break-even."""
    said = []
    for pair in comparison.ran:
        baselines, measured = comparison.baselines(pair), pair.measured["stream"]
        verdicts = [_ann(baselines, measured, kind) for kind in ANN_KINDS]
        said.append(" ".join([_system(baselines, measured), *filter(None, verdicts)]))
    return said


def conventions(comparison: Comparison) -> list[str]:
    """What the numbers of each chip hold and leave out."""
    said = [line for chip in comparison.chips for line in _chip(comparison, chip)]
    short = [f"{p.subject.name} on {p.chip.name}" for p in comparison.ran if not _exact(p)]
    if short:
        said.append(
            "times are not exact, FIFOs overflow and their backpressure is not modelled "
            f"(overflows.csv of the run): {', '.join(short)}"
        )
    return [*said, *(f"the zero-skipping ANN is {ann.file}" for ann in comparison.anns.values())]


def _system(baselines: Baselines, measured: Measured) -> str:
    subject, chip = baselines.pair.subject, baselines.pair.chip
    return (
        f"{subject.name} on {chip.name}: the proxy counts {units.energy(FLOAT32.snn_pj(subject))}, "
        f"the chip takes {units.energy(measured.energy_pj)} in stream, "
        f"{_times(baselines.over_proxy(measured))} as much."
    )


def _ann(baselines: Baselines, measured: Measured, kind: str) -> str | None:
    """None where there is no such ANN on the chip."""
    ratio, proxy = baselines.ratio(measured, kind), FLOAT32.ratio(baselines.pair.subject)
    if not ratio:
        return None
    less = f"{_times(ratio)} less than" if ratio > 1 else f"{_times(1 / ratio)} as much as"
    verdict = f"flatters it {units.plain(proxy / ratio, 3)}-fold"
    if ratio >= proxy:
        verdict = "does not flatter it"
    rates = [baselines.crossover("stream", scope, kind) for scope in ("synapses", "full")]
    synapses, full = (_wins(rate, baselines.pair.subject) for rate in rates)
    return (
        f"It takes {less} the {_NAMES[kind]} int8 ANN on the same memories; the proxy, which says "
        f"{_times(proxy)} less, {verdict}. By synapses alone the SNN takes less {synapses}, with "
        f"everything {full}; measured R {units.percent(baselines.pair.subject.rate)}."
    )


def _wins(rate: Fraction | None, subject: Subject) -> str:
    """`rate` is the break-even; R cannot pass `highest`, where every input spikes every time."""
    network = subject.network
    highest = network.timesteps * (1 - Fraction(network.layers[0].dense_macs, subject.dense_macs))
    if rate is None:
        return "at no R"
    return f"below R = {units.percent(rate)}" if rate < highest else "at any R"


def _chip(comparison: Comparison, chip: Chip) -> list[str]:
    pairs = [pair for pair in comparison.ran if pair.chip == chip]
    by_host: dict[tuple[str, ...], list[str]] = {}
    for action, hosts in inside_others(chip.loaded.arch).items():
        by_host.setdefault(hosts, []).append(action)
    inside = [f"{', '.join(held)} in {' and '.join(hosts)}" for hosts, held in by_host.items()]
    said = [f"{chip.name}: counted where they are priced: {'; '.join(inside)}"] if inside else []
    if any(p.run is not None and not p.run.summary["weights_modelled"] for p in pairs):
        said.append(f"{chip.name}: the cores cannot execute the weights: no accuracy is claimed")
    holes = dict.fromkeys(a for p in pairs for m in p.measured.values() for a in m.unpublished)
    if holes:
        said.append(f"{chip.name}: unpublished, not in the totals: {', '.join(holes)}")
    return said + ([_charges(chip, comparison.baselines(pairs[0]))] if pairs else [])


def _charges(chip: Chip, baselines: Baselines) -> str:
    found = baselines.on_chip
    if found is None:
        return f"{chip.name}: no ANN on this chip: the energy of one MAC there is not given"
    paid = [
        f"{units.plain(c.per_mac)} {c.action} at {units.plain(c.price_pj)} pJ"
        + ("" if c.note == "priced" else f" ({c.note})")
        for c in found.charges
        if c.price_pj is not None
    ]
    free = [f"{c.action} ({c.note})" for c in found.charges if c.price_pj is None and c.unpaid]
    text = f"{chip.name}: a MAC of the ANN's last layer is charged {' and '.join(paid)}"
    return f"{text}; not {', '.join(free)}" if free else text


def _exact(pair: Pair) -> bool:
    return pair.run is None or bool(pair.run.summary["exact"])


def _times(ratio: Fraction) -> str:
    return f"{units.plain(ratio, 3)} times"
