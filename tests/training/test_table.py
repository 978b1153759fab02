from __future__ import annotations

from pathlib import Path

import pytest

from hwsim.errors import InvalidInput
from hwsim.network.checkpoint import save_checkpoint
from hwsim.training.table import table
from tests.network.nets import random_checkpoint


def test_one_row_per_checkpoint_from_many_timesteps_down(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="no checkpoints"):
        table(tmp_path)
    for timesteps in (1, 3):
        save_checkpoint(tmp_path / f"net_t{timesteps}.pt", random_checkpoint(timesteps))
    lines = table(tmp_path).splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert [line.split(" | ")[0] for line in lines[2:]] == ["| net_t3.pt", "| net_t1.pt"]
    assert "10.00 %" in lines[2]
