"""meta.json: what a trace is, and which shards it has (docs/trace-format.md)."""

from __future__ import annotations

import hashlib
import json
import math
import re
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

from hwsim.errors import InvalidInput
from hwsim.network.graph import Network
from hwsim.trace.fields import field_problems, unknown_problems, value_problems
from hwsim.trace.layout import array_specs
from hwsim.trace.store import Origin

FORMAT = "hwsim-trace"
FORMAT_VERSION = 1
META = "meta.json"
IMAGES_PER_SHARD = 256

_CONVENTIONS = {"bit_order": "little", "byte_order": "little", "neuron_order": "y,x,channel"}
_FREE = ("writer", "notes")
_FIELDS = (
    *("format", "format_version", *_FREE, *_CONVENTIONS, "network", "origin", "images"),
    *("images_per_shard", "arrays", "shards"),
)
_NAME = re.compile(r"[A-Za-z0-9_.\-]{1,64}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Shard:
    """One shard file: its images, its sha256, and the spikes of each spiking layer in it."""

    file: str
    images: int
    sha256: str
    spikes: tuple[int, ...]


@dataclass(frozen=True)
class Meta:
    """The content of meta.json."""

    network: Network
    origin: Origin
    images_per_shard: int
    shards: tuple[Shard, ...]

    @property
    def images(self) -> int:
        """Images of the whole trace."""
        return sum(shard.images for shard in self.shards)

    @property
    def spikes(self) -> tuple[int, ...]:
        """Spikes of each spiking layer, over all images and timesteps."""
        layers = range(len(self.network.spiking_layers))
        return tuple(sum(shard.spikes[layer] for shard in self.shards) for layer in layers)

    def to_bytes(self) -> bytes:
        """The file: the same trace gives the same bytes."""
        data = {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "writer": "hwsim",
            **_CONVENTIONS,
            "network": self.network.to_dict(),
            "origin": asdict(self.origin),
            "images": self.images,
            "images_per_shard": self.images_per_shard,
            "arrays": _arrays(self.network),
            "shards": [asdict(shard) for shard in self.shards],
        }
        return (json.dumps(data, indent=1, allow_nan=False) + "\n").encode()


def shard_file(index: int) -> str:
    """The file name of shard `index`."""
    return f"shard-{index:05d}.npz"


def network_problems(network: Network) -> list[str]:
    """Why no trace can be of `network`: no spikes, or names that cannot be keys of a shard."""
    silent = [f"{network.name} is an ANN, which has no spikes"] if network.analog else []
    return silent + [
        f"layer name {layer.name!r}: use 1 to 64 of A-Z a-z 0-9 _ . -"
        for layer in network.layers
        if not _NAME.fullmatch(layer.name)
    ]


def parse_meta(data: bytes, where: str) -> Meta:
    """The meta.json with these bytes; `where` is its path for messages.

    Raises InvalidInput with everything that is wrong, one problem a line.
    """
    content = _parse_json(data, where)
    problems = _version_problems(content) or _problems(content)
    if not problems:
        network = Network.from_dict(content["network"])
        origin = Origin(**content["origin"])
        shards = tuple(
            Shard(s["file"], s["images"], s["sha256"], tuple(s["spikes"]))
            for s in content["shards"]
        )
        meta = Meta(network, origin, content["images_per_shard"], shards)
        problems = _consistency_problems(content, meta)
        if not problems:
            return meta
    raise InvalidInput("\n".join(f"{where}: {problem}" for problem in problems))


def digest(data: bytes) -> str:
    """sha256 of a meta.json: since it holds the hash of every shard, that of the trace."""
    return hashlib.sha256(data).hexdigest()


def _arrays(network: Network) -> dict[str, Any]:
    return {spec.key: spec.to_dict() for spec in array_specs(network)}


def _parse_json(data: bytes, where: str) -> dict[str, Any]:
    def constant(text: str) -> NoReturn:
        raise ValueError(f"{text} is not JSON")

    def integer(text: str) -> int:
        if len(text) > 18:
            raise ValueError(f"{text[:18]}...: an integer has at most 18 digits")
        return int(text)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        content = dict(pairs)
        if len(content) != len(pairs):
            names = [name for name, _ in pairs]
            raise ValueError(f"{next(n for n in names if names.count(n) > 1)}: given twice")
        return content

    try:
        text = data.decode("utf-8")
        content = json.loads(
            text, parse_constant=constant, parse_int=integer, object_pairs_hook=unique
        )
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{where}:{error.lineno}:{error.colno}: {error.msg}") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"{where}: not UTF-8 text (byte {error.start})") from error
    except RecursionError as error:
        raise InvalidInput(f"{where}: nested too deeply") from error
    except ValueError as error:
        raise InvalidInput(f"{where}: {error}") from error
    if not isinstance(content, dict):
        raise InvalidInput(f"{where}: not an object; a trace's {META} is one")
    return content


def _version_problems(content: dict[str, Any]) -> list[str]:
    """Another format or version: nothing else about it is worth saying."""
    if content.get("format") != FORMAT:
        return [f'format: {content.get("format")!r}, a trace says "{FORMAT}"']
    version = content.get("format_version")
    if version != FORMAT_VERSION or isinstance(version, bool):
        return [f"format_version: {version!r}, this hwsim reads version {FORMAT_VERSION}"]
    return []


def _problems(content: dict[str, Any]) -> list[str]:
    """Missing, unknown and mistyped fields, and a network that contradicts itself."""
    problems = unknown_problems(content, list(_FIELDS), "")
    missing = [name for name in _FIELDS if name not in content and name not in _FREE]
    problems += [f"{name}: missing" for name in missing]
    for name, expected in _CONVENTIONS.items():
        if name in content and content[name] != expected:
            problems.append(f'{name}: {content[name]!r}, version 1 has "{expected}"')
    hints: dict[str, Any] = {
        "writer": str,
        "network": Network,
        "origin": Origin,
        "images": int,
        "images_per_shard": int,
        "shards": tuple[Shard, ...],
    }
    for name, hint in hints.items():
        if name in content:
            problems += value_problems(hint, content[name], name)
    if "arrays" in content and not isinstance(content["arrays"], dict):
        problems.append("arrays: not an object")
    if "network" in content and not field_problems(Network, content["network"], "network"):
        try:
            network = Network.from_dict(content["network"])
            problems += [f"network: {problem}" for problem in network_problems(network)]
        except (InvalidInput, ZeroDivisionError) as error:
            problems.append(f"network: {error}")
    return problems


def _consistency_problems(content: dict[str, Any], meta: Meta) -> list[str]:
    """Fields that are well formed and disagree with each other."""
    problems = _array_problems(content["arrays"], meta.network)
    if meta.network.weight_bits < 1:
        problems.append(f"network.weight_bits: {meta.network.weight_bits} must be >= 1")
    origin = meta.origin
    if origin.sha256 and not _SHA256.fullmatch(origin.sha256):
        problems.append(f"origin.sha256: {origin.sha256!r} is not 64 hexadecimal digits")
    accuracy = origin.test_accuracy_percent
    if accuracy is not None and not (math.isfinite(accuracy) and 0 <= accuracy <= 100):
        problems.append(f"origin.test_accuracy_percent: {accuracy} is outside 0 .. 100")
    if meta.images_per_shard < 1:
        problems.append(f"images_per_shard: {meta.images_per_shard} must be >= 1")
    if content["images"] < 1:
        problems.append(f"images: {content['images']} must be >= 1")
    if content["images"] != meta.images:
        problems.append(f"images: {content['images']}, yet the shards hold {meta.images}")
    for index, shard in enumerate(meta.shards):
        last = index == len(meta.shards) - 1
        problems += _shard_problems(shard, index, meta, last)
    return problems


def _shard_problems(shard: Shard, index: int, meta: Meta, last: bool) -> list[str]:
    where, full, problems = f"shards[{index}]", meta.images_per_shard, []
    if shard.file != shard_file(index):
        problems.append(f'{where}.file: {shard.file!r}, expected "{shard_file(index)}"')
    if not _SHA256.fullmatch(shard.sha256):
        problems.append(f"{where}.sha256: {shard.sha256!r} is not 64 hexadecimal digits")
    if not 1 <= shard.images <= full or (shard.images < full and not last):
        expected = f"1 .. {full}" if last else str(full)
        problems.append(f"{where}.images: {shard.images}, expected {expected}")
    layers = len(meta.network.spiking_layers)
    if len(shard.spikes) != layers:
        problems.append(
            f"{where}.spikes: {len(shard.spikes)} counts, the network has {layers} spiking layers"
        )
    return problems


def _array_problems(arrays: dict[str, Any], network: Network) -> list[str]:
    expected = _arrays(network)
    problems = [f"arrays.{key}: missing" for key in expected if key not in arrays]
    problems += unknown_problems(arrays, list(expected), "arrays")
    return problems + [
        f"arrays.{key}: {json.dumps(arrays[key])}, the network gives {json.dumps(description)}"
        for key, description in expected.items()
        if key in arrays and arrays[key] != description
    ]
