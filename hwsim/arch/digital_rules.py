"""What must hold in the architecture file of a digital core, beside what holds in all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hwsim.actions import Action, Counted
from hwsim.arch import time_rules
from hwsim.arch.chip_rules import Finding
from hwsim.arch.digital import DigitalArch
from hwsim.arch.provenance import Origin
from hwsim.arch.quantity import Included, Quantity

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

ELSEWHERE: dict[Counted, str] = {
    Action.BARRIER_SYNC: "; its time is timestep.barrier_ns",
    Action.MEMBRANE_READ: "; its time is membrane.ports and membrane.access_ns",
    Action.MEMBRANE_WRITE: "; its time is membrane.ports and membrane.access_ns",
}


def findings(arch: DigitalArch, origins: Mapping[str, Origin]) -> Iterator[Finding]:
    """All of them."""
    if arch.timestep.tick_batch is not None:
        yield ("timestep", "tick_batch"), "a digital core does one timestep at a time: leave it out"
    yield from memories(arch)
    yield from time_rules.table(arch, arch.time_ns, SERVED, NEURON_CLASSES, BY_FORMAT, ELSEWHERE)
    yield from beside_the_table(arch)
    yield from hops(arch)
    yield from times(arch)
    yield from graded(arch)
    yield from energy(arch)
    yield from depths(arch, origins)


def memories(arch: DigitalArch) -> Iterator[Finding]:
    """Words hold what is kept in them, and a timed memory is timed completely."""
    if arch.membrane.word_bits < arch.core.membrane_bits:
        yield (
            ("membrane", "word_bits"),
            f"a word of {arch.membrane.word_bits} bits does not hold a membrane of "
            f"core.membrane_bits ({arch.core.membrane_bits})",
        )
    if (arch.membrane.ports is None) != (arch.membrane.access_ns is None):
        there, absent = "ports", "access_ns"
        if arch.membrane.ports is None:
            there, absent = absent, there
        yield ("membrane", there), f"needs membrane.{absent} beside it: give both or neither"


def depths(arch: DigitalArch, origins: Mapping[str, Origin]) -> Iterator[Finding]:
    """A queue in core memory is bounded only where somebody says so."""
    for name, depth in (("axon_in", arch.axon_in.depth), ("axon_out", arch.axon_out.depth)):
        if depth != "unbounded" and origins.get(f"{name}.depth", Origin()).source is None:
            words = "a bounded queue needs a source; without one write unbounded"
            yield (name, "depth"), words


def beside_the_table(arch: DigitalArch) -> Iterator[Finding]:
    """The times that stand in other blocks."""
    if arch.router.service_ns is not None:
        yield from time_rules.whole_ps(("router", "service_ns"), arch.router.service_ns)
    if arch.membrane.access_ns is not None:
        yield from time_rules.whole_ps(("membrane", "access_ns"), arch.membrane.access_ns)


def hops(arch: DigitalArch) -> Iterator[Finding]:
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


def times(arch: DigitalArch) -> Iterator[Finding]:
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


def graded(arch: DigitalArch) -> Iterator[Finding]:
    """Multiply-accumulates on the core take the synapse's time too."""
    op, mac = (arch.time_ns.time(a) for a in (Action.SYNAPSE_OP, Action.SYNAPSE_MAC))
    if arch.first_layer == "on_core_graded" and op is not None and mac is None:
        yield (
            ("first_layer",),
            "on_core_graded does the MACs of the first layer on its cores, where synapse.op takes "
            "time: give time_ns.synapse.mac",
        )


def energy(arch: DigitalArch) -> Iterator[Finding]:
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


def _within(arch: DigitalArch, action: Action, wanted: set[Action]) -> bool:
    """Whether an action is included in just those (or says nothing, which `complete` reports)."""
    price = arch.energy_pj.price(action)
    return price is None or (isinstance(price, Included) and set(price.included_in) == set(wanted))
