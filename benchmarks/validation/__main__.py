"""Make the tables of docs/validation.md; the text around them is written by hand."""

from __future__ import annotations

import argparse
import sys
import time
from importlib.util import find_spec

from benchmarks.validation.page import PAGE, rows_table, with_part
from benchmarks.validation.sections import SECTIONS, Section
from hwsim import process


def main() -> None:
    """Parse, make, write; the exit code is 1 where a row fails that must not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.validation", description=__doc__)
    names = [section.name for section in SECTIONS]
    parser.add_argument("--only", nargs="+", choices=names, metavar="NAME", help="a few tables")
    process.tune()  # as the command does
    chosen = parser.parse_args().only or names
    wrong: list[str] = []
    for section in SECTIONS:
        if section.name not in chosen:
            continue
        if section.package and find_spec(section.package) is None:
            _say(f"{section.name}: left as it was, {section.package} is not installed")
            continue
        text, failed = made_part(section)
        PAGE.write_text(with_part(PAGE.read_text("utf-8"), section.name, text), "utf-8")
        wrong += failed
    if wrong:
        raise SystemExit("\n".join(["no longer exact, or no longer within its bound:", *wrong]))


def made_part(section: Section) -> tuple[str, list[str]]:
    """A section's Markdown, and the claims of regressions and calibrations that fail."""
    begun = time.process_time()
    rows = section.rows()
    parts = [rows_table(rows)]
    if section.details is not None:
        parts.append(section.details())
    spent = time.process_time() - begun
    if section.slow:
        parts.insert(0, f"These rows take {spent:.0f} s of CPU time, so tests run smaller ones.")
    _say(f"{section.name}: {len(rows)} rows, {spent:.1f} s")
    failed = [row.claim for row in rows if row.tag != "prediction" and row.holds is False]
    return "\n\n".join(parts), failed


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
