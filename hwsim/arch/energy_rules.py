"""What must hold for energies: every action is priced exactly once, or is an open hole."""

from __future__ import annotations

from collections.abc import Iterator

from hwsim.actions import Action
from hwsim.arch.chip_rules import Finding
from hwsim.arch.messages import did_you_mean
from hwsim.arch.quantity import ByFormat, Included
from hwsim.arch.schema import Arch

BY_FORMAT = (Action.SYNAPSE_OP, Action.SYNAPSE_WEIGHT_READ)


def complete(arch: Arch) -> Iterator[Finding]:
    """Every action that a core of this kind can emit has a price."""
    for action in arch.ACTIONS:
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
    names = {action.value: action for action in arch.ACTIONS}
    for action in arch.ACTIONS:
        price = arch.energy_pj.price(action)
        if not isinstance(price, Included):
            continue
        path = ("energy_pj", *action.split("."), "included_in")
        if len(set(price.included_in)) != len(price.included_in):
            yield path, "names an action twice"
        for place, name in enumerate(price.included_in):
            target = names.get(name)
            if target is None:
                yield (*path, place), f"there is no action {name!r}{did_you_mean(name, names)}"
            elif target is action:
                yield (*path, place), "an action cannot be included in itself"
            elif isinstance(onward := arch.energy_pj.price(target), Included):
                words = f"{name} is itself included in {', '.join(onward.included_in)}"
                yield (*path, place), f"{words}: name the action that has the value"
