"""What went into two runs and is not the same, and what each such input can move."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from hwsim.arch.quantity import FORMATS
from hwsim.report.why.run_folder import RunFolder

Moves = Literal["counts", "times", "prices"]

EVERYTHING: frozenset[Moves] = frozenset({"counts", "times", "prices"})
NOT_PRICES: frozenset[Moves] = frozenset({"counts", "times"})
TIMES: frozenset[Moves] = frozenset({"times"})
PRICES: frozenset[Moves] = frozenset({"prices"})
NOTHING: frozenset[Moves] = frozenset()

_ONLY_TIMES = (
    *("time_ns", "timestep.barrier_ns", "timestep.tick_us", "timestep.tick_min_us"),
    *("timestep.overlap_fraction", "timestep.overlap_timesteps", "timestep.ends_in_order"),
    *("clock_mhz", "router.service_ns"),
    *("router.fifo_depth", "axon_in.depth", "axon_out.depth", "membrane.ports"),
    *("membrane.access_ns", "synapse.parallel"),
)
"""Fields of an architecture that say how long things take, never how often they happen."""
_ONLY_PRICES = ("energy_pj", "leakage_uw_per_core")
_WORDS = ("source", "evidence", "note", "low", "high")
"""Keys of an entry that change no mean."""
_NAMES = ("name", "variant", "projection", "node_nm", "voltage_v", "schema_version", "area_um2")
"""Fields that are said of a chip and used in nothing."""


@dataclass(frozen=True)
class Change:
    """One input that differs: its values in A and in B (None: not there) and what it can move;
    `follows` where it is no input of its own but the result of others."""

    name: str
    a: object
    b: object
    moves: frozenset[Moves]
    follows: bool = False


def changes(a: RunFolder, b: RunFolder) -> list[Change]:
    """All that differs, the checkpoint first, then the images, the architecture field by field,
    the mapping and the rest."""
    ours, theirs = a.manifest["inputs"], b.manifest["inputs"]
    found = list(_network(ours, theirs))
    found += _images(a, b, bool(found))
    found += _fields(a.config, b.config)
    found += _mapping(a, b, bool(found))
    for name, moves in (
        ("transport", TIMES),
        ("seed", NOTHING),
        ("hwsim_version", EVERYTHING),
    ):
        if ours[name] != theirs[name]:
            found.append(Change(name, ours[name], theirs[name], moves))
    return found


def _network(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[Change]:
    """The checkpoint by its hash; of one checkpoint, the timesteps that ran."""
    mine, other = ours["checkpoint"], theirs["checkpoint"]
    if mine["sha256"] != other["sha256"]:
        was, now = (f"{x['file']} ({x['sha256'][:8]})" for x in (mine, other))
        yield Change("checkpoint", was, now, NOT_PRICES)
    for key in ("name", "timesteps"):
        if ours["network"][key] != theirs["network"][key]:
            was, now = ours["network"][key], theirs["network"][key]
            yield Change(f"network.{key}", was, now, NOT_PRICES, mine != other)
    alike = all(ours["network"][key] == theirs["network"][key] for key in ("name", "timesteps"))
    if mine == other and alike and ours["network"]["sha256"] != theirs["network"]["sha256"]:
        was, now = (x["network"]["sha256"][:8] for x in (ours, theirs))
        yield Change("network", was, now, NOT_PRICES)


def _images(a: RunFolder, b: RunFolder, other_network: bool) -> list[Change]:
    """The images' hash covers what the network made of them: under another network only their
    source, number and labels tell."""
    mine, other = a.manifest["inputs"]["images"], b.manifest["inputs"]["images"]
    said = [f"{x['count']}: {x['source']}" for x in (mine, other)]
    labels = [[image.label for image in run.images] for run in (a, b)]
    alike = said[0] == said[1] and labels[0] == labels[1]
    if alike and (other_network or mine["sha256"] == other["sha256"]):
        return []
    if said[0] == said[1]:
        said = [f"{text} ({x['sha256'][:8]})" for text, x in zip(said, (mine, other), strict=True)]
    return [Change("images", said[0], said[1], NOT_PRICES)]


def _fields(mine: Mapping[str, Any], other: Mapping[str, Any]) -> list[Change]:
    """The resolved architectures, by dotted path."""
    ours, theirs = dict(_leaves(mine)), dict(_leaves(other))
    return [
        Change(f"arch.{path}", ours.get(path), theirs.get(path), _moved(path))
        for path in dict.fromkeys([*ours, *theirs])
        if ours.get(path) != theirs.get(path)
    ]


def _leaves(node: object, path: str = "") -> Iterator[tuple[str, object]]:
    """An entry is `path` for what it says and `path.source`, ... for the words beside it."""
    if not isinstance(node, Mapping):
        yield path, node
        return
    if "included_in" in node:
        yield path, f"in {', '.join(node['included_in'])}"
    elif set(node) & set(FORMATS):
        yield path, ", ".join(f"{name} {_value(one)}" for name, one in node.items())
    for name, below in node.items():
        if name == "value":
            yield path, below
        elif name in FORMATS:
            yield from ((at, w) for at, w in _leaves(below, f"{path}.{name}") if _is_word(at))
        elif name != "included_in":
            yield from _leaves(below, f"{path}.{name}".lstrip("."))


def _value(entry: object) -> object:
    return entry["value"] if isinstance(entry, Mapping) else entry


def _is_word(path: str) -> bool:
    return path.rpartition(".")[2] in _WORDS


def _moved(path: str) -> frozenset[Moves]:
    if _is_word(path) or _below(path, _NAMES):
        return NOTHING
    if _below(path, _ONLY_PRICES):
        return PRICES
    if _below(path, _ONLY_TIMES):
        return TIMES
    return NOT_PRICES


def _below(path: str, fields: tuple[str, ...]) -> bool:
    return any(path == field or path.startswith(f"{field}.") for field in fields)


def _mapping(a: RunFolder, b: RunFolder, others: bool) -> list[Change]:
    """An input of its own where a file gave it; else it follows from network and architecture."""
    mine, other = a.manifest["inputs"]["mapping"], b.manifest["inputs"]["mapping"]
    if mine["sha256"] == other["sha256"]:
        return []
    given = any(x.manifest["inputs"]["mapping"]["strategy"] != _mapper(x) for x in (a, b))
    was, now = (
        f"{x.summary['mapping']['cores_used']} cores ({m['strategy']}, {m['sha256'][:8]})"
        for x, m in ((a, mine), (b, other))
    )
    return [Change("mapping", was, now, NOT_PRICES, others and not given)]


def _mapper(folder: RunFolder) -> object:
    return folder.config["core"].get("mapper")
