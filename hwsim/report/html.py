"""report.html: one file that needs no network, readable on a phone and on paper."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from importlib.resources import files
from typing import Any

from hwsim import __version__, units
from hwsim.actions import Action
from hwsim.energy import LEAKAGE
from hwsim.report import svg
from hwsim.report.fit_table import shown
from hwsim.report.floor import plan
from hwsim.report.groups import GROUPS, by_group, groups_in
from hwsim.report.layer_rows import LayerRow, layer_rows
from hwsim.report.manifest import content_hash
from hwsim.report.sources import Number, numbers
from hwsim.report.summary import Json, free_components
from hwsim.result import Outcome, Run

TEMPLATE = "page.html.j2"


def report_html(run: Run, summary: Json) -> bytes:
    """The page of a run and its summary."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update({name: _shown(scale) for name, scale in _SCALES.items()})
    template = environment.from_string(
        files("hwsim.report").joinpath(TEMPLATE).read_text(encoding="utf-8")
    )
    return template.render(_view(run, summary)).encode()


_SCALES: dict[str, Callable[[Any], str]] = {
    "energy": units.energy,
    "time": units.time,
    "power": units.power,
    "energy_delay": units.energy_delay,
    "rate": units.rate,
    "count": units.count,
    "bits": units.bits,
    "capacity": units.capacity,
    "percent": units.percent,
    "plain": units.plain,
}


def _shown(scale: Callable[[Any], str]) -> Callable[[Any], str]:
    def show(value: Any) -> str:
        text = scale(value)
        return "\N{EN DASH}" if text == units.UNKNOWN else units.micro(text)

    return show


def _view(run: Run, summary: Json) -> dict[str, Any]:
    stream = layer_rows(run, run.stream)
    return {
        "s": summary,
        "version": __version__,
        "hash": content_hash(run),
        "experiments": ("single", "stream"),
        "groups": [(GROUPS.index(group), group) for group in groups_in(run.stream.energy)],
        "bars": _bars(run),
        "components": _components(summary),
        "free": free_components(summary),
        "layers": [(row, _layer_bar(row, stream)) for row in stream],
        "actions": Action,
        "memories": [(a.value, run.arch.arch.word_bits(a)) for a in run.memories],
        "mesh": svg.mesh(plan(run.mapping, run.stream), [n.name for n in run.network.layers]),
        "mesh_used": run.mapping,
        "heat_steps": svg.HEAT_STEPS,
        "servers": run.stream.timing.core_servers,
        "steps": {name: svg.steps(outcome.timing) for name, outcome in _outcomes(run).items()},
        "fit": run.fit,
        "shown": shown,
        "numbers": [(number, _value(number)) for number in numbers(run.arch.resolved)],
        "unpublished": _unpublished(run),
        "data": _data(summary),
    }


def _outcomes(run: Run) -> dict[str, Outcome]:
    return {"single": run.single, "stream": run.stream}


def _bars(run: Run) -> dict[str, str]:
    """Each experiment's energy by group, on one scale."""
    groups = {name: by_group(outcome.energy) for name, outcome in _outcomes(run).items()}
    longest = max(sum(group.values(), Fraction()) for group in groups.values())
    return {name: svg.stacked_bar(group, longest, 26) for name, group in groups.items()}


def _components(summary: Json) -> list[tuple[str, dict[str, tuple[Any, Any, str]]]]:
    """Component -> per experiment (pJ, share, bar), the largest of `stream` first."""
    energies = {name: summary[name]["energy_pj"] for name in ("single", "stream")}
    by_component: Json = energies["stream"]["by_component"]
    paid = [name for name in by_component if name not in free_components(summary)]
    ordered = sorted(paid, key=lambda name: -by_component[name])

    def cell(experiment: str, component: str) -> tuple[Any, Any, str]:
        energy = energies[experiment]
        pj = energy["by_component"][component]
        share = Fraction(pj) / Fraction(energy["total"]) if energy["total"] else Fraction()
        return pj, share, svg.plain_bar(share)

    return [(name, {e: cell(e, name) for e in energies}) for name in ordered]


def _layer_bar(row: LayerRow, rows: list[LayerRow]) -> str:
    return svg.stacked_bar(row.groups, max(other.energy for other in rows))


def _value(number: Number) -> str:
    if number.value is None:
        return "\N{EN DASH}"
    text = units.micro(f"{number.value.normalize():f} {number.unit}").rstrip()
    if number.low is not None and number.high is not None:
        text += f" ({number.low.normalize():f} to {number.high.normalize():f})"
    return text


def _unpublished(run: Run) -> list[tuple[str, Fraction | None]]:
    """Actions without a published energy, and how often an image of `single` did them; leakage
    is no action and has no count."""
    energy = run.single.energy
    counts: dict[str, int] = {}
    for number, entry in enumerate(energy.entries):
        if entry.pricing == "unpublished" and energy.counted(number):
            counts[entry.action] = counts.get(entry.action, 0) + energy.counted(number)
    return [
        (name, None if name == LEAKAGE else Fraction(count, run.images))
        for name, count in counts.items()
    ]


def _data(summary: Json) -> str:
    """summary.json for scripts, safe inside a script element."""
    return json.dumps(summary, allow_nan=False).replace("<", "\\u003c")
