"""What a network does and costs on a chip."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hwsim import pipeline
from hwsim.api.architecture import Architecture, load_arch
from hwsim.api.frame import frame_of_csv
from hwsim.api.spikes import Spikes
from hwsim.report.activity_csv import activity_csv
from hwsim.report.energy_csv import energy_csv
from hwsim.report.images_csv import images_csv
from hwsim.report.latency_csv import latency_csv
from hwsim.report.summary import Json, summary
from hwsim.report.tables import headlines
from hwsim.report.write import write_run
from hwsim.request import Request
from hwsim.result import Run

if TYPE_CHECKING:
    from pandas import DataFrame

Table = Literal["images", "energy", "activity", "latency"]
TABLES = {
    "images": images_csv,
    "energy": energy_csv,
    "activity": activity_csv,
    "latency": latency_csv,
}


@dataclass(frozen=True, repr=False)
class Result:
    """A run, both experiments; `request` is the command that would make it."""

    run: Run
    request: Request
    wall_s: float

    def __repr__(self) -> str:
        return headlines(self.summary)

    @cached_property
    def summary(self) -> Json:
        """The headline numbers: summary.json (docs/results-format.md)."""
        return summary(self.run)

    def to_frame(self, table: Table = "images") -> DataFrame:
        """`images.csv`, `energy.csv`, `activity.csv` or `latency.csv` (docs/results-format.md)."""
        return frame_of_csv(TABLES[table](self.run))

    def save(self, folder: str | Path, force: bool = False) -> Path:
        """Write the run folder that `hwsim run --out` writes, for `hwsim explain` and `diff`.

        Raises InvalidInput where another run lies there, unless `force`.
        """
        out = Path(folder)
        return write_run(self.run, out, [], self.wall_s, force, out.parent, self.request)


def replay(
    spikes: Spikes,
    arch: Architecture | str | Path,
    transport: Literal["burst", "packet"] = "burst",
    mapping: str | Path | None = None,
) -> Result:
    """Replay spikes on a chip: one image alone, and all back to back. `mapping` is a mapping.json.

    Raises DoesNotFit, with what would fit, where the network does not.
    """
    chip = arch if isinstance(arch, Architecture) else load_arch(arch)
    file = None if mapping is None else Path(mapping)
    begun = time.monotonic()
    run = pipeline.replay(spikes.trace, chip.loaded, transport, file)
    request = Request(
        *(spikes.source, chip.name, chip.variant, chip.overrides, False),
        *(spikes.images, spikes.data, file, transport),
        timesteps=spikes.timesteps,
    )
    return Result(run, request, time.monotonic() - begun)
