"""The headline numbers: one group of cards for each experiment, never mixed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hwsim.energy import LEAKAGE
from hwsim.report.html import show
from hwsim.report.summary import Json


@dataclass(frozen=True)
class Card:
    """A number, what it is and what to know about it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Group:
    """Cards that belong together."""

    name: str
    meaning: str
    cards: tuple[Card, ...]


def groups(s: Json) -> tuple[Group, ...]:
    """`single`, `stream`, and what they share."""
    return (
        Group("single", "one image alone on the chip", _single(s["single"])),
        Group("stream", "images back to back", _stream(s)),
        Group("network and chip", "the same in both", _common(s)),
    )


def _single(e: Json) -> tuple[Card, ...]:
    latency, energy = e["latency_ns"], e["energy_pj"]
    return (
        Card("Latency", show.time(latency["mean"]), _spread(show.time(latency["sd"], 2), latency)),
        Card(
            "Energy of an image",
            show.energy(energy["total"]),
            _spread(show.energy(energy["sd"], 2), energy),
        ),
        Card("Power", show.power(e["power_mw"]), _leaking(e)),
        Card("Energy \N{MULTIPLICATION SIGN} latency", show.energy_delay(e["edp_pj_s"])),
    )


def _stream(s: Json) -> tuple[Card, ...]:
    e = s["stream"]
    energy = e["energy_pj"]
    interval = e["initiation_interval_ns"]["mean"]
    return (
        Card(
            "Throughput", show.rate(e["throughput_images_per_s"]), f"one in {show.time(interval)}"
        ),
        Card(
            "Energy of an image",
            show.energy(energy["total"]),
            _spread(show.energy(energy["sd"], 2), energy),
        ),
        Card("Power", show.power(e["power_mw"]), _leaking(e)),
        Card("Latency", show.time(e["latency_ns"]["mean"]), "from first step to readout"),
    )


def _common(s: Json) -> tuple[Card, ...]:
    accuracy, held = s["checkpoint"]["test_accuracy_percent"], s["memory_capacity"]
    correct = "" if s["correct"] is None else f"{s['correct']} of {s['images']} images here"
    chips, membrane = s["mapping"]["chips"], held.get("membrane")
    cards = [
        Card(
            "Test accuracy",
            "\N{EN DASH}" if accuracy is None else f"{show.plain(accuracy)} %",
            correct,
        ),
        Card(
            "Cores",
            show.count(s["mapping"]["cores_used"]),
            f"on {chips} real chip{'' if chips == 1 else 's'}",
        ),
    ]
    if membrane:
        needed = show.capacity(membrane["needed_bits"])
        offered = membrane["offered_bits"]
        note = "" if offered is None else f"{show.capacity(offered)} on the cores used"
        cards.append(Card("State across timesteps", needed, note))
    soft = s["single"]["counts"]
    note = f"{show.count(soft['synops'])} synops" if soft["synops"] else ""
    cards.append(Card("Spikes of an image", show.count(soft["spikes"]), note))
    return tuple(cards)


def _spread(sd: str, values: dict[str, Any]) -> str:
    return f"\N{PLUS-MINUS SIGN} {sd} over images" if values["sd"] is not None else ""


def _leaking(e: Json) -> str:
    energy = e["energy_pj"]
    if LEAKAGE in energy["unpublished"]:
        return "without leakage, which is unpublished"
    if not energy["total"]:
        return ""
    return f"{show.percent(energy['leakage'] / energy['total'])} of it leakage"
