"""Does a network fit a chip, how tightly, and what would make it fit; of any core kind."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """What a core has of something that layers use: a column of the fit table.

    `value` is None where there is no limit, only a use; `unit` is `bits`, or empty for a count.
    """

    label: str
    value: int | None
    unit: str = ""


@dataclass(frozen=True)
class Shortage:
    """One limit that is too small: `needed` of `available`, in the unit of the limit.

    `limit` is the field of the architecture file (or of the network), `layer` the layer that
    needs it, None for the network as a whole. `message` is the whole sentence for a person.
    """

    limit: str
    layer: str | None
    needed: int
    available: int
    message: str


@dataclass(frozen=True)
class LayerFit:
    """One layer: how much its fullest core uses of each of `Fit.limits`, by the same names.

    `block` is the largest (rows, columns, channels) of a core. A layer that does not fit has no
    cores and shows the needs of the smallest block that there is.
    """

    name: str
    cores: int
    block: tuple[int, int, int]
    used: dict[str, int]


@dataclass(frozen=True)
class Fit:
    """A network on a chip. `utilisation` is of the cores used, by what is used, 0 to 1. It fits
    where `missing` is empty. `notes` are sentences about how it fits."""

    strategy: str
    limits: dict[str, Limit]
    layers: tuple[LayerFit, ...]
    cores_used: int
    mesh_cores: int
    chips: int
    utilisation: dict[str, float]
    missing: tuple[Shortage, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether nothing is missing."""
        return not self.missing

    @property
    def message(self) -> str:
        """What is missing, one line each."""
        return "\n".join(shortage.message for shortage in self.missing)
