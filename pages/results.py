"""compare.json of the paper's comparison, as tables and sentences of a page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from hwsim import units
from pages.paths import FIGURES, NETWORK
from pages.table import table

Json = dict[str, Any]
MAIN_CHIPS = ("loihi_like", "loihi_like:sanafe_nahuku", "systolic_sata")
"""Those of README's table against T; the gallery has all."""


Family = tuple[str, str]


def family(network: Json) -> Family:
    """What networks have in common that differ in T alone."""
    return network["network"], network["dataset"]


@dataclass(frozen=True)
class Results:
    """The numbers behind the pages."""

    said: Json

    @classmethod
    def read(cls, folder: Path = FIGURES) -> Results:
        """Those that are kept with the figures."""
        return cls(json.loads((folder / "compare.json").read_text()))

    @cached_property
    def networks(self) -> list[Json]:
        """Those that differ in T alone, by falling T: of the data set that has the most of it."""
        found = (n for n in self.said["networks"] if family(n) == self.family)
        return sorted(found, key=lambda n: -int(n["timesteps"]))

    @cached_property
    def family(self) -> Family:
        """Network and data set of `networks`."""
        longest = max(self.said["networks"], key=lambda n: int(n["timesteps"]))
        return family(longest)

    @cached_property
    def others(self) -> list[Json]:
        """The networks of other data sets."""
        return [n for n in self.said["networks"] if family(n) != self.family]

    @property
    def chips(self) -> list[str]:
        """In the order of the comparison."""
        return list(dict.fromkeys(pair["arch"] for pair in self.said["pairs"]))

    def pair(self, network: Json, chip: str) -> Json:
        """One network on one chip."""
        (found,) = (
            p for p in self.said["pairs"] if (p["network"], p["arch"]) == (network["name"], chip)
        )
        return dict(found)

    def fitting(self, chip: str) -> list[tuple[Json, Json]]:
        """(network, pair) of what runs on a chip, by falling T."""
        pairs = [(network, self.pair(network, chip)) for network in self.networks]
        return [(network, pair) for network, pair in pairs if pair["fits"]]


def blocks(results: Results) -> dict[str, str]:
    """Name -> text of every block that quotes the comparison."""
    (shipped,) = (n for n in results.networks if n["file"] == NETWORK.name)
    return {
        "accuracy": accuracy(shipped),
        "networks-on-chips": by_timesteps(
            results, results.networks, [c for c in results.chips if c in MAIN_CHIPS]
        ),
        "all-networks-on-chips": by_timesteps(results, results.networks, results.chips),
        "other-networks-on-chips": by_timesteps(results, results.others, results.chips),
        "chips": _chips(results),
        "story": _listed(filter(None, (story(results, chip) for chip in results.chips))),
        "verdicts": _listed(
            s for s in results.said["sentences"] if s.startswith(f"{results.networks[-1]['name']} ")
        ),
    }


def accuracy(network: Json) -> str:
    """As the checkpoint records it."""
    known = network["test_accuracy_percent"]
    return units.UNKNOWN if known is None else f"{known:.2f} %"


def state(pair: Json) -> str:
    """Words of state across timesteps that an image of a stream touches; unknown where no memory
    of the chip holds it alone."""
    found = words(pair["stream"], "membrane.")
    return units.count(found) if found else units.UNKNOWN


def words(experiment: Json, component: str = "") -> float:
    """Memory words that an image touches, of one component or of all."""
    found = experiment["memory_accesses"].items()
    return sum(float(v["count"]) for name, v in found if name.startswith(component))


_TIMESTEPS = (
    *("chip", "T", "accuracy", "R", "latency, alone", "interval, stream", "energy, alone"),
    *("energy, stream", "state words", "all words", "proxy's ratio", "ANN / SNN"),
)


def by_timesteps(results: Results, networks: list[Json], chips: list[str]) -> str:
    """Every one of `networks` on `chips`."""
    rows = []
    for chip in chips:
        for network in networks:
            pair = results.pair(network, chip)
            known = accuracy(network) if pair.get("weights_modelled") else units.UNKNOWN
            start = (f"`{chip}`", str(network["timesteps"]), known)
            rate = units.percent(network["rate"])
            if not pair["fits"]:
                rows.append((*start, rate, "does not fit", *[""] * (len(_TIMESTEPS) - 5)))
                continue
            single, stream = pair["single"], pair["stream"]
            rows.append(
                (
                    *(*start, rate, units.time(single["latency_ns"]["mean"])),
                    units.time(stream["initiation_interval_ns"]["mean"]),
                    units.energy(single["energy_pj"]["mean"]),
                    units.energy(stream["energy_pj"]["mean"]),
                    *(state(pair), units.count(words(stream))),
                    units.plain(network["proxies"]["float32"]["ratio"], 3),
                    units.plain(_ann_ratio(stream), 3),
                )
            )
    return units.micro(table(_TIMESTEPS, rows))


def _ann_ratio(stream: Json) -> float | None:
    """The ANN that skips zeros where one ships, else the dense one."""
    ratio = stream["ann_ratio"]
    found = ratio["zero_skipping"] if ratio["zero_skipping"] is not None else ratio["dense"]
    return None if found is None else float(found)


_CHIPS = (
    *("chip", "T", "cores", "latency, alone", "interval, stream", "energy, alone"),
    *("energy, stream", "power, stream", "not measured", "unpublished"),
)


def _chips(results: Results) -> str:
    """Every chip with the fewest timesteps that run on it."""
    rows = []
    for chip in results.chips:
        ran = results.fitting(chip)
        if not ran:
            rows.append((f"`{chip}`", "", "does not fit", *[""] * (len(_CHIPS) - 3)))
            continue
        network, pair = ran[-1]
        single, stream = pair["single"], pair["stream"]
        rows.append(
            (
                *(f"`{chip}`", str(network["timesteps"]), str(pair["cores_used"])),
                units.time(single["latency_ns"]["mean"]),
                units.time(stream["initiation_interval_ns"]["mean"]),
                units.energy(single["energy_pj"]["mean"]),
                units.energy(stream["energy_pj"]["mean"]),
                units.power(stream["power_mw"]),
                units.percent(stream["energy_pj"]["not_measured_share"]),
                ", ".join(f"`{name}`" for name in stream["energy_pj"]["unpublished"]) or "none",
            )
        )
    return units.micro(table(_CHIPS, rows))


def story(results: Results, chip: str) -> str | None:
    """What the largest T takes over the smallest on a chip; None where only one ran."""
    ran = results.fitting(chip)
    if len(ran) < 2:
        return None
    (first, long), (last, short) = ran[0], ran[-1]

    def times(*path: str) -> str:
        a: Any = long
        b: Any = short
        for key in path:
            a, b = a[key], b[key]
        return units.plain(a / b, 3) if b else units.UNKNOWN

    known = units.UNKNOWN not in (state(long), state(short))
    touched = f"words of state {state(long)} against {state(short)}; " if known else ""
    return (
        f"On `{chip}` an image takes, at T = {first['timesteps']} over T = {last['timesteps']}, "
        f"{times('single', 'latency_ns', 'mean')} times the latency and "
        f"{times('single', 'energy_pj', 'mean')} times the energy alone, "
        f"{times('stream', 'initiation_interval_ns', 'mean')} times the interval and "
        f"{times('stream', 'energy_pj', 'mean')} times the energy in a stream; {touched}"
        f"{_accuracies(first, last, long)}."
    )


def _accuracies(first: Json, last: Json, pair: Json) -> str:
    if not pair["weights_modelled"]:
        return "these cores cannot execute the weights, so no accuracy is claimed"
    return f"accuracy {accuracy(first)} against {accuracy(last)}"


def _listed(sentences: Any) -> str:
    return "\n".join(f"- {units.micro(sentence)}" for sentence in sentences) or "(one T ships)"
