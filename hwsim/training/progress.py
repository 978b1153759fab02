"""Progress of a training run: a CSV log in its folder, and a line or a bar on the terminal."""

from __future__ import annotations

import csv
import time
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.live import Live


@dataclass(frozen=True)
class Record:
    """One row of the log; `accuracy` is of the training batch, `heldout` of held-out images.

    Spike rates are per pooled output and timestep: the mean over layers, and of each layer.
    """

    stage: str
    step: int
    steps: int
    epoch: float
    image_size: int
    loss: float
    accuracy_percent: float
    spike_rate: float | None
    heldout_percent: float | None
    images_per_s: float
    elapsed_s: float
    layer_rates: tuple[float, ...] = ()


class Progress:
    """Appends records to `run_dir`/log.csv and shows them on stderr."""

    def __init__(self, run_dir: Path, *, quiet: bool = False) -> None:
        self.path = run_dir / "log.csv"
        self.console = Console(stderr=True, quiet=quiet, highlight=False)
        self._live: Live | None = None

    def say(self, text: str) -> None:
        """One line on stderr, above whatever is live."""
        self.console.print(text, markup=False, soft_wrap=True)

    def show(self, record: Record) -> None:
        """Log `record` and show it."""
        fresh = not self.path.exists()
        with self.path.open("a", newline="") as file:
            writer = csv.writer(file)
            if fresh:
                writer.writerow(record.__dataclass_fields__)
            writer.writerow(_cell(value) for value in vars(record).values())
        line = describe(record)
        if self.console.is_terminal and record.heldout_percent is None:
            if self._live is None:
                self._live = Live(console=self.console, transient=True)
                self._live.start()
            self._live.update(line)
        else:
            self.say(f"{time.strftime('%H:%M:%S')} {line}")

    def close(self) -> None:
        """Stop the live line."""
        if self._live is not None:
            self._live.stop()
            self._live = None


def _cell(value: object) -> object:
    if isinstance(value, tuple):
        return " ".join(f"{part:.3f}" for part in value)
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else value


def describe(record: Record) -> str:
    """One line: where training is, how well it does, how fast, and the time left in the stage."""
    left = (record.steps - record.step) / max(record.step, 1) * record.elapsed_s
    parts = [
        f"{record.stage} step {record.step}/{record.steps} epoch {record.epoch:.2f}",
        f"{record.image_size}px",
        f"loss {record.loss:.3f}",
        f"train {record.accuracy_percent:.1f} %",
    ]
    if record.spike_rate is not None:
        parts.append(f"rate {record.spike_rate:.3f}")
    if record.heldout_percent is not None:
        parts.append(f"held-out {record.heldout_percent:.2f} %")
    parts.append(f"{record.images_per_s:.0f} images/s")
    parts.append(f"{left / 60:.0f} min left")
    return "  ".join(parts)
