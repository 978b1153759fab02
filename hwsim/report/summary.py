"""summary.json: the headline numbers under keys that outlive a version.

docs/results-format.md defines every key. Numbers are means per image, exact until here.
"""

from __future__ import annotations

from dataclasses import asdict
from fractions import Fraction
from typing import Any

from hwsim import __version__
from hwsim.activity import derived_counts
from hwsim.chip.kinds import kind_of
from hwsim.energy import Energy, Picojoules
from hwsim.report.assumptions import assumptions
from hwsim.report.busy import busiest_core, busiest_link, step_ends
from hwsim.report.confidence import confidence
from hwsim.report.manifest import SCHEMA_VERSION
from hwsim.report.overflows import overflowing
from hwsim.report.spread import Spread, printed
from hwsim.result import Outcome, Run

Json = dict[str, Any]


def summary(run: Run) -> Json:
    """The whole of summary.json as plain JSON values."""
    arch, network = run.arch.arch, run.network
    memories = kind_of(arch).capacities(network, run.mapping, arch)
    accuracy = run.origin.test_accuracy_percent if run.weights_modelled else None
    return {
        "schema_version": SCHEMA_VERSION,
        "hwsim_version": __version__,
        "images": run.images,
        "correct": run.correct,
        "timesteps": network.timesteps,
        "transport": run.transport,
        "exact": run.exact,
        "weights_modelled": run.weights_modelled,
        "schedule": arch.timestep.semantics,
        "seed": run.seed,
        "checkpoint": {
            "file": run.origin.file,
            "sha256": run.origin.sha256,
            "network": network.name,
            "dataset": network.dataset,
            "test_accuracy_percent": accuracy,
            "weight_bits": network.weight_bits,
        },
        "arch": {"name": arch.name, "variant": arch.variant, "sha256": run.arch.sha256},
        "single": _single(run),
        "stream": _stream(run),
        "mapping": {
            "cores_used": run.fit.cores_used,
            "chips": run.mapping.chips_used,
            "utilisation": _utilisation(run),
            "strategy": run.mapping.strategy,
        },
        "memory_capacity": {name: asdict(memory) for name, memory in memories.items()},
        "assumptions": assumptions(run),
    }


def free_components(summary: Json) -> list[str]:
    """Components without energy of their own: priced inside others, unpublished or never used."""
    parts = [summary[e]["energy_pj"]["by_component"] for e in ("single", "stream")]
    return [name for name in parts[0] if not any(part[name] for part in parts)]


def _single(run: Run) -> Json:
    timing = run.single.timing
    latency = _ns(timing.latency_ps)
    return {
        "latency_ns": _spread(latency),
        **_power(run.single, latency.mean, latency.mean),
        **_what_happened(run, run.single),
    }


def _stream(run: Run) -> Json:
    timing = run.stream.timing
    latency, interval = _ns(timing.latency_ps), _ns(timing.interval_ps)
    throughput = 1_000_000_000 / interval.mean if interval.mean else None
    return {
        "latency_ns": _spread(latency),
        "initiation_interval_ns": _spread(interval),
        "throughput_images_per_s": printed(throughput),
        **_power(run.stream, interval.mean, latency.mean),
        **_what_happened(run, run.stream),
    }


def _power(outcome: Outcome, time_ns: Fraction, latency_ns: Fraction) -> Json:
    """pJ / ns is mW; the delay of the energy-delay product is the latency in both experiments."""
    total = outcome.energy.total.mean
    return {
        "power_mw": printed(total / time_ns if time_ns else None),
        "edp_pj_s": printed(total * latency_ns / 1_000_000_000),
    }


def _what_happened(run: Run, outcome: Outcome) -> Json:
    counts = derived_counts(outcome.activity, run.dense_synops, run.arch.arch)
    return {
        "energy_pj": _energy(outcome.energy),
        "counts": {
            name: printed(Spread.of(map(int, values)).mean) for name, values in counts.items()
        },
        "memory_accesses": _accesses(run, outcome),
        "bottleneck": _bottleneck(run, outcome),
        "overflows": [asdict(kind) for kind in overflowing(outcome.timing)],
    }


def _energy(energy: Energy) -> Json:
    def means(parts: dict[str, Picojoules]) -> Json:
        return {name: printed(part.mean) for name, part in parts.items()}

    return {
        "total": printed(energy.total.mean),
        "sd": printed(energy.total.sd),
        "dynamic": printed(energy.dynamic.mean),
        "leakage": printed(energy.leakage.mean),
        "by_component": means(energy.by_component),
        "by_layer": means(energy.by_layer),
        "unpublished": list(energy.unpublished),
        "evidence_shares": {name: printed(s) for name, s in energy.evidence_shares.items()},
        "confidence": {name: printed(v) for name, v in asdict(confidence(energy)).items()},
    }


def _accesses(run: Run, outcome: Outcome) -> Json:
    accesses = {}
    for action in run.memories:
        mean = Spread.of(map(int, outcome.activity.per_image(action))).mean
        word = run.arch.arch.word_bits(action)
        accesses[action.value] = {
            "count": printed(mean),
            "bits": printed(mean * word),
            "word_bits": word,
        }
    return accesses


def _bottleneck(run: Run, outcome: Outcome) -> Json:
    timing = outcome.timing
    core, link = busiest_core(timing, run.mapping), busiest_link(timing, run.mapping)
    ends = step_ends(timing)
    return {
        "core": core
        and {
            "core": core.core,
            "layer": run.network.layers[core.layer].name,
            "server": core.server,
            "busy_ns": printed(core.busy_ns),
            "share": printed(core.share),
        },
        "link": link
        and {
            "tile_x": link.tile_x,
            "tile_y": link.tile_y,
            "direction": link.direction,
            "packets": printed(link.packets),
            "busy_ns": printed(link.busy_ns),
            "share": printed(link.share),
            "max_queue": link.max_queue,
        },
        "steps_ended_by_scan": ends.scan,
        "steps_ended_by_absorption": ends.absorption,
        "barrier_share": printed(ends.barrier_share),
    }


def _utilisation(run: Run) -> Json:
    return {name: printed(share) for name, share in run.fit.utilisation.items()}


def _ns(picoseconds: Any) -> Spread:
    return Spread.of(Fraction(int(ps), 1000) for ps in picoseconds)


def _spread(values: Spread) -> Json:
    return {
        "mean": printed(values.mean),
        "sd": printed(values.sd),
        "min": printed(values.low),
        "max": printed(values.high),
    }
