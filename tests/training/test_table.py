from __future__ import annotations

from pathlib import Path

import pytest

from hwsim.errors import InvalidInput
from hwsim.network.checkpoint import save_checkpoint
from hwsim.training.table import table
from tests.network.nets import analog_checkpoint, random_checkpoint


def test_one_row_per_checkpoint_from_the_ann_to_one_timestep(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no checkpoints"):
        table(tmp_path)
    for timesteps in (1, 3):
        save_checkpoint(tmp_path / f"net_t{timesteps}.pt", random_checkpoint(timesteps))
    save_checkpoint(tmp_path / "net_ann.pt", analog_checkpoint())
    lines = table(tmp_path).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    cells = [line.strip("| ").split(" | ") for line in lines[2:]]
    assert [row[0] for row in cells] == ["net_ann.pt", "net_t3.pt", "net_t1.pt"]
    assert [row[2] for row in cells] == ["ANN", "3", "1"]
    assert [row[3] for row in cells] == ["11.00 %", "10.00 %", "10.00 %"]
