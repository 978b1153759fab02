"""What a reader must know before believing the numbers, in whole sentences."""

from __future__ import annotations

from hwsim import units
from hwsim.actions import Action
from hwsim.report.overflows import overflowing
from hwsim.report.spread import Spread
from hwsim.result import Run

_NAMED = 8
"""Paths that a sentence names before it counts."""


def assumptions(run: Run) -> list[str]:
    """The policies and simplifications under which this run holds."""
    said = [*_chips(run), *_first_layer(run), *_scan(run), *_state(run), *_leakage(run)]
    if run.arch.arch.projection:
        said.insert(0, f"{run.arch.arch.name} is a projection: no silicon stands behind it")
    return [*said, *_without_origin(run), *_overflows(run)]


def _chips(run: Run) -> list[str]:
    mesh, chips = run.mapping, run.mapping.chips_used
    size = f"{mesh.chip_tiles_x} x {mesh.chip_tiles_y} tiles"
    if chips == 1:
        return [f"one real chip of {size} holds the network"]
    crossings = Spread.of(int(n) for n in run.single.activity.per_image(Action.CHIP_LINK_SEND)).mean
    send = Action.CHIP_LINK_SEND
    takes = "a published time" if run.arch.arch.time_ns.time(send) is not None else "no time"
    costs = "unpublished" if run.arch.arch.energy_pj.price(send) == "unpublished" else "as tabled"
    return [
        f"{chips} real chips of {size} are one mesh; a link between chips adds {takes} and its "
        f"energy is {costs}: {units.count(crossings)} crossings per image"
    ]


def _first_layer(run: Run) -> list[str]:
    arch = run.arch.arch
    if arch.first_layer == "current_injected":
        text = (
            "a front end multiplies the image into the first layer and writes its input currents; "
            "that takes no time on the chip"
        )
    else:
        text = "the host sends the image as graded packets at tile (0, 0)"
    if run.network.timesteps > 1:
        text += (
            "; once an image (first_layer_cached)"
            if arch.first_layer_cached
            else "; again in every timestep"
        )
    return [text]


def _scan(run: Run) -> list[str]:
    neuron = run.arch.arch.neuron
    rule: str = neuron.active_rule
    if rule == "by_timesteps":
        rule = "received_or_fired" if run.network.timesteps == 1 else "layer_in_work"
    active = {
        "received_or_fired": "a neuron is active where it received or fired",
        "layer_in_work": "every neuron of a layer in work is active",
    }[rule]
    scanned = {
        "all_mapped": "every step scans all mapped neurons",
        "layers_in_work": "a step scans only layers in work",
    }[neuron.scan]
    return [f"{scanned}; {active} ({neuron.accounting} accounting)"]


def _state(run: Run) -> list[str]:
    membrane, timesteps = run.arch.arch.membrane, run.network.timesteps
    text = {
        "every_step": "the membrane is read and written at every scan (membrane.policy every_step)",
        "elide_first_read_last_write": "the first read and the last write of a membrane are elided",
    }[membrane.policy]
    if timesteps == 1:
        return [f"{text}; with one timestep no state has to cross a timestep, BNTT is folded"]
    return [f"{text}; BNTT's constants are a {run.arch.arch.bntt.form} table"]


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
