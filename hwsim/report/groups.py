"""Families of components, for pictures that cannot show every component apart."""

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
    Group(
        "synapses",
        ("synapse", "accumulator", "axon_in", "crossbar", "adc", "pe", "cim"),
        "#0072b2",
        "",
    ),
    Group("neurons", ("neuron", "membrane", "threshold", "bntt", "pool"), "#e69f00", "///"),
    Group("network", ("axon_out", "router", "chip_link", "htree"), "#009e73", "---"),
    Group("input and barrier", ("input", "barrier"), "#cc79a7", "xx"),
    Group("leakage", ("leakage",), "#999999", "\\\\\\"),
    Group("buffers and DRAM", ("buffer", "spad", "dram"), "#56b4e9", "++"),
    Group("other", (), "#f0e442", "oo"),
)
"""Every component of `hwsim.actions`, and leakage, is in exactly one; those of plugins are in the
last."""

_OF = {component: group.name for group in GROUPS for component in group.components}


def group_of(component: str) -> str:
    """The name of a component's family."""
    return _OF.get(component, GROUPS[-1].name)


def groups_in(energy: Energy) -> list[Group]:
    """The families that have a component on this chip."""
    names = {group_of(entry.component) for entry in energy.entries}
    return [group for group in GROUPS if group.name in names]


def by_layer_and_group(energy: Energy) -> dict[str, dict[str, Fraction]]:
    """Layer (and `chip`) -> group -> mean pJ of an image."""

    def paid(place: str, group: Group) -> Fraction:
        return energy.where(lambda e: e.place == place and group_of(e.component) == group.name).mean

    groups = groups_in(energy)
    return {
        place: {group.name: paid(place, group) for group in groups} for place in energy.by_layer
    }


def by_group(energy: Energy) -> dict[str, Fraction]:
    """Group -> mean pJ of an image."""
    sums = {group.name: Fraction() for group in groups_in(energy)}
    for component, value in energy.by_component.items():
        sums[group_of(component)] += value.mean
    return sums
