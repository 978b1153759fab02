"""mapping.json: a mapping, and the geometry of the network that it was made for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from hwsim.errors import InvalidInput
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Network

SCHEMA_VERSION = 1
GEOMETRY = ("name", "in_shape", "out_shape", "kernel", "stride", "padding", "pool")


def dumps(mapping: Mapping, network: Network) -> str:
    """The text of mapping.json, one line a slice; the same mapping is the same bytes."""
    data = mapping.to_dict()
    slices = ",\n".join(f"  {json.dumps(entry)}" for entry in data.pop("slices"))
    layers = ",\n".join(f"  {json.dumps(layer)}" for layer in _geometry(network))
    head = {"schema_version": SCHEMA_VERSION, "network": network.name, **data}
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    lines += [f'"layers": [\n{layers}\n]', f'"slices": [\n{slices}\n]']
    return "{\n" + ",\n".join(lines) + "\n}\n"


def save(mapping: Mapping, network: Network, path: Path) -> None:
    """Write mapping.json."""
    path.write_text(dumps(mapping, network), encoding="utf-8")


def load(path: Path, network: Network) -> Mapping:
    """The mapping of a file, with the file's name as its `strategy`.

    Raises InvalidInput, with the file's name, where it cannot be read or is of another network.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{path}: {error}") from error
    if not isinstance(data, dict):
        raise InvalidInput(f"{path}: not a mapping, but {type(data).__name__}")
    version = data.pop("schema_version", None)
    if version != SCHEMA_VERSION:
        raise InvalidInput(
            f"{path}: schema_version {version!r}, this version reads {SCHEMA_VERSION}"
        )
    name, layers = data.pop("network", None), data.pop("layers", None)
    difference = _difference(layers, _geometry(network))
    if difference:
        raise InvalidInput(f"{path}: made for network {name}, not for {network.name}: {difference}")
    try:
        return replace(Mapping.from_dict(data), strategy=path.name)
    except InvalidInput as error:
        raise InvalidInput(f"{path}: {error}") from error


def _geometry(network: Network) -> list[dict[str, Any]]:
    layers = [{key: getattr(layer, key) for key in GEOMETRY} for layer in network.layers]
    plain: list[dict[str, Any]] = json.loads(json.dumps(layers))
    return plain


def _difference(theirs: object, ours: list[dict[str, Any]]) -> str:
    """The first difference between two networks, as words; empty where there is none."""
    if not isinstance(theirs, list):
        return "it names no layers"
    if len(theirs) != len(ours):
        return f"{len(theirs)} layers instead of {len(ours)}"
    for number, (layer, expected) in enumerate(zip(theirs, ours, strict=True)):
        if not isinstance(layer, dict):
            return f"layer {number} is not a layer"
        for key, value in expected.items():
            if layer.get(key) != value:
                return f"layer {expected['name']} has {key} {layer.get(key)!r} instead of {value!r}"
    return ""
