"""What must hold for times: whole picoseconds, a server where one is, nothing that is ignored."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from hwsim.actions import Counted
from hwsim.arch.quantity import ByFormat, Quantity
from hwsim.arch.schema import Arch
from hwsim.arch.tables import TimeNs

if TYPE_CHECKING:
    from hwsim.arch.chip_rules import Finding


def table(
    arch: Arch,
    times: TimeNs,
    served: Container[Counted],
    may_be_zero: Container[Counted] = (),
    by_format: Container[Counted] = (),
    elsewhere: Mapping[Counted, str] | None = None,
) -> Iterator[Finding]:
    """Each entry of `time_ns` by itself: only a `served` action takes time. `elsewhere` says of
    others where their time stands."""
    for action in arch.ACTIONS:
        entry = times.time(action)
        if entry is None:
            continue
        path = ("time_ns", *action.split("."))
        if action not in served:
            other = (elsewhere or {}).get(action, "")
            yield path, f"takes no time of its own on a {arch.core.kind} core{other}"
        elif isinstance(entry, ByFormat):
            if action not in by_format:
                yield path, "must be one number, not one by format"
            for name, quantity in entry.all().items():
                yield from whole_ps((*path, name), quantity)
        else:
            yield from whole_ps(path, entry, zero=action in may_be_zero)


def by_tiles(path: tuple[str, ...], times: Mapping[int, Quantity]) -> Iterator[Finding]:
    """A time by the number of tiles in use."""
    keys = list(times)
    if min(keys) != 1:
        yield (*path, keys[0]), "the smallest number of tiles must be 1: a chip may use one tile"
    for before, key in pairwise(keys):
        if key <= before:
            yield (*path, key), f"must stand in rising order, but comes after {before}"
    for key, time in times.items():
        yield from whole_ps((*path, key), time, zero=True)


def whole_ps(
    path: tuple[str | int, ...], time: Quantity, *, zero: bool = False
) -> Iterator[Finding]:
    """A time in ns is a number of picoseconds; 0 only where `zero` says so."""
    if (time.value * 1000) % 1:
        yield path, f"must be whole picoseconds (0.001 ns), not {time.value} ns"
    elif not zero and not time.value:
        yield path, "0 is no time of a server; leave it out (or null) for a stage without time"
