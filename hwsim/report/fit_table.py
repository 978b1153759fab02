"""What `hwsim check` prints: the fit of a network, layer by layer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from hwsim import units
from hwsim.mapping.fit import Fit, Limit
from hwsim.network.graph import Network
from hwsim.report.text import Row, columns, wrapped


def fit_json(network: Network, fit: Fit) -> dict[str, Any]:
    """The fit as plain JSON values."""
    return {
        "network": network.name,
        "timesteps": network.timesteps,
        "fits": fit.fits,
        **asdict(fit),
    }


def fit_rows(fit: Fit) -> tuple[Row, list[Row]]:
    """Header and rows: what the fullest core of each layer uses, and last what a core has."""
    rows = [
        (
            layer.name,
            str(layer.cores),
            " x ".join(map(str, layer.block)),
            *(shown(limit, layer.used[name]) for name, limit in fit.limits.items()),
        )
        for layer in fit.layers
    ]
    limits = [shown(limit, limit.value) for limit in fit.limits.values()]
    rows.append(("a core has", "", "", *limits))
    header = ("layer", "cores", "rows x cols x ch", *(n.label for n in fit.limits.values()))
    return header, list(rows)


def fit_table(network: Network, fit: Fit) -> str:
    """The fit for a person: each layer's cores and what its fullest core uses."""
    header, rows = fit_rows(fit)
    verdict = "fits" if fit.fits else "does not fit"
    full = ", ".join(
        f"{name.replace('_', ' ')} {units.percent(share)}"
        for name, share in fit.utilisation.items()
    )
    lines = [
        f"{network.name} for {network.dataset}, T = {network.timesteps}: {verdict}; "
        f"{fit.cores_used} of {fit.mesh_cores} cores on {fit.chips} chips, {fit.strategy}",
        f"used of those cores: {full}",
        *(line for note in fit.notes for line in wrapped(note, indent=0)),
        "",
        "What the fullest core of each layer uses; synops are those of its busiest core when every"
        if "synops" in fit.limits
        else "What the fullest core of each layer uses:",
        *(["input spikes once:"] if "synops" in fit.limits else []),
        *columns(rows, header),
    ]
    return "\n".join(lines) + "\n"


def shown(limit: Limit, amount: int | None) -> str:
    """An amount of what a limit is of; nothing where there is none."""
    if amount is None:
        return ""
    return units.capacity(amount) if limit.unit == "bits" else units.count(amount)
