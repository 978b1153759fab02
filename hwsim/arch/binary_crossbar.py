"""The architecture file of a binary crossbar core: docs/cores/binary_crossbar.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from hwsim.actions import Action, Counted
from hwsim.arch import time_rules
from hwsim.arch.block import Block
from hwsim.arch.count import Count
from hwsim.arch.quantity import Quantity, QuantityEntry, ps
from hwsim.arch.schema import Arch, Core, Membrane, Memory
from hwsim.arch.tables import TimeNs

if TYPE_CHECKING:
    from hwsim.arch.chip_rules import Finding
    from hwsim.arch.provenance import Origin


class BinaryCrossbarCore(Core):
    """`axons_max` x `neurons_max` synapses of one bit; an axon has one of `axon_types` types, a
    neuron a weight for each. `partial_fires` says when a neuron that holds a part of a sum fires:
    where one of its axons holds a spike (an upper bound), or where its output fires as well."""

    kind: Literal["binary_crossbar"]
    axons_max: Count
    neurons_max: Count
    axon_types: Count
    membrane_bits: Count
    partial_fires: Literal["any_input", "output_fires"]


class EveryTick(Membrane):
    """State of a neuron, in its row: read and written in every tick."""

    policy: Literal["every_step"]


class TickRouter(Block):
    """XY routing without contention. A link passes a packet every `service_ns`; a packet reaches
    `reach_max` cores in each dimension."""

    routing: Literal["xy"]
    packet_bits: Count
    reach_max: Count
    service_ns: QuantityEntry


class BinaryCrossbarArch(Arch):
    """A chip of binary crossbar cores under a tick.

    `first_layer: spikes_injected`: a front end does layer 0 and sends its spikes.
    """

    ACTIONS: ClassVar[tuple[Counted, ...]] = (
        Action.SYNAPSE_OP,
        Action.SYNAPSE_MAC,
        Action.MEMBRANE_READ,
        Action.MEMBRANE_WRITE,
        Action.BNTT_PARAM_READ,
        Action.NEURON_ACCESS,
        Action.NEURON_UPDATE_ACTIVE,
        Action.NEURON_FIRE,
        Action.INPUT_WRITE,
        Action.AXON_IN_LOOKUP,
        Action.AXON_OUT_SEND,
        Action.ROUTER_HOP_X,
        Action.ROUTER_HOP_Y,
        Action.CHIP_LINK_SEND,
    )
    SCHEDULES: ClassVar[tuple[str, ...]] = ("pipelined_tick",)

    core: BinaryCrossbarCore
    membrane: EveryTick
    input: Memory
    router: TickRouter
    time_ns: TimeNs
    first_layer: Literal["spikes_injected"]

    def core_ps(self, synops: int) -> int:
        """What a core takes for a tick with so many synaptic operations, in ps."""
        row, operation = (
            self.time_ns.time(action) for action in (Action.NEURON_ACCESS, Action.SYNAPSE_OP)
        )
        assert isinstance(row, Quantity)
        assert isinstance(operation, Quantity)
        return self.core.neurons_max * ps(row) + synops * ps(operation)

    def rules(self, origins: Mapping[str, Origin]) -> Iterator[Finding]:
        """What must hold between the fields of a chip of binary crossbars."""
        served = (Action.SYNAPSE_OP, Action.NEURON_ACCESS)
        yield from time_rules.table(self, self.time_ns, served)
        for action in served:
            if self.time_ns.time(action) is None:
                words = "missing: a core must be shown to be done within its tick"
                yield ("time_ns", *action.split(".")), words
        yield from time_rules.whole_ps(("router", "service_ns"), self.router.service_ns)
        for axis, tiles in (("x", self.mesh.tiles_x), ("y", self.mesh.tiles_y)):
            if tiles - 1 > self.router.reach_max:
                reach = self.router.reach_max
                words = f"packets reach router.reach_max ({reach}) tiles, not {tiles - 1}"
                yield ("mesh", f"tiles_{axis}"), words
        if self.power_gated:
            yield ("power_gated",), "must be false: a slice of a mapping stands for several cores"
        if self.membrane.word_bits < self.core.membrane_bits:
            yield (
                ("membrane", "word_bits"),
                f"a word of {self.membrane.word_bits} bits does not hold a membrane of "
                f"core.membrane_bits ({self.core.membrane_bits})",
            )
