"""Five families of components, for pictures that cannot show every component apart."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hwsim.energy import Energy


@dataclass(frozen=True)
class Group:
    """A family with its colour (Okabe and Ito's, safe for colour-blind readers) and hatch."""

    name: str
    components: tuple[str, ...]
    colour: str
    hatch: str


GROUPS = (
    Group("synapses", ("synapse", "accumulator", "axon_in"), "#0072b2", ""),
    Group("neurons", ("neuron", "membrane", "threshold", "bntt", "pool"), "#e69f00", "///"),
    Group("network", ("axon_out", "router", "chip_link"), "#009e73", "---"),
    Group("input and barrier", ("input", "barrier"), "#cc79a7", "xx"),
    Group("leakage", ("leakage",), "#999999", "\\\\\\"),
)
"""Every component of `hwsim.actions`, and leakage, is in exactly one."""


def by_layer_and_group(energy: Energy) -> dict[str, dict[str, Fraction]]:
    """Layer (and `chip`) -> group -> mean pJ of an image."""

    def paid(place: str, group: Group) -> Fraction:
        return energy.where(lambda e: e.place == place and e.component in group.components).mean

    return {
        place: {group.name: paid(place, group) for group in GROUPS} for place in energy.by_layer
    }


def by_group(energy: Energy) -> dict[str, Fraction]:
    """Group -> mean pJ of an image."""
    means = {name: value.mean for name, value in energy.by_component.items()}
    return {
        group.name: sum((means.get(c, Fraction()) for c in group.components), Fraction())
        for group in GROUPS
    }
