"""Where the pages and what they are made of lie."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
FIGURES = DOCS / "figures"
"""Copies from `hwsim figures paper`: compare.json, and the figures that pages show."""
SESSIONS = DOCS / "sessions"
"""What a terminal showed, shortened, one file a session."""
SOURCES = FIGURES / "sources.json"
"""Hashes of all that FIGURES and SESSIONS were made from, and of what was made."""
PAPER = ROOT / "reports" / "paper"
TRAINED = ROOT / "trained"
NETWORK = TRAINED / "vgg16_t1.pt"
"""The network of the demo and of the sessions."""
PAGES = (
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    TRAINED / "README.md",
    DOCS / "guide.md",
    DOCS / "gallery.md",
    DOCS / "presets.md",
)
"""All pages with blocks in them."""
