"""Make the tables of docs/assumptions.md; the text around them is written by hand."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.assumptions.measure import Subjects
from benchmarks.assumptions.page import PAGE, effects
from benchmarks.assumptions.queues import queues
from benchmarks.assumptions.switch import SWITCHES, Network, Switch
from benchmarks.marked import replaced
from hwsim import process

NETWORKS: tuple[Network, ...] = ("shipped", "two", "first")


def main() -> None:
    """Measure everything and write the page."""
    argparse.ArgumentParser(
        prog="python -m benchmarks.assumptions", description=__doc__
    ).parse_args()
    process.tune()  # as the command does
    parts = {"queues": queues()}
    with tempfile.TemporaryDirectory() as folder:
        subjects = Subjects(Path("trained/vgg16_t1.pt"), Path(folder))
        for network in NETWORKS:
            parts[network] = _table(subjects, network)
    page = PAGE.read_text("utf-8")
    for name, text in parts.items():
        page = replaced(page, name, text)
    PAGE.write_text(page, "utf-8")


def _table(subjects: Subjects, network: Network) -> str:
    base = subjects.figures(Switch("", "", network=network))
    found = []
    for switch in SWITCHES:
        if switch.network == network:
            begun = time.process_time()
            found.append((switch, subjects.figures(switch)))
            spent = time.process_time() - begun
            print(
                f"{switch.assumption}: {found[-1][1]}, {spent:.1f} s", file=sys.stderr, flush=True
            )
    return effects(base, found)


if __name__ == "__main__":
    main()
