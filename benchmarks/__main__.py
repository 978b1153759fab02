"""Measure and write docs/benchmarks.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import (
    breakdown,
    growth,
    image,
    sanafe,
    startup,
    throughput,
    training,
    transports,
    whole_command,
    width,
)
from benchmarks.bench import Bench
from benchmarks.findings import Findings
from benchmarks.page import page
from hwsim import process

BENCHMARKS: dict[str, Callable[[Bench], Findings]] = {
    "transports": transports.measure,
    "throughput": throughput.measure,
    "image": image.measure,
    "command": whole_command.measure,
    "growth": growth.measure,
    "sanafe": sanafe.measure,
    "width": width.measure,
    "startup": startup.measure,
    "breakdown": breakdown.measure,
    "training": training.measure,
}


def main() -> None:
    """Parse, measure, print and write; a page is written only when everything was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=BENCHMARKS, metavar="NAME", help="a few")
    parser.add_argument("--out", type=Path, default=None, help="default: docs/benchmarks.md")
    parser.add_argument("--repeats", type=int, default=Bench.repeats)
    options = parser.parse_args()
    process.tune()  # as the command does
    names = options.only or list(BENCHMARKS)
    found: dict[str, Findings] = {}
    with tempfile.TemporaryDirectory() as workdir:
        bench = Bench(Path(workdir), repeats=options.repeats)
        for name in names:
            print(f"{name} ...", file=sys.stderr, flush=True)
            found[name] = BENCHMARKS[name](bench)
            for row in found[name].rows:
                print(f"  {row.measure}: {row.ours} (bar {row.bar}, {row.verdict})", flush=True)
            if found[name].details and options.only:
                print(found[name].details, flush=True)
    out = options.out or (None if options.only else Path("docs/benchmarks.md"))
    if out is not None:
        out.write_text(page(found), encoding="utf-8")


if __name__ == "__main__":
    main()
