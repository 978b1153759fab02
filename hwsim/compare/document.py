"""compare.json: every number of a comparison under keys that outlive a version."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hwsim import __version__
from hwsim.compare.comparison import ANN_KINDS, Baselines, Comparison
from hwsim.compare.crossover import SCOPES
from hwsim.compare.pair import EXPERIMENTS, Measured, Pair
from hwsim.compare.proxy import CONVENTIONS
from hwsim.compare.sentences import conventions, sentences
from hwsim.compare.subject import Subject
from hwsim.report.spread import printed
from hwsim.report.summary import Json

SCHEMA_VERSION = 1
"""Changes when a key changes its meaning or goes away."""


def document(comparison: Comparison) -> Json:
    """The whole of compare.json as plain JSON values; docs/compare.md defines every key."""
    return {
        "schema_version": SCHEMA_VERSION,
        "hwsim_version": __version__,
        "networks": [_network(subject) for subject in comparison.subjects],
        "anns": [
            {
                "network": family[0],
                "dataset": family[1],
                "file": ann.file,
                "images": ann.images,
                "correct": ann.correct,
                "test_accuracy_percent": ann.recorded_percent,
                "nonzero_macs": printed(sum(ann.nonzero_macs, Fraction())),
            }
            for family, ann in comparison.anns.items()
        ],
        "proxies": {
            convention.name: {
                "mac_pj": printed(convention.mac_pj),
                "ac_pj": printed(convention.ac_pj),
                "source": convention.source,
            }
            for convention in CONVENTIONS
        },
        "pairs": [_pair(comparison, pair) for pair in comparison.pairs],
        "sentences": sentences(comparison),
        "conventions": conventions(comparison),
    }


def _network(subject: Subject) -> Json:
    network = subject.network
    return {
        "name": subject.name,
        "file": subject.origin.file,
        "sha256": subject.origin.sha256,
        "network": network.name,
        "dataset": network.dataset,
        "timesteps": network.timesteps,
        "trained_timesteps": subject.trained_timesteps,
        "images": subject.images,
        "correct": subject.correct,
        "test_accuracy_percent": subject.origin.test_accuracy_percent,
        "dense_macs": subject.dense_macs,
        "macs": sum(layer.macs for layer in network.layers),
        "rate": printed(subject.rate),
        "proxies": {
            convention.name: {
                "ann_pj": printed(convention.ann_pj(network)),
                "snn_pj": printed(convention.snn_pj(subject)),
                "ratio": printed(convention.ratio(subject)),
            }
            for convention in CONVENTIONS
        },
    }


def _pair(comparison: Comparison, pair: Pair) -> Json:
    arch = pair.chip.loaded.arch
    said: dict[str, Any] = {
        "network": pair.subject.name,
        "timesteps": pair.subject.network.timesteps,
        "arch": pair.chip.name,
        "arch_name": arch.name,
        "variant": arch.variant,
        "fits": pair.run is not None,
        "reason": pair.reason,
    }
    if pair.run is None:
        return said
    baselines, summary = comparison.baselines(pair), pair.run.summary
    said |= {
        "run": f"runs/{pair.run.path.name}",
        "cores_used": summary["mapping"]["cores_used"],
        "chips": summary["mapping"]["chips"],
        "exact": summary["exact"],
        "weights_modelled": summary["weights_modelled"],
    }
    said |= {e: _experiment(baselines, pair.measured[e]) for e in EXPERIMENTS}
    said["ann"] = _ann(baselines)
    return said


def _experiment(baselines: Baselines, measured: Measured) -> Json:
    return {
        "energy_pj": {
            "mean": printed(measured.energy_pj),
            "sd": measured.energy_sd_pj,
            "per_correct": printed(measured.per_correct_pj),
            "by_component": {name: printed(pj) for name, pj in measured.by_component.items()},
            "shares": {name: printed(share) for name, share in measured.shares.items()},
            "low": measured.low_pj,
            "high": measured.high_pj,
            "not_measured_share": measured.not_measured,
            "unpublished": list(measured.unpublished),
        },
        "latency_ns": measured.latency_ns,
        "initiation_interval_ns": measured.interval_ns,
        "power_mw": measured.power_mw,
        "edp_pj_s": measured.edp_pj_s,
        "memory_accesses": measured.accesses,
        "over_proxy": printed(baselines.over_proxy(measured)),
        "ann_ratio": {kind: printed(baselines.ratio(measured, kind)) for kind in ANN_KINDS},
        "break_even_rate": {
            scope: {
                kind: printed(baselines.crossover(measured.experiment, scope, kind))
                for kind in ANN_KINDS
            }
            for scope in SCOPES
        },
    }


def _ann(baselines: Baselines) -> Json | None:
    found = baselines.on_chip
    if found is None:
        return None
    return {
        "dense_pj": printed(found.dense_pj),
        "zero_skipping_pj": printed(found.zero_skipping_pj),
        "charges": [
            {
                "action": charge.action.value,
                "per_mac": printed(charge.per_mac),
                "price_pj": printed(charge.price_pj),
                "note": charge.note,
            }
            for charge in found.charges
        ],
    }
