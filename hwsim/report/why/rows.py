"""One row of each table of a run folder, as exact numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

Cells = Mapping[str, str]


@dataclass(frozen=True)
class BillLine:
    """A row of energy.csv: an action at a layer, summed over the images. `price` is pJ and 0
    where the action is `included` in others (`source` says in which) or `unpublished`."""

    experiment: str
    layer: str
    component: str
    action: str
    count: int
    price: Fraction
    pricing: str
    source: str
    evidence: str
    low: Fraction | None
    high: Fraction | None

    @classmethod
    def of(cls, row: Cells) -> BillLine:
        """`action` is `component.action`, but the leakage's is `leakage`."""
        component = row["component"]
        return cls(
            experiment=row["experiment"],
            layer=row["layer"],
            component=component,
            action=action_name(component, row["action"]),
            count=int(row["count"]),
            price=_optional(row["energy_pj_each"]) or Fraction(),
            pricing=row["pricing"],
            source=row["source"],
            evidence=row["evidence"],
            low=_optional(row["low_pj_each"]),
            high=_optional(row["high_pj_each"]),
        )

    @property
    def energy(self) -> Fraction:
        """pJ of all images."""
        return self.count * self.price

    @property
    def bounds(self) -> tuple[Fraction, Fraction]:
        """pJ of all images with the lowest and the highest stated price."""
        low, high = (self.price if bound is None else bound for bound in (self.low, self.high))
        return self.count * low, self.count * high


@dataclass(frozen=True)
class Counted:
    """A row of activity.csv, summed over the images; `core` is empty for the chip's."""

    experiment: str
    layer: str
    core: str
    action: str
    count: int

    @classmethod
    def of(cls, row: Cells) -> Counted:
        """The timestep is left out: rows that differ in it add up."""
        name = action_name(row["component"], row["action"])
        return cls(row["experiment"], row["layer"], row["core"], name, int(row["count"]))


@dataclass(frozen=True)
class Step:
    """A row of latency.csv, ns, means over the images."""

    experiment: str
    step: int
    by_scan: int
    scan_end: Fraction
    absorption_end: Fraction
    barrier: Fraction
    length: Fraction

    @classmethod
    def of(cls, row: Cells) -> Step:
        """As `latency_csv` writes it."""
        names = ("scan_end_ns", "absorption_end_ns", "barrier_ns", "step_ns")
        return cls(
            row["experiment"],
            int(row["step"]),
            int(row["ended_by_scan_images"]),
            *(Fraction(row[name]) for name in names),
        )


@dataclass(frozen=True)
class ImageRow:
    """A row of images.csv: ns, exact. `label` is empty where unknown."""

    label: str
    single_latency: Fraction
    stream_latency: Fraction
    interval: Fraction
    synops_dense: int

    @classmethod
    def of(cls, row: Cells) -> ImageRow:
        """As `images_csv` writes it."""
        return cls(
            label=row["label"],
            single_latency=Fraction(row["single_latency_ns"]),
            stream_latency=Fraction(row["stream_latency_ns"]),
            interval=Fraction(row["interval_ns"]),
            synops_dense=int(row["synops_dense"]),
        )

    def time(self, experiment: str) -> Fraction:
        """What the image's leakage is charged for."""
        return self.single_latency if experiment == "single" else self.interval


@dataclass(frozen=True)
class CoreLoadRow:
    """A row of mesh.csv: `busy` is ns an image of the core's busiest server."""

    core: str
    layer: str
    server: str
    busy: Fraction
    utilisation: Fraction

    @classmethod
    def of(cls, row: Cells) -> CoreLoadRow:
        """The first of the servers where several are equally busy."""
        ending = "_busy_ns"
        busy = {name: Fraction(row[name]) for name in row if name.endswith(ending)}
        server = max(busy, key=lambda name: busy[name])
        return cls(
            row["core"],
            row["layer"],
            server.removesuffix(ending),
            busy[server],
            Fraction(row["utilisation"]),
        )


def action_name(component: str, action: str) -> str:
    """`component.action`; the leakage has one name for both."""
    return component if component == action else f"{component}.{action}"


def _optional(cell: str) -> Fraction | None:
    return Fraction(cell) if cell else None
