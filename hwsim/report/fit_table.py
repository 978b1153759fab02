"""What `hwsim check` prints: the fit of a network, layer by layer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from hwsim import units
from hwsim.mapping.fit import Fit
from hwsim.network.graph import Network
from hwsim.report.text import Row, columns


def fit_json(network: Network, fit: Fit) -> dict[str, Any]:
    """The fit as plain JSON values."""
    return {
        "network": network.name,
        "timesteps": network.timesteps,
        "fits": fit.fits,
        "cores_used": fit.cores_used,
        "mesh_cores": fit.mesh_cores,
        "chips": fit.chips,
        "strategy": fit.strategy,
        "utilisation": fit.utilisation,
        "limits": asdict(fit.limits),
        "layers": [asdict(layer) for layer in fit.layers],
        "missing": [asdict(shortage) for shortage in fit.missing],
    }


def fit_rows(fit: Fit) -> tuple[Row, list[Row]]:
    """Header and rows: what the fullest core of each layer uses, and last what a core has."""
    limits = fit.limits
    rows = [
        (
            layer.name,
            str(layer.cores),
            " x ".join(map(str, layer.block)),
            units.count(layer.neurons),
            units.capacity(layer.synapse_bits),
            units.count(layer.axons_in),
            units.count(layer.axons_out),
            units.count(layer.synops),
        )
        for layer in fit.layers
    ]
    rows.append(
        (
            "a core has",
            "",
            "",
            units.count(limits.neurons),
            units.capacity(limits.synapse_bits),
            units.count(limits.axons_in),
            units.count(limits.axons_out),
            "",
        )
    )
    header = (
        "layer",
        "cores",
        "rows x cols x ch",
        "neurons",
        "synapses",
        "axons in",
        "out",
        "synops",
    )
    return header, list(rows)


def fit_table(network: Network, fit: Fit) -> str:
    """The fit for a person: each layer's cores and what its fullest core uses."""
    header, rows = fit_rows(fit)
    verdict = "fits" if fit.fits else "does not fit"
    lines = [
        f"{network.name} for {network.dataset}, T = {network.timesteps}: {verdict}; "
        f"{fit.cores_used} of {fit.mesh_cores} cores on {fit.chips} chips, {fit.strategy}",
        f"neuron places used {units.percent(fit.utilisation['neurons'])}, "
        f"synapse memory {units.percent(fit.utilisation['synapse_memory'])} of those cores",
        "",
        "The fullest core of each layer, and the synaptic operations of its busiest one when every",
        "input spikes once:",
        *columns(rows, header),
    ]
    return "\n".join(lines) + "\n"
