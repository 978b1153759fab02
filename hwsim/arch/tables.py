"""The energy and time tables: one field per component and action of `hwsim.actions`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import create_model

from hwsim.actions import COMPONENTS, Action
from hwsim.arch.block import Block
from hwsim.arch.quantity import ByFormat, Price, PriceEntry, Quantity, TimeEntry


def _component_models(suffix: str, value: object, default: object) -> dict[str, type[Block]]:
    return {
        component: create_model(  # type: ignore[call-overload]
            f"{component.title().replace('_', '')}{suffix}",
            __base__=Block,
            **dict.fromkeys(actions, (value, default)),
        )
        for component, actions in COMPONENTS.items()
    }


class _Table(Block):
    def _entry(self, action: Action) -> object:
        component, name = action.value.split(".")
        block = getattr(self, component)
        return None if block is None else getattr(block, name)


class EnergyBlock(_Table):
    """Base of the energy table."""

    def price(self, action: Action) -> Price | None:
        """What the file says of an action; None where it says nothing."""
        return self._entry(action)  # type: ignore[return-value]


class TimeBlock(_Table):
    """Base of the time table."""

    def time(self, action: Action) -> Quantity | ByFormat | None:
        """The published latency of an action; None where the stage takes no time."""
        return self._entry(action)  # type: ignore[return-value]


if TYPE_CHECKING:
    EnergyPj = EnergyBlock
    TimeNs = TimeBlock
else:
    EnergyPj = create_model(
        "EnergyPj",
        __base__=EnergyBlock,
        __doc__="Energy per action in pJ: a value, `included_in`, or `unpublished`.",
        **{
            component: (model | None, None)
            for component, model in _component_models("Energy", PriceEntry | None, None).items()
        },
    )
    TimeNs = create_model(
        "TimeNs",
        __base__=TimeBlock,
        __doc__="Time per action in ns; an absent action takes none.",
        **{
            component: (model | None, None)
            for component, model in _component_models("Time", TimeEntry | None, None).items()
        },
    )
