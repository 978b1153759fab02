"""docs/figures/sources.json: what the figures and sessions of the docs were made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from pages.paths import FIGURES, ROOT, SESSIONS, SOURCES, TRAINED
from pages.results import Results

Hashes = dict[str, str]


def sha256(path: Path) -> str:
    """Of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def inputs() -> Hashes:
    """The shipped checkpoints that the pages are about and every shipped architecture."""
    found = [path for t in range(1, 6) for path in TRAINED.glob(f"*_t{t}.pt")]
    return _hashes([*found, *TRAINED.glob("*_ann.pt"), *(ROOT / "arch_configs").glob("*.yaml")])


def outputs() -> Hashes:
    """What was made: every file beside sources.json, and the sessions."""
    made = [path for path in FIGURES.iterdir() if path != SOURCES]
    return _hashes([*made, *SESSIONS.iterdir()])


def write_sources() -> None:
    """Keep both."""
    text = json.dumps({"from": inputs(), "made": outputs()}, indent=1)
    SOURCES.write_text(text + "\n")


def check_comparison(results: Results) -> None:
    """Raises ValueError where a comparison was made from other networks than those that ship."""
    compared = {f"trained/{n['file']}": n["sha256"] for n in results.said["networks"]}
    shipped = {
        name: sha
        for name, sha in inputs().items()
        if name.endswith(".pt") and not name.endswith("_ann.pt")
    }
    if compared != shipped:
        names = sorted(name for name, _ in set(compared.items()) ^ set(shipped.items()))
        raise ValueError(
            f"the comparison is not of the shipped {', '.join(dict.fromkeys(names))}; "
            "run `hwsim figures paper` first"
        )


def _hashes(paths: Iterable[Path]) -> Hashes:
    return {path.relative_to(ROOT).as_posix(): sha256(path) for path in sorted(paths)}
