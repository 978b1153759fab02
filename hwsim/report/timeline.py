"""`hwsim run --timeline FILE`: which steps and cores, and the file."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

from hwsim.activity import Experiment
from hwsim.arch.schema import Arch
from hwsim.chip.timeline import Window, record
from hwsim.errors import InvalidInput, UsageError
from hwsim.mapping.mapping import Mapping
from hwsim.progress import Tell
from hwsim.report.chrome_trace import chrome_trace
from hwsim.staging import write_whole
from hwsim.trial import Trace


def parse_window(steps: str, cores: str | None) -> Window:
    """`A:B` (of one image alone), `single:A:B` or `stream:A:B`; and `3,7,10-20` or None.

    Raises UsageError for anything else.
    """
    *named, first, last = steps.split(":") if steps.count(":") in (1, 2) else ("", "", "")
    experiment: Experiment = "stream" if named == ["stream"] else "single"
    if not (first.isdecimal() and last.isdecimal()) or named not in ([], ["single"], ["stream"]):
        raise UsageError(
            f"--timeline-steps {steps}: write A:B, steps A to B - 1 of one image alone, or "
            f"stream:A:B"
        )
    return Window(experiment, int(first), int(last), None if cores is None else _cores(cores))


def _cores(text: str) -> frozenset[int]:
    found: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise UsageError(f"--timeline-cores {text}: write numbers and ranges, e.g. 3,7,10-20")
        found |= set(range(int(first), int(last or first) + 1))
    return frozenset(found)


@dataclass(frozen=True)
class TimelineFile:
    """Where a timeline goes, gzipped where it ends in .gz; a file that is there is replaced only
    with `force`."""

    path: Path
    window: Window
    force: bool = False

    def __post_init__(self) -> None:
        if self.path.exists() and not self.force:
            raise InvalidInput(f"--timeline {self.path}: exists; replace it with --force")

    def write(self, trace: Trace, mapping: Mapping, arch: Arch, tell: Tell) -> None:
        """Record and write. Raises UsageError as `hwsim.chip.timeline.record` does."""
        timeline = record(
            trace, mapping, arch, self.window, lambda done, total: tell("timeline", done, total)
        )
        data = chrome_trace(timeline, mapping, trace.network)
        write_whole(self.path, gzip.compress(data, mtime=0) if self.path.suffix == ".gz" else data)
