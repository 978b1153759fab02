"""What must hold for times: whole picoseconds, a server where one is, nothing that is ignored."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hwsim.actions import Action
from hwsim.arch.chip_rules import Finding
from hwsim.arch.quantity import ByFormat, Quantity
from hwsim.arch.schema import Arch

NEURON_CLASSES = (
    Action.NEURON_ACCESS,
    Action.NEURON_UPDATE_ACTIVE,
    Action.NEURON_UPDATE_INACTIVE,
    Action.NEURON_FIRE,
)
"""May take no time at all: such a neuron is not served."""

SERVED = (
    Action.SYNAPSE_OP,
    Action.SYNAPSE_MAC,
    *NEURON_CLASSES,
    Action.AXON_IN_LOOKUP,
    Action.AXON_OUT_SEND,
    Action.ROUTER_INJECT,
    Action.ROUTER_HOP_X,
    Action.ROUTER_HOP_Y,
    Action.ROUTER_EJECT,
    Action.CHIP_LINK_SEND,
)
"""The actions that can take time on a digital core."""

BY_FORMAT = (Action.SYNAPSE_OP, Action.SYNAPSE_MAC)

ELSEWHERE = {
    Action.BARRIER_SYNC: "; its time is timestep.barrier_ns",
    Action.MEMBRANE_READ: "; its time is membrane.ports and membrane.access_ns",
    Action.MEMBRANE_WRITE: "; its time is membrane.ports and membrane.access_ns",
}


def table(arch: Arch) -> Iterator[Finding]:
    """Each entry of `time_ns` by itself."""
    for action in Action:
        entry = arch.time_ns.time(action)
        if entry is None:
            continue
        path = ("time_ns", *action.split("."))
        if action not in SERVED:
            yield path, f"takes no time of its own on a digital core{ELSEWHERE.get(action, '')}"
        elif isinstance(entry, ByFormat):
            if action not in BY_FORMAT:
                yield path, "must be one number, not one by format"
            for name, quantity in entry.all().items():
                yield from _time((*path, name), quantity, zero=False)
        else:
            yield from _time(path, entry, zero=action in NEURON_CLASSES)


def beside_the_table(arch: Arch) -> Iterator[Finding]:
    """The times that stand in other blocks."""
    if arch.router.service_ns is not None:
        yield from _time(("router", "service_ns"), arch.router.service_ns, zero=False)
    if arch.membrane.access_ns is not None:
        yield from _time(("membrane", "access_ns"), arch.membrane.access_ns, zero=False)
    keys = list(arch.timestep.barrier_ns)
    table = ("timestep", "barrier_ns")
    if min(keys) != 1:
        yield (*table, keys[0]), "the smallest number of tiles must be 1: a chip may use one tile"
    for before, key in pairwise(keys):
        if key <= before:
            yield (*table, key), f"must stand in rising order, but comes after {before}"
    for key, barrier in arch.timestep.barrier_ns.items():
        yield from _time((*table, key), barrier, zero=True)


def hops(arch: Arch) -> Iterator[Finding]:
    """A port serves at least as fast as a packet passes it."""
    service = arch.router.service_ns
    if service is None:
        return
    for action in (Action.ROUTER_HOP_X, Action.ROUTER_HOP_Y):
        latency = arch.time_ns.time(action)
        where = f"time_ns.{action}"
        if latency is None:
            yield ("router", "service_ns"), f"needs {where}, the time of a whole hop"
        elif isinstance(latency, Quantity) and service.value > latency.value:
            words = f"{service.value} ns is above the whole hop, {where} ({latency.value} ns)"
            yield ("router", "service_ns"), words


def scan(arch: Arch) -> Iterator[Finding]:
    """The times of a neuron are those that its accounting reads."""

    def given(action: Action) -> bool:
        return arch.time_ns.time(action) is not None

    def at(action: Action) -> tuple[str, ...]:
        return ("time_ns", *action.split("."))

    access, inactive = Action.NEURON_ACCESS, Action.NEURON_UPDATE_INACTIVE
    if arch.neuron.accounting == "additive":
        if given(inactive):
            yield at(inactive), "is not read with neuron.accounting: additive; use neuron.access"
        return
    if given(access):
        yield (
            at(access),
            "is not read with neuron.accounting: exclusive; use additive, or put it into "
            "neuron.update_active and neuron.update_inactive",
        )
    update = Action.NEURON_UPDATE_ACTIVE
    for there, absent in ((update, inactive), (inactive, update)):
        if given(there) and not given(absent):
            yield at(there), f"needs time_ns.{absent} beside it (0 if such a neuron is not served)"
    if given(Action.NEURON_FIRE) and not given(update):
        yield at(Action.NEURON_FIRE), f"needs time_ns.{update} beside it"


def graded(arch: Arch) -> Iterator[Finding]:
    """Multiply-accumulates on the core take the synapse's time too."""
    op, mac = (arch.time_ns.time(a) for a in (Action.SYNAPSE_OP, Action.SYNAPSE_MAC))
    if arch.first_layer == "on_core_graded" and op is not None and mac is None:
        yield (
            ("first_layer",),
            "on_core_graded does the MACs of the first layer on its cores, where synapse.op takes "
            "time: give time_ns.synapse.mac",
        )


def _time(path: tuple[str | int, ...], time: Quantity, *, zero: bool) -> Iterator[Finding]:
    if (time.value * 1000) % 1:
        yield path, f"must be whole picoseconds (0.001 ns), not {time.value} ns"
    elif not zero and not time.value:
        yield path, "0 is no time of a server; leave it out (or null) for a stage without time"
