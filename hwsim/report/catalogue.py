"""The shipped architectures, a line for each file and variant."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, get_args

from hwsim import units
from hwsim.arch import shipped
from hwsim.arch.load import LoadedArch, load_arch, variants_of
from hwsim.arch.quantity import Evidence
from hwsim.report.sources import numbers
from hwsim.report.text import columns, wrapped

EVIDENCE: tuple[str, ...] = get_args(Evidence)


@dataclass(frozen=True)
class Item:
    """What `hwsim arch list` says of a chip. `evidence` counts its numbers by how far they can be
    trusted (`none` where the file does not say), `unpublished` are its holes."""

    name: str
    variant: str | None
    kind: str
    schedule: str
    node_nm: float
    cores: int
    chips: int
    unpublished: tuple[str, ...]
    evidence: dict[str, int]
    projection: bool

    @property
    def label(self) -> str:
        """As the other commands take it."""
        return f"{self.name}:{self.variant}" if self.variant else self.name


def item(loaded: LoadedArch) -> Item:
    """The line of one architecture."""
    arch = loaded.arch
    known = Counter(n.evidence or "none" for n in numbers(loaded.resolved) if n.value is not None)
    return Item(
        name=arch.name,
        variant=arch.variant,
        kind=arch.core.kind,
        schedule=arch.timestep.semantics,
        node_nm=float(arch.node_nm),
        cores=arch.mesh.cores,
        chips=arch.mesh.chips,
        unpublished=loaded.unpublished,
        evidence={name: known[name] for name in (*EVIDENCE, "none") if known[name]},
        projection=arch.projection,
    )


def catalogue() -> list[Item]:
    """Every shipped file as it is, and with each of its variants."""
    return [
        item(load_arch(name, variant))
        for name in shipped.names()
        for variant in (None, *variants_of(name))
    ]


def catalogue_json(items: list[Item]) -> list[dict[str, Any]]:
    """The list as plain JSON values."""
    return [{**vars(each), "unpublished": list(each.unpublished)} for each in items]


def catalogue_table(items: list[Item]) -> str:
    """The list for a person. Shares are of its numbers, each counted once, and not of the
    energy that they make up."""
    rows = [
        (
            each.label,
            each.kind,
            each.schedule,
            f"{each.node_nm:g} nm",
            units.count(each.cores),
            str(each.chips),
            str(len(each.unpublished)),
        )
        for each in items
    ]
    header = ("", "core kind", "schedule", "node", "cores", "chips", "unpublished")
    lines = columns(rows, header, indent=0)
    lines += ["", "Share of the numbers of each file, by evidence"]
    shares = [(each.label, *(_share(each, name) for name in EVIDENCE)) for each in items]
    lines += columns(shares, ("", *EVIDENCE), indent=0)
    projections = [each.label for each in items if each.projection]
    if projections:
        lines.append("")
    for label in projections:
        lines += wrapped(f"{label}: {PROJECTION}", indent=0)
    return "\n".join(lines) + "\n"


PROJECTION = "PROJECTION: no such chip exists; its numbers are extrapolated, not measured."


def _share(each: Item, name: str) -> str:
    found = each.evidence.get(name, 0)
    return f"{round(100 * found / sum(each.evidence.values()))} %" if found else ""
