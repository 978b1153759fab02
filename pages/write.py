"""Gather what the pages are made of, and write the pages from it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from hwsim.training.table import table as networks_table
from pages import blocks, presets, results
from pages.gallery import entries, gallery
from pages.paths import FIGURES, PAGES, PAPER, SESSIONS, TRAINED
from pages.results import Results
from pages.sessions import read_sessions, run_sessions
from pages.sources import check_comparison, write_sources


def gather() -> None:
    """Copy the paper's numbers and figures from reports/paper, run the sessions, keep hashes."""
    found = Results.read(PAPER)
    check_comparison(found)
    figures = {"compare.json": (json.dumps(found.said, indent=1) + "\n").encode()}
    for entry in entries(found):
        for name in (f"{entry.name}.svg", f"{entry.name}.csv"):
            figures[name] = (PAPER / "figures" / name).read_bytes()
    figures[presets.FILE] = (json.dumps(presets.gathered(), indent=1) + "\n").encode()
    sessions = run_sessions()
    for folder, files in ((FIGURES, figures), (SESSIONS, sessions)):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    write_sources()


def texts() -> dict[str, str]:
    """Name -> text of every block, from what was gathered and the shipped checkpoints."""
    found = Results.read()
    return {
        **results.blocks(found),
        **presets.blocks(),
        **read_sessions(),
        "gallery": gallery(found),
        "networks": networks_table(TRAINED),
    }


def write_pages() -> list[Path]:
    """Rewrite every block; returns the pages that changed."""
    changed, said = [], texts()
    for page in PAGES:
        before = page.read_text()
        after = blocks.rewritten(before, said)
        if after != before:
            page.write_text(after)
            changed.append(page)
    return changed
