"""The runs of a comparison: what they are called, and whether one is there already.

Beside a run folder lies the hash of what decides its result, in a file of the same name.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import hwsim
from hwsim.compare.pair import Chip
from hwsim.compare.subject import Subject
from hwsim.errors import InvalidInput
from hwsim.report.files_read import sha256_of
from hwsim.report.why.run_folder import RunFolder, open_run
from hwsim.staging import write_whole


def run_name(subject: Subject, chip: Chip) -> str:
    """`<network>-<chip>`."""
    parts = (subject.name, chip.name)
    return "-".join("".join(c if c.isalnum() or c in "._" else "_" for c in p) for p in parts)


def run_key(subject: Subject, inputs: dict[str, Any]) -> str:
    """The hash of the checkpoint, of the replay's `inputs` and of the program, so that a run of
    another state of its source is not taken for one of this."""
    origin = subject.origin
    checkpoint = [origin.file, origin.sha256, origin.test_accuracy_percent]
    asked = {**inputs, "checkpoint": checkpoint, "program": _program()}
    text = json.dumps(asked, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def finished(folder: Path, key: str) -> RunFolder | None:
    """The run of `key` in a folder; None where there is none, or one of its files is not as the run
    wrote it."""
    try:
        if _key_file(folder).read_text() != key:
            return None
        found = open_run(folder)
        whole = all(sha256_of(folder / name) == sha for name, sha in found.files.items())
    except (OSError, ValueError, InvalidInput):
        return None
    return found if whole else None


def forget(folder: Path) -> None:
    """The run in a folder is about to be replaced."""
    _key_file(folder).unlink(missing_ok=True)


def remember(folder: Path, key: str) -> None:
    """The run in a folder is that of `key`."""
    write_whole(_key_file(folder), key.encode())


def _key_file(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.sha256")


@cache
def _program() -> str:
    """The hash of hwsim's own modules."""
    package = Path(hwsim.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
