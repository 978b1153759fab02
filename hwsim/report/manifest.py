"""What went in: the content hash that names a run, and the manifest that describes it."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping as Dict
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwsim import __version__
from hwsim.report.files_read import files_read
from hwsim.request import Request
from hwsim.result import Run

Ints = npt.NDArray[np.int64]

SCHEMA_VERSION = 1
"""Of summary.json and manifest.json; changes when a key changes its meaning or goes away."""

MANIFEST = "manifest.json"

PACKAGES = ("jinja2", "matplotlib", "numba", "numpy", "pydantic", "pyyaml", "simpy")
"""Packages that can change what a run writes."""


def inputs(run: Run) -> dict[str, Any]:
    """Everything that decides a run's result: what the content hash is made of."""
    return {
        "hwsim_version": __version__,
        "checkpoint": {"file": run.origin.file, "sha256": run.origin.sha256},
        "network": {
            "name": run.network.name,
            "timesteps": run.network.timesteps,
            "sha256": _hash(run.network.to_dict()),
        },
        "images": {
            "source": run.origin.images,
            "count": run.images,
            "sha256": images_sha256(run.labels, run.predictions, run.dense_synops),
        },
        "arch": {
            "name": run.arch.arch.name,
            "variant": run.arch.arch.variant,
            "sha256": run.arch.sha256,
            "resolved_sha256": _hash(run.arch.resolved),
        },
        "mapping": {"strategy": run.mapping.strategy, "sha256": _hash(run.mapping.to_dict())},
        "transport": run.transport,
        "seed": run.seed,
    }


def content_hash(run: Run) -> str:
    """SHA-256 of `inputs`, as JSON with sorted keys and no spaces."""
    return _hash(inputs(run))


def folder_name(run: Run) -> str:
    """`<checkpoint>-<arch>-<8 hex of the content hash>`."""
    arch = run.arch.arch
    parts = (Path(run.origin.file).stem, arch.name, content_hash(run)[:8])
    return "-".join("".join(c if c.isalnum() or c in "._" else "_" for c in p) for p in parts)


def manifest(
    run: Run, files: Dict[str, bytes], argv: list[str], wall_s: float, request: Request | None
) -> bytes:
    """manifest.json for `files`, the rest of the folder. Without `request`, a run that no command
    line asked for, it cannot be made again."""
    return json_bytes(
        {
            "schema_version": SCHEMA_VERSION,
            "content_hash": content_hash(run),
            "inputs": inputs(run),
            "argv": argv,
            "request": request and request.to_dict(),
            "files_read": [asdict(file) for file in files_read(request, run)] if request else [],
            "wall_s": round(wall_s, 3),
            "platform": platform.platform(),
            "python": platform.python_version(),
            "packages": packages(),
            "files": {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)},
        }
    )


def packages() -> dict[str, str | None]:
    """The versions of `PACKAGES` here; None where one is not installed."""
    return {name: _version(name) for name in PACKAGES}


def written_files(path: Path) -> set[str]:
    """The files that a manifest says hwsim wrote; none where it is damaged."""
    try:
        return set(json.loads(path.read_text())["files"])
    except (ValueError, KeyError, TypeError):
        return set()


def json_bytes(value: object) -> bytes:
    """Indented JSON; NaN and infinity are errors, never numbers."""
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def _hash(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def images_sha256(labels: Ints, predictions: Ints, dense_synops: Ints) -> str:
    """Of what the images are and what the network made of them, (N,) each."""
    digest = hashlib.sha256()
    for values in (labels, predictions, dense_synops):
        digest.update(np.ascontiguousarray(values, dtype="<i8").tobytes())
    return digest.hexdigest()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
