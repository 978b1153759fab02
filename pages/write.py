"""Gather what the pages are made of, and write the pages from it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from hwsim.training.table import table as networks_table
from pages import blocks, results
from pages.gallery import entries, gallery
from pages.paths import FIGURES, PAGES, PAPER, TRAINED
from pages.results import Results
from pages.sessions import read_sessions, write_sessions
from pages.sources import check_comparison, write_sources


def gather() -> None:
    """Copy the paper's numbers and figures from reports/paper, run the sessions, keep hashes."""
    found = Results.read(PAPER)
    check_comparison(found)
    shutil.rmtree(FIGURES, ignore_errors=True)
    FIGURES.mkdir(parents=True)
    (FIGURES / "compare.json").write_text(json.dumps(found.said, indent=1) + "\n")
    for entry in entries(found):
        for kind in ("svg", "csv"):
            shutil.copy(PAPER / "figures" / f"{entry.name}.{kind}", FIGURES)
    write_sessions()
    write_sources()


def texts() -> dict[str, str]:
    """Name -> text of every block, from what was gathered and the shipped checkpoints."""
    found = Results.read()
    return {
        **results.blocks(found),
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
