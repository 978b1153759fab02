"""How many timesteps each network was trained for, and whether it has those that are asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hwsim.errors import UsageError
from hwsim.network.early_exit import Timesteps
from hwsim.network.header import read_network
from hwsim.trace.read import is_trace


def trained_timesteps(networks: Sequence[Path], asked: Timesteps | None) -> dict[Path, int | None]:
    """Network -> T of its checkpoint; None for a trace, which only has the T that it recorded.

    Raises UsageError, before anything runs, that names every network with fewer timesteps than
    `asked`, and every trace where any are asked for.
    """
    trained = {path: None if is_trace(path) else read_network(path).timesteps for path in networks}
    wrong = [
        f"{path}: a trace, which has its timesteps"
        if steps is None
        else f"{path}: trained for {steps}"
        for path, steps in trained.items()
        if asked is not None and (steps is None or (isinstance(asked, int) and steps < asked))
    ]
    if wrong:
        said = f" {asked}" if isinstance(asked, int) else ""
        raise UsageError(f"--timesteps{said}: " + "; ".join(wrong))
    return trained
