"""The energy and time tables: one field per component and action that a core kind emits."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import create_model

from hwsim.actions import Counted, components
from hwsim.arch.block import Block
from hwsim.arch.quantity import ByFormat, Price, PriceEntry, Quantity, TimeEntry


class _Table(Block):
    def _entry(self, action: Counted) -> object:
        component, name = action.value.split(".")
        block = getattr(self, component, None)
        return None if block is None else getattr(block, name, None)


class EnergyPj(_Table):
    """Energy per action in pJ: a value, `included_in`, or `unpublished`."""

    def price(self, action: Counted) -> Price | None:
        """What the file says of an action; None where it says nothing."""
        return self._entry(action)  # type: ignore[return-value]


class TimeNs(_Table):
    """Time per action in ns; an absent action takes none."""

    def time(self, action: Counted) -> Quantity | ByFormat | None:
        """The published latency of an action; None where the stage takes no time."""
        return self._entry(action)  # type: ignore[return-value]


_ENTRIES = {EnergyPj: PriceEntry, TimeNs: TimeEntry}


def table(base: type[Block], prefix: str, actions: Sequence[Counted]) -> type[Block]:
    """`EnergyPj` or `TimeNs` with a field for every component of `actions`, and in it one for
    every action; `prefix` makes the names of the models unique."""
    entry = _ENTRIES[base]  # type: ignore[index]
    name = f"{prefix}{base.__name__}"
    blocks = {
        component: create_model(  # type: ignore[call-overload]
            f"{name}{component.title().replace('_', '')}",
            __base__=Block,
            **dict.fromkeys(own, (entry | None, None)),
        )
        for component, own in components(actions).items()
    }
    fields = {component: (block | None, None) for component, block in blocks.items()}
    made: type[Block] = create_model(  # type: ignore[call-overload]
        name, __base__=base, __doc__=base.__doc__, **fields
    )
    return made
