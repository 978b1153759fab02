"""What changed since an earlier run, for a run whose files are ready but not yet in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hwsim.report.manifest import MANIFEST, manifest
from hwsim.report.why.diff import Diff, diff
from hwsim.report.why.run_folder import RunFolder
from hwsim.result import Run


@dataclass(frozen=True)
class Unwritten(RunFolder):
    """A run folder in memory: name -> bytes."""

    contents: Mapping[str, bytes]

    def read(self, name: str) -> bytes:
        """A file's bytes."""
        return self.contents[name]


@dataclass(frozen=True)
class Against:
    """The earlier run by what it was, and what is different now. Nothing in it depends on where
    the earlier run lies."""

    network: str
    timesteps: int
    arch: str
    content_hash: str
    diff: Diff


def against(earlier: RunFolder, run: Run, files: Mapping[str, bytes]) -> Against:
    """`files` are those of `run`, as far as they do not depend on the difference. Raises
    InvalidInput where the earlier run is damaged."""
    described = manifest(run, files, [], 0.0, None)
    now = Unwritten(Path("this run"), {**files, MANIFEST: described})
    said = earlier.summary
    return Against(
        network=said["checkpoint"]["network"],
        timesteps=said["timesteps"],
        arch=said["arch"]["name"],
        content_hash=earlier.manifest["content_hash"],
        diff=diff(earlier, now),
    )
