"""The whole page: its parts in one template, with the style and the script inside."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from hwsim import __version__
from hwsim.actions import Action
from hwsim.report.against import Against
from hwsim.report.core_energy import core_energy
from hwsim.report.fit_table import fit_rows
from hwsim.report.groups import GROUPS
from hwsim.report.html import (
    cards,
    difference_part,
    energy_part,
    layers_part,
    links,
    memory_part,
    mesh,
    show,
    sources_part,
    steps,
)
from hwsim.report.html.drawing import HEAT_STEPS
from hwsim.report.layer_rows import layer_rows
from hwsim.report.manifest import content_hash
from hwsim.report.occupancy import occupancy
from hwsim.report.summary import Json, free_components
from hwsim.result import Run

_TEMPLATES = "templates"


def report_html(run: Run, summary: Json, against: Against | None = None) -> bytes:
    """The page of a run and its summary, with what changed since an earlier run if given."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=PackageLoader(__package__, _TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(show.FILTERS)
    inside = files(__package__).joinpath(_TEMPLATES)
    view = {
        **_view(run, summary, against),
        "style": Markup(inside.joinpath("style.css").read_text(encoding="utf-8")),
        "script": Markup(inside.joinpath("script.js").read_text(encoding="utf-8")),
        "data": Markup(_data(summary)),
    }
    return environment.get_template("page.html.j2").render(view).encode()


def _view(run: Run, summary: Json, against: Against | None) -> dict[str, Any]:
    outcomes = {"single": run.single, "stream": run.stream}
    rows = {name: layer_rows(run, outcome) for name, outcome in outcomes.items()}
    busiest = {name: occupancy(run, outcome) for name, outcome in outcomes.items()}
    return {
        "s": summary,
        "version": __version__,
        "hash": content_hash(run),
        "experiments": show.EXPERIMENTS,
        "warnings": run.arch.warnings + run.arch.doubts,
        "cards": cards.groups(summary),
        "groups": GROUPS,
        "by_groups": energy_part.by_groups(run),
        "bars": energy_part.bars(run),
        "components": energy_part.components(summary),
        "bill": energy_part.bill(run),
        "free": free_components(summary),
        "layers": layers_part.layers(rows["single"], rows["stream"]),
        "has_synops": Action.SYNAPSE_OP in run.arch.arch.ACTIONS,
        "rate": layers_part.mean_rate(run, rows["stream"]),
        "memories": memory_part.kinds(run, summary),
        "memories_by_layer": [layers_part.memories(run, rows[e], e) for e in show.EXPERIMENTS],
        "mapping": run.mapping,
        "servers": [name.replace("_", " ") for name in run.stream.timing.core_servers],
        "passes": run.stream.timing.passes,
        "names": [layer.name for layer in run.network.layers],
        "tints": mesh.TINTS,
        "heat_steps": HEAT_STEPS,
        "mesh": mesh.mesh(run, run.stream, core_energy(run.network, run.mapping, run.stream)),
        "links": links.links(run, run.stream),
        "link_scales": links.scales(run.stream),
        "charts": {name: steps.chart(run, outcome.timing) for name, outcome in outcomes.items()},
        "steps": {e: steps.table(run, outcomes[e], busiest[e]) for e in outcomes},
        "heat": {e: steps.heat_rows(run, found) for e, found in busiest.items() if found},
        "fit": fit_rows(run.fit),
        "fit_notes": run.fit.notes,
        "evidence": sources_part.evidence(summary),
        "unpublished": sources_part.unpublished(run),
        "sources": sources_part.sources(run),
        "difference": against and difference_part.difference(against),
    }


def _data(summary: Json) -> str:
    """summary.json for scripts, safe inside a script element."""
    return json.dumps(summary, allow_nan=False).replace("<", "\\u003c")
