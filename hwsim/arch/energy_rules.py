"""What must hold for energies: every action is priced exactly once, or is an open hole."""

from __future__ import annotations

from collections.abc import Iterator

from hwsim.actions import Action
from hwsim.arch.chip_rules import Finding
from hwsim.arch.messages import did_you_mean
from hwsim.arch.quantity import ByFormat, Included
from hwsim.arch.schema import Arch

BY_FORMAT = (Action.SYNAPSE_OP, Action.SYNAPSE_WEIGHT_READ)
_NAMES = {action.value: action for action in Action}


def complete(arch: Arch) -> Iterator[Finding]:
    """Every action that a digital core can emit has a price."""
    for action in Action:
        price = arch.energy_pj.price(action)
        if price is None:
            yield (
                ("energy_pj", *action.split(".")),
                f"a {arch.core.kind} core emits {action}, which has no energy: give a value, "
                "{included_in: [..]} or unpublished",
            )
        elif isinstance(price, ByFormat) and action not in BY_FORMAT:
            yield ("energy_pj", *action.split(".")), "must be one number, not one by format"


def included(arch: Arch) -> Iterator[Finding]:
    """`included_in` names actions that carry the price themselves."""
    for action in Action:
        price = arch.energy_pj.price(action)
        if not isinstance(price, Included):
            continue
        path = ("energy_pj", *action.split("."), "included_in")
        if len(set(price.included_in)) != len(price.included_in):
            yield path, "names an action twice"
        for place, name in enumerate(price.included_in):
            target = _NAMES.get(name)
            if target is None:
                yield (*path, place), f"there is no action {name!r}{did_you_mean(name, _NAMES)}"
            elif target is action:
                yield (*path, place), "an action cannot be included in itself"
            elif isinstance(onward := arch.energy_pj.price(target), Included):
                words = f"{name} is itself included in {', '.join(onward.included_in)}"
                yield (*path, place), f"{words}: name the action that has the value"


def scan(arch: Arch) -> Iterator[Finding]:
    """A neuron is paid for once, as its accounting says."""
    active, inactive = Action.NEURON_UPDATE_ACTIVE, Action.NEURON_UPDATE_INACTIVE
    if arch.neuron.accounting == "additive":
        if not _within(arch, inactive, {Action.NEURON_ACCESS}):
            yield (
                ("energy_pj", *inactive.split(".")),
                "with neuron.accounting: additive an inactive neuron costs its access only: write "
                "{included_in: [neuron.access]}, or use exclusive",
            )
        return
    if not _within(arch, Action.NEURON_FIRE, {active}):
        yield (
            ("energy_pj", *Action.NEURON_FIRE.split(".")),
            "with neuron.accounting: exclusive a neuron that fires costs an active update: write "
            "{included_in: [neuron.update_active]}, or use additive",
        )
    if not _within(arch, Action.NEURON_ACCESS, {active, inactive}):
        yield (
            ("energy_pj", *Action.NEURON_ACCESS.split(".")),
            "with neuron.accounting: exclusive a neuron costs one update, access and all: write "
            "{included_in: [neuron.update_active, neuron.update_inactive]}, or use additive",
        )


def _within(arch: Arch, action: Action, wanted: set[Action]) -> bool:
    """Whether an action is included in just those (or says nothing, which `complete` reports)."""
    price = arch.energy_pj.price(action)
    return price is None or (isinstance(price, Included) and set(price.included_in) == set(wanted))
