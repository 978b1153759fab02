"""An energy: the lines of the bill that sum to it, and the layers and cores that caused them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from hwsim import units
from hwsim.energy import LEAKAGE
from hwsim.report.sources import numbers
from hwsim.report.why.answer import Answer, Term, parts
from hwsim.report.why.formula import full, times
from hwsim.report.why.rows import BillLine
from hwsim.report.why.run_folder import RunFolder
from hwsim.report.why.words import ACTIONS

BY_LAYER = "by_layer."


def energy_answer(folder: RunFolder, experiment: str, name: str) -> Answer:
    """`total`, `dynamic`, a component, an action or `by_layer.` with a layer's name."""
    everything = [line for line in folder.bill if line.experiment == experiment]
    chosen = [line for line in everything if _is_in(name)(line)]
    images = len(folder.images)
    value = _sum(line.energy for line in chosen) / images
    total = _sum(line.energy for line in everything) / images
    lows, highs = zip(*(line.bounds for line in chosen), strict=True) if chosen else ((), ())
    notes = []
    cores = parts(_by_core(folder, experiment, chosen), value)
    if any(line.action == LEAKAGE and line.pricing == "priced" for line in chosen):
        alike = leaking_cores(folder, experiment)
        notes.append(f"the leakage is that of {alike} cores alike, used or not; it is of the chip")
    terms = _terms(chosen, images) or _never(folder, name)
    return Answer(
        value=value,
        unit="pJ",
        formula=_formula(folder, experiment, name, chosen, terms, value),
        terms=terms,
        low=_sum(lows) / images,
        high=_sum(highs) / images,
        of_total=value / total if total else None,
        layers=parts({layer: _energy_at(chosen, layer) / images for layer in folder.layers}, value),
        cores=cores,
        notes=tuple(notes),
    )


def leaking_cores(folder: RunFolder, experiment: str) -> int:
    """Cores that leak: the leakage counts picoseconds times cores. 0 where nothing took time."""
    time = _sum(image.time(experiment) for image in folder.images) * 1000
    lines = (x for x in folder.bill if (x.experiment, x.action) == (experiment, LEAKAGE))
    return int(sum(line.count for line in lines) / time) if time else 0


def _is_in(name: str) -> Callable[[BillLine], bool]:
    if name.startswith(BY_LAYER):
        layer = name.removeprefix(BY_LAYER)
        return lambda line: line.layer == layer
    if name == "total":
        return lambda line: True
    if name == "dynamic":
        return lambda line: line.action != LEAKAGE
    return lambda line: name in (line.component, line.action)


def _terms(chosen: list[BillLine], images: int) -> tuple[Term, ...]:
    """One term an action and price, most energy first."""
    groups: dict[tuple[object, ...], list[BillLine]] = {}
    for x in chosen:
        key = (x.action, x.pricing, x.price, x.source, x.evidence, x.low, x.high)
        groups.setdefault(key, []).append(x)
    terms = [
        Term(
            action=lines[0].action,
            words=ACTIONS.get(lines[0].action, ""),
            count=Fraction(sum(x.count for x in lines), images),
            pricing=lines[0].pricing,
            price=lines[0].price if lines[0].pricing == "priced" else None,
            unit="pJ",
            value=_sum(x.energy for x in lines) / images,
            low=lines[0].low,
            high=lines[0].high,
            source=lines[0].source,
            evidence=lines[0].evidence,
        )
        for lines in groups.values()
    ]
    return tuple(sorted(terms, key=lambda term: -term.value))


def _never(folder: RunFolder, name: str) -> tuple[Term, ...]:
    """What the table says of an action that did not happen."""
    path = f"energy_pj.{name}"
    said = [n for n in numbers(folder.config) if n.path == path or n.path.startswith(f"{path}.")]
    return tuple(
        Term(
            action=n.path.removeprefix("energy_pj."),
            words=ACTIONS.get(name, ""),
            count=Fraction(),
            pricing="priced" if n.value is not None else n.evidence,
            price=None if n.value is None else Fraction(n.value),
            unit="pJ",
            value=Fraction(),
            low=None if n.low is None else Fraction(n.low),
            high=None if n.high is None else Fraction(n.high),
            source=n.source,
            evidence=n.evidence if n.value is not None else "",
        )
        for n in said
    )


def _formula(
    folder: RunFolder,
    experiment: str,
    name: str,
    chosen: list[BillLine],
    terms: tuple[Term, ...],
    value: Fraction,
) -> str:
    if not chosen:
        return "it never happened: 0 pJ"
    if name == LEAKAGE and terms[0].price is not None:
        time = _sum(image.time(experiment) for image in folder.images) / len(folder.images)
        what = "latency" if experiment == "single" else "interval"
        power, cores = full(terms[0].price * 10**6), leaking_cores(folder, experiment)
        product = f"{power} uW x {cores} cores x {units.time(time)} = {units.energy(value)}"
        return f"power x cores x {what}: {product}"
    priced = [term for term in terms if term.price is not None]
    if not priced:
        counts = " + ".join(full(term.count) for term in terms)
        return f"{counts} counted, without a price of {'its' if len(terms) == 1 else 'their'} own"
    if len(priced) == 1 and priced[0].price is not None:
        return f"count x price: {times(priced[0].count, priced[0].price, 'pJ')}"
    sums: dict[str, Fraction] = {}
    for line in chosen:
        part = line.component if name in ("total", "dynamic") else line.action
        sums[part] = sums.get(part, Fraction()) + line.energy / len(folder.images)
    listed = " + ".join(f"{part.name} {units.energy(part.value)}" for part in parts(sums, value))
    return f"sum of count x price: {listed or '0 pJ'} = {units.energy(value)}"


def _by_core(folder: RunFolder, experiment: str, chosen: list[BillLine]) -> dict[str, Fraction]:
    """Mean pJ of an image; what belongs to no core is not in it."""
    prices = {(line.layer, line.action): line.price for line in chosen if line.price}
    values: dict[str, Fraction] = {}
    for row in folder.counted:
        price = prices.get((row.layer, row.action))
        if row.experiment == experiment and row.core and price:
            name = f"core {row.core} ({row.layer})"
            values[name] = values.get(name, Fraction()) + row.count * price
    images = len(folder.images)
    return {name: value / images for name, value in values.items()}


def _energy_at(chosen: list[BillLine], layer: str) -> Fraction:
    return _sum(line.energy for line in chosen if line.layer == layer)


def _sum(values: Iterable[Fraction]) -> Fraction:
    return sum(values, Fraction())
