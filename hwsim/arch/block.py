"""What every block of an architecture file has."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from hwsim.arch.quantity import FROZEN, Evidence


class Block(BaseModel):
    """A block of the file; its `source` and `evidence` hold for the numbers inside. The loader
    moves them down to those numbers, so in a loaded `Arch` a block has none.

    A model is built when it is first used: a run pays for the blocks of its own core kind."""

    model_config = ConfigDict(**FROZEN, defer_build=True)
    source: str | None = None
    evidence: Evidence | None = None
    note: str | None = None
