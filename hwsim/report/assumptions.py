"""What a reader must know before believing the numbers, in whole sentences."""

from __future__ import annotations

from hwsim import units
from hwsim.actions import Action
from hwsim.chip.kinds import kind_of
from hwsim.report.overflows import overflowing
from hwsim.report.spread import Spread
from hwsim.result import Run

_NAMED = 8
"""Paths that a sentence names before it counts."""


def assumptions(run: Run) -> list[str]:
    """The policies and simplifications under which this run holds."""
    kind = kind_of(run.arch.arch)
    own = kind.assumptions(run.network, run.arch.arch, run.mapping)
    said = [*_chips(run), *_weights(run), *own, *_leakage(run)]
    if run.arch.arch.projection:
        said.insert(0, f"{run.arch.arch.name} is a projection: no silicon stands behind it")
    return [*said, *_without_origin(run), *_overflows(run)]


def _chips(run: Run) -> list[str]:
    mesh, chips = run.mapping, run.mapping.chips_used
    size = f"{mesh.chip_tiles_x} x {mesh.chip_tiles_y} tiles"
    if chips == 1:
        return [f"one real chip of {size} holds the network"]
    send = Action.CHIP_LINK_SEND
    if send not in run.arch.arch.ACTIONS:
        return [f"{chips} real chips of {size} are one mesh; what crosses between them is free"]
    crossings = Spread.of(int(n) for n in run.single.activity.per_image(send)).mean
    times = getattr(run.arch.arch, "time_ns", None)
    takes = "a published time" if times and times.time(send) is not None else "no time"
    costs = "unpublished" if run.arch.arch.energy_pj.price(send) == "unpublished" else "as tabled"
    return [
        f"{chips} real chips of {size} are one mesh; a link between chips adds {takes} and its "
        f"energy is {costs}: {units.count(crossings)} crossings per image"
    ]


def _weights(run: Run) -> list[str]:
    if run.weights_modelled:
        return []
    return ["the cores cannot execute these weights: the traffic is modelled, accuracy is not"]


def _leakage(run: Run) -> list[str]:
    arch = run.arch.arch
    if arch.leakage_uw_per_core == "unpublished":
        return ["leakage is unpublished and not in the total"]
    where = "the cores used" if arch.power_gated else "every core of every chip used"
    return [f"leakage is charged for {where}, over an image's interval"]


def _without_origin(run: Run) -> list[str]:
    bare = [
        path
        for path, origin in run.arch.origins.items()
        if origin.source is None or origin.evidence is None
    ]
    if not bare:
        return []
    more = f" and {len(bare) - _NAMED} more" if len(bare) > _NAMED else ""
    named = ", ".join(bare[:_NAMED])
    return [f"the architecture gives no source or no evidence for {named}{more}"]


def _overflows(run: Run) -> list[str]:
    said = []
    for outcome in (run.single, run.stream):
        timing = outcome.timing
        kinds = [
            f"{units.count(o.fifos)} of {o.server} (the worst, at {o.place}, needs {o.needed} of "
            f"its {o.depth} places)"
            for o in overflowing(timing)
        ]
        if kinds:
            said.append(
                f"{timing.experiment}: not exact: FIFOs overflow, and their backpressure is not in "
                f"the times: {', '.join(kinds)}; all of them are in overflows.csv"
            )
    return said
