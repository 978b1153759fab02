"""An architecture as loaded, with the source of every number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hwsim.api.frame import frame_of_rows
from hwsim.arch.load import LoadedArch
from hwsim.arch.load import load_arch as load
from hwsim.report.sources import numbers

if TYPE_CHECKING:
    from pandas import DataFrame

COLUMNS = ("number", "value", "unit", "evidence", "source", "low", "high")


@dataclass(frozen=True, repr=False)
class Architecture:
    """`name`, `variant` and `overrides` are as asked for."""

    name: str
    variant: str | None
    overrides: tuple[str, ...]
    loaded: LoadedArch

    def __repr__(self) -> str:
        arch, count = self.loaded.arch, len(self.to_frame())
        variant = "" if arch.variant is None else f" ({arch.variant})"
        mesh = arch.mesh
        overrides = "".join(f", {text}" for text in self.overrides)
        return (
            f"{arch.name}{variant}: {arch.core.kind} cores, {mesh.tiles_x} x {mesh.tiles_y} tiles "
            f"of {mesh.cores_per_tile}, {arch.timestep.semantics}, {count} numbers, "
            f"{len(self.loaded.unpublished)} unpublished{overrides}"
        )

    def to_frame(self) -> DataFrame:
        """One row a number, by its dotted path; `value` is empty where it is unpublished or in
        another (`evidence` says which of the two)."""
        rows = [
            (n.path, _float(n.value), n.unit, n.evidence, n.source, _float(n.low), _float(n.high))
            for n in numbers(self.loaded.resolved)
        ]
        return frame_of_rows(rows, COLUMNS)


def load_arch(
    name: str | Path,
    variant: str | None = None,
    overrides: Mapping[str, object] | None = None,
    strict: bool = False,
) -> Architecture:
    """An architecture file, or a shipped one by its name; `overrides` by dotted path, e.g.
    {"core.neurons_max": 2048}. With `strict` a number without source is an error.

    Raises InvalidInput with all that is wrong with it.
    """
    texts = tuple(f"{path}={value}" for path, value in (overrides or {}).items())
    return Architecture(str(name), variant, texts, load(str(name), variant, texts, strict))


def _float(value: object) -> float | None:
    return None if value is None else float(str(value))
