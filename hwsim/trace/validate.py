"""Say everything that is wrong with a trace, whoever wrote it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from hwsim.errors import InvalidInput
from hwsim.network.graph import Network
from hwsim.trace.contents import blank_problems, recorded
from hwsim.trace.read import open_meta
from hwsim.trace.shard import read_shard
from hwsim.trace.store import Origin

Progress = Callable[[int, int], None]
"""Called with (images done, images in all)."""


def validate(
    folder: Path,
    *,
    network: Network | None = None,
    checkpoint_sha256: str | None = None,
    progress: Progress = lambda done, total: None,
) -> list[str]:
    """All problems of the trace in `folder`, each with its file; an empty list for a valid one.

    Reads every shard. With `network` or `checkpoint_sha256`, a trace of another network or
    another checkpoint is a problem too.
    """
    try:
        opened = open_meta(folder)
    except InvalidInput as error:
        return str(error).splitlines()
    problems = opened.problems()
    if network is not None:
        problems += [f"{folder}: {p}" for p in network_problems(opened.network, network)]
    if checkpoint_sha256 is not None:
        problems += [
            f"{folder}: {p}" for p in checkpoint_problems(opened.origin, checkpoint_sha256)
        ]
    seen: set[str] = set()
    damaged = False
    done = 0
    for shard in opened.meta.shards:
        path = folder / shard.file
        arrays, found = read_shard(path, opened.network, shard, done)
        problems += [f"{path}: {problem}" for problem in found]
        damaged = damaged or bool(found)
        if not found:
            seen |= recorded(arrays)
        done += shard.images
        progress(done, len(opened))
    if not damaged:
        problems += [f"{folder}: {problem}" for problem in blank_problems(seen)]
    return problems


def check_trace(
    folder: Path,
    *,
    network: Network | None = None,
    checkpoint_sha256: str | None = None,
    progress: Progress = lambda done, total: None,
) -> None:
    """Raise InvalidInput with all that `validate` finds, one problem a line."""
    problems = validate(
        folder, network=network, checkpoint_sha256=checkpoint_sha256, progress=progress
    )
    if problems:
        raise InvalidInput("\n".join(problems))


def checkpoint_problems(origin: Origin, sha256: str) -> list[str]:
    """Why a trace of this origin is not of the checkpoint with this sha256."""
    if origin.sha256 == sha256:
        return []
    stated = f"sha256 {origin.sha256[:12]}..." if origin.sha256 else "no sha256"
    return [
        f"a trace of another checkpoint: recorded from {origin.file} ({stated}), "
        f"not from the one with sha256 {sha256[:12]}..."
    ]


def network_problems(traced: Network, expected: Network) -> list[str]:
    """Where the network of a trace differs from the one expected."""
    if traced == expected:
        return []
    problems = [
        f"a trace of another network: {field.name} {getattr(traced, field.name)}, "
        f"expected {getattr(expected, field.name)}"
        for field in fields(Network)
        if field.name != "layers" and getattr(traced, field.name) != getattr(expected, field.name)
    ]
    if len(traced.layers) != len(expected.layers):
        problems.append(
            f"a trace of another network: {len(traced.layers)} layers, "
            f"expected {len(expected.layers)}"
        )
    for index, (layer, other) in enumerate(zip(traced.layers, expected.layers, strict=False)):
        problems += [
            f"a trace of another network: layer {index} ({other.name}): {field.name} "
            f"{getattr(layer, field.name)}, expected {getattr(other, field.name)}"
            for field in fields(layer)
            if getattr(layer, field.name) != getattr(other, field.name)
        ]
    return problems
