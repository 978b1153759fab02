"""The rules of an architecture that types cannot say, all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from hwsim.arch import chip_rules, energy_rules
from hwsim.arch.chip_rules import Finding
from hwsim.arch.provenance import Origin
from hwsim.arch.quantity import Quantity
from hwsim.arch.schema import Arch

_OF_ANY = (
    chip_rules.mesh,
    chip_rules.schedule,
    chip_rules.timestep,
    energy_rules.complete,
    energy_rules.included,
)


def findings(arch: Arch, origins: Mapping[str, Origin]) -> Iterator[Finding]:
    """Everything that is wrong with an architecture whose types are right."""
    for rule in _OF_ANY:
        yield from rule(arch)
    yield from arch.rules(origins)
    for path, quantity in quantities(arch):
        yield from _bounds(path, quantity)


def quantities(
    value: object, path: tuple[str | int, ...] = ()
) -> Iterator[tuple[tuple[str | int, ...], Quantity]]:
    """Every quantity of an architecture, with its path."""
    if isinstance(value, Quantity):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from quantities(inner, (*path, key))
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from quantities(getattr(value, name), (*path, name))


def _bounds(path: tuple[str | int, ...], quantity: Quantity) -> Iterator[Finding]:
    low, high = quantity.low, quantity.high
    if low is not None and low > quantity.value:
        yield (*path, "low"), f"{low} is above the value ({quantity.value})"
    if high is not None and high < quantity.value:
        yield (*path, "high"), f"{high} is below the value ({quantity.value})"


def unpublished(arch: Arch) -> Iterator[tuple[str | int, ...]]:
    """The paths of the entries that say `unpublished`."""
    for component in type(arch.energy_pj).model_fields:
        block = getattr(arch.energy_pj, component)
        if isinstance(block, BaseModel):
            for name in type(block).model_fields:
                if name != "note" and getattr(block, name) == "unpublished":
                    yield "energy_pj", component, name
    if arch.leakage_uw_per_core == "unpublished":
        yield ("leakage_uw_per_core",)
