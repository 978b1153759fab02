"""Which files a run read, with their hashes: what a rerun needs to find unchanged."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from hwsim.arch import shipped
from hwsim.request import Request
from hwsim.result import Run
from hwsim.trace.meta import META
from hwsim.trace.read import is_trace
from hwsim.training.sample import sample_path


@dataclass(frozen=True)
class FileRead:
    """One input: `role` is `checkpoint`, `trace`, `architecture`, `images`, `mapping` or
    `earlier run`; `path` as the user would type it. `sha256` is None where the
    file could not be read again."""

    role: str
    path: str
    sha256: str | None


def files_read(request: Request, run: Run) -> list[FileRead]:
    """The checkpoint or the trace's meta.json (which has the hash of every shard), the
    architecture, the sample and the mapping. A `--data` folder is known by its images' hash in
    the manifest's `inputs`, not by its files."""
    source, mapping = request.source, request.mapping_file
    found = [FileRead("architecture", request.arch, run.arch.sha256)]
    if is_trace(source):
        meta = source / META
        found.insert(0, FileRead("trace", meta.as_posix(), sha256_of(meta)))
    else:
        found.insert(0, FileRead("checkpoint", source.as_posix(), run.origin.sha256))
        if request.data is None:
            sample = sample_path(source.parent, run.network.dataset)
            found.append(FileRead("images", sample.as_posix(), sha256_of(sample)))
    if mapping is not None:
        found.append(FileRead("mapping", mapping.as_posix(), sha256_of(mapping)))
    if request.against is not None:
        earlier = request.against / "summary.json"
        found.append(FileRead("earlier run", earlier.as_posix(), sha256_of(earlier)))
    return found


def place_of(file: FileRead) -> Path:
    """Where an input is to be read now. Raises InvalidInput for an unknown architecture."""
    return shipped.find(file.path) if file.role == "architecture" else Path(file.path)


def sha256_of(path: Path) -> str | None:
    """Of a file's bytes; None where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
