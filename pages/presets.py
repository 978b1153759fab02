"""Every shipped preset and variant against every shipped network: does it run, and how."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hwsim.arch.load import load_arch
from hwsim.chip.kinds import kind_of
from hwsim.network.graph import Network
from hwsim.network.header import read_network
from hwsim.report.catalogue import Item, catalogue
from pages.paths import FIGURES, NETWORK, TRAINED
from pages.table import table

Json = dict[str, Any]
FILE = "presets.json"


def gathered() -> Json:
    """What the presets are, and what each says of each network: one `fit` a pair, no run."""
    networks = [read_network(path) for path in _files()]
    return {
        "networks": [path.stem for path in _files()],
        "presets": [_preset(each, networks) for each in catalogue()],
    }


def blocks(folder: Path = FIGURES) -> dict[str, str]:
    """Name -> text of the tables of docs/presets.md."""
    said = json.loads((folder / FILE).read_text())
    return {"presets": _kinds(said), "presets-networks": _fits(said), "presets-notes": _notes(said)}


def _files() -> list[Path]:
    return sorted(TRAINED.glob("*_t[0-9].pt"))


def _preset(item: Item, networks: list[Network]) -> Json:
    arch = load_arch(item.name, item.variant).arch
    kind = kind_of(arch)
    fits = [kind.fit(network, arch) for network in networks]
    shipped = _files().index(NETWORK)
    return {
        "name": item.label,
        "kind": item.kind,
        "schedule": item.schedule,
        "node_nm": item.node_nm,
        "unpublished": list(item.unpublished),
        "projection": item.projection,
        "weights_modelled": kind.executes_weights(networks[shipped], arch),
        "notes": list(fits[shipped].notes),
        "networks": [
            {
                "cores": fit.cores_used if fit.fits else None,
                "chips": fit.chips if fit.fits else None,
                "missing": list(dict.fromkeys(s.limit for s in fit.missing)),
            }
            for fit in fits
        ],
    }


def _kinds(said: Json) -> str:
    rows = [
        (
            f"`{p['name']}`" + (" (projection)" if p["projection"] else ""),
            p["kind"],
            p["schedule"],
            f"{p['node_nm']:g} nm",
            ", ".join(f"`{hole.removeprefix('energy_pj.')}`" for hole in p["unpublished"]),
        )
        for p in said["presets"]
    ]
    return table(("preset", "core", "schedule", "node", "unpublished"), rows)


def _fits(said: Json) -> str:
    rows = [
        (
            f"`{p['name']}`",
            "executed" if p["weights_modelled"] else "not modelled: no accuracy",
            *(_cell(fit) for fit in p["networks"]),
        )
        for p in said["presets"]
    ]
    return table(("preset", "weights", *(f"`{name}`" for name in said["networks"])), rows)


def _cell(fit: Json) -> str:
    if fit["missing"]:
        return f"exit 4: {', '.join(f'`{limit}`' for limit in fit['missing'])}"
    return ", ".join(
        f"{fit[what]} {what if fit[what] > 1 else what[:-1]}" for what in ("cores", "chips")
    )


def _notes(said: Json) -> str:
    lines = [f"- `{p['name']}`: {'; '.join(p['notes'])}" for p in said["presets"] if p["notes"]]
    return "\n".join(lines)
