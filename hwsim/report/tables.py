"""The terminal table of a run: made from summary.json alone, so a saved run prints the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwsim import units
from hwsim.report.summary import Json, free_components
from hwsim.report.text import Row, columns, wrapped

EXPERIMENTS = ("single", "stream")
_MEMORY_GROUPS = (
    ("state across timesteps (membrane)", "membrane"),
    ("sums within a timestep (accumulator)", "accumulator"),
    ("buffers and DRAM", "buffer spad dram"),
    ("weights and constants", None),
)
_COUNTS = {
    "spikes": "spikes",
    "packets": "packets",
    "packet_hops": "packet hops",
    "synops": "synops (edge-correct)",
    "synops_dense": "synops_dense (papers)",
    "macs": "MACs (first layer)",
    "neuron_updates": "neuron updates",
}


def run_table(summary: Json, styled: bool = False) -> str:
    """The result for a person; `styled` sets headings in bold for a terminal."""
    sections = [
        ("", _header(summary)),
        ("", _headlines(summary)),
        ("Energy by component", _energy(summary, "by_component")),
        ("Energy by layer", _energy(summary, "by_layer")),
        ("Memory accesses per image", _memories(summary)),
        ("Work and traffic per image", _counts(summary)),
        ("What limits it", _bottlenecks(summary)),
        ("How sure", _trust(summary)),
    ]
    lines: list[str] = []
    for title, body in sections:
        if lines:
            lines.append("")
        if title:
            lines.append(f"\033[1m{title}\033[0m" if styled else title)
        lines += body
    return "\n".join(lines) + "\n"


def headlines(summary: Json) -> str:
    """What it is, and times and energies."""
    return "\n".join([*_header(summary), "", *_headlines(summary)])


def _header(s: Json) -> list[str]:
    checkpoint, arch, mapping = s["checkpoint"], s["arch"], s["mapping"]
    variant = f" ({arch['variant']})" if arch["variant"] else ""
    images = f"{s['images']} image{'s' if s['images'] != 1 else ''}"
    correct = "" if s["correct"] is None else f", {s['correct']} classified correctly"
    accuracy = checkpoint["test_accuracy_percent"]
    known = "unknown" if accuracy is None else f"{units.plain(accuracy)} %"
    text = [
        f"{checkpoint['file']}: {checkpoint['network']} for {checkpoint['dataset']}, "
        f"T = {s['timesteps']}, {checkpoint['weight_bits']}-bit weights, "
        f"test accuracy {known}",
        f"on {arch['name']}{variant}: {mapping['cores_used']} cores on {mapping['chips']} "
        f"chip{'s' if mapping['chips'] != 1 else ''} ({mapping['strategy']}; "
        + ", ".join(
            f"{name.replace('_', ' ')} {units.percent(share)} full"
            for name, share in mapping["utilisation"].items()
        )
        + ")",
        f"{images}{correct}; {s['schedule']}, transport {s['transport']}"
        + ("" if s["exact"] else " (not exact: see the notes)"),
    ]
    return [line for paragraph in text for line in wrapped(paragraph, indent=0)]


def _headlines(s: Json) -> list[str]:
    def both(name: str, scale: Callable[[Any], str], get: Callable[[Json], Any]) -> Row:
        return (name, *(scale(get(s[e])) for e in EXPERIMENTS))

    def spread(values: Json | None) -> str:
        if values is None:
            return units.UNKNOWN
        sd = "" if values["sd"] is None else f" +- {units.time(values['sd'], 2)}"
        return units.time(values["mean"]) + sd

    rows = [
        both("latency", spread, lambda e: e["latency_ns"]),
        both("initiation interval", spread, lambda e: e.get("initiation_interval_ns")),
        both("throughput", units.rate, lambda e: e.get("throughput_images_per_s")),
        both("energy", units.energy, lambda e: e["energy_pj"]["total"]),
        both("  dynamic", units.energy, lambda e: e["energy_pj"]["dynamic"]),
        both("  leakage", units.energy, lambda e: e["energy_pj"]["leakage"]),
        both("power", units.power, lambda e: e["power_mw"]),
        both("energy x latency", units.energy_delay, lambda e: e["edp_pj_s"]),
    ]
    return columns(rows, ("per image", "single", "stream"), indent=0)


def _energy(s: Json, key: str) -> list[str]:
    totals = [s[e]["energy_pj"]["total"] for e in EXPERIMENTS]
    rows = []
    free = free_components(s) if key == "by_component" else []
    for name in s["single"]["energy_pj"][key]:
        if name in free:
            continue
        cells = []
        for experiment, total in zip(EXPERIMENTS, totals, strict=True):
            pj = s[experiment]["energy_pj"][key][name]
            cells += [units.energy(pj), units.percent(pj / total if total else None)]
        rows.append((name, *cells))
    if key == "by_component":
        rows.sort(key=lambda row: -s["single"]["energy_pj"][key][row[0]])
    lines = columns(rows, ("", "single", "share", "stream", "share"))
    if free:
        said = "no energy of their own (priced inside others, unpublished or never done)"
        lines += wrapped(f"{said}: {', '.join(free)}")
    return lines


def _memories(s: Json) -> list[str]:
    rows: list[Row] = []
    single, stream = (s[e]["memory_accesses"] for e in EXPERIMENTS)
    grouped = {word for _, words in _MEMORY_GROUPS if words for word in words.split()}
    for title, words in _MEMORY_GROUPS:
        own = [n for n in single if _of_group(n.split(".")[0], words, grouped)]
        if own:
            rows.append((title, "", "", "", ""))
        for name in own:
            cells = [
                scale(accesses[name][field])
                for accesses in (single, stream)
                for field, scale in (("count", units.count), ("bits", units.bits))
            ]
            rows.append((f"  {name}", *cells))
    lines = columns(rows, ("", "single", "bits", "stream", "bits"))
    for name, title in (
        ("membrane", "state across timesteps"),
        ("accumulator", "sums within a timestep"),
    ):
        if name not in s["memory_capacity"]:
            continue
        held = s["memory_capacity"][name]
        text = f"{title}: {units.capacity(held['needed_bits'])} needed"
        if held["offered_bits"] is not None:
            text += f", {units.capacity(held['offered_bits'])} of {name} memory on the cores used"
        lines += wrapped(text)
    return lines


def _of_group(component: str, words: str | None, grouped: set[str]) -> bool:
    return component not in grouped if words is None else component in words.split()


def _counts(s: Json) -> list[str]:
    rows = [
        (title, *(units.count(s[e]["counts"][name]) for e in EXPERIMENTS))
        for name, title in _COUNTS.items()
    ]
    return columns(rows, ("", "single", "stream"))


def _bottlenecks(s: Json) -> list[str]:
    lines = []
    for experiment in EXPERIMENTS:
        limits = s[experiment]["bottleneck"]
        core, link = limits["core"], limits["link"]
        parts = []
        if core is not None:
            parts.append(
                f"core {core['core']} ({core['layer']}), {core['server']} busy "
                f"{units.time(core['busy_ns'])} an image, {units.percent(core['share'])} of the "
                "time"
            )
        if link is not None:
            parts.append(
                f"link {link['direction']} of tile ({link['tile_x']}, {link['tile_y']}), "
                f"{units.count(link['packets'])} packets, {units.percent(link['share'])} of the "
                f"time, longest queue {link['max_queue']}"
            )
        scans, absorptions = limits["steps_ended_by_scan"], limits["steps_ended_by_absorption"]
        steps = f"{scans} steps"
        if absorptions:
            steps = f"of {scans + absorptions} steps {scans} end with a scan, "
            steps += f"{absorptions} with an absorption"
        parts.append(f"{steps}; barriers are {units.percent(limits['barrier_share'])} of the time")
        lines += [line for part in parts for line in wrapped(f"{experiment}: {part}")]
    return lines


def _trust(s: Json) -> list[str]:
    lines = []
    for experiment in EXPERIMENTS:
        shares = s[experiment]["energy_pj"]["evidence_shares"]
        sure = s[experiment]["energy_pj"]["confidence"]
        said = ", ".join(f"{name} {units.percent(share)}" for name, share in shares.items())
        soft, no_low, no_high = (
            units.percent(sure[name]) for name in ("not_measured", "without_low", "without_high")
        )
        low, high = units.energy(sure["low"]), units.energy(sure["high"])
        lines += wrapped(
            f"{experiment}: {soft} of the energy rests on derived, assumed or projected numbers "
            f"({said})"
        )
        lines += wrapped(
            f"{experiment}: {low} to {high} with the bounds that the table states; {no_low} of the "
            f"energy has no lower bound, {no_high} no upper one"
        )
    missing = s["single"]["energy_pj"]["unpublished"]
    if missing:
        lines += wrapped(f"unpublished, not in the totals: {', '.join(missing)}")
    for note in s["assumptions"]:
        lines += wrapped(f"- {note}")
    return lines
