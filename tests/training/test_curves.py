from __future__ import annotations

from pathlib import Path

from hwsim.training.curves import read_log, write_curves
from hwsim.training.progress import Progress, Record


def record(stage: str, step: int, loss: float) -> Record:
    held = 50.0 if step == 2 else None
    return Record(stage, step, 2, step / 2, 24, loss, 40.0, None, held, 100.0, 1.0)


def test_the_log_of_a_resumed_run_is_read_as_one(tmp_path: Path) -> None:
    progress = Progress(tmp_path, quiet=True)
    for row in (record("ann", 1, 3.0), record("ann", 2, 2.5), record("t1", 1, 2.0)):
        progress.show(row)
    progress.show(record("ann", 2, 2.4))
    stages = read_log(tmp_path)
    assert [(r["step"], r["loss"]) for r in stages["ann"]] == [("1", "3"), ("2", "2.4")]
    drawn = write_curves(tmp_path).read_bytes()
    assert b"<svg" in drawn
    assert write_curves(tmp_path).read_bytes() == drawn
