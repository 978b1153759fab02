"""The architecture file of a digital core: event-driven, neurons scanned, packets on a mesh."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from hwsim.actions import Action, Counted
from hwsim.arch.block import Block
from hwsim.arch.count import Count, Depth
from hwsim.arch.quantity import QuantityEntry
from hwsim.arch.schema import Arch, Core, Membrane, Memory
from hwsim.arch.tables import TimeNs

if TYPE_CHECKING:
    from hwsim.arch.chip_rules import Finding
    from hwsim.arch.provenance import Origin


class DigitalCore(Core):
    """Limits of a digital core. `conv_axons: population` takes one input axon per input pixel
    (the channel travels in the packet), `discrete` one per input pixel and channel.
    `mapper` is the strategy that cuts layers into slices."""

    kind: Literal["digital"]
    neurons_max: Count
    synapse_mem_kib: Count
    axons_in_max: Count
    axons_out_max: Count
    weight_bits: Count
    membrane_bits: Count
    conv_axons: Literal["population", "discrete"]
    mapper: Literal["min_cores", "balance_synops"]


class Neuron(Block):
    """The scan. `accounting: exclusive` takes one of inactive and active time for a neuron,
    `additive` adds access, update and fire. `active_rule: by_timesteps` is
    `received_or_fired` for a network of one timestep and `layer_in_work` for more."""

    accounting: Literal["exclusive", "additive"]
    scan: Literal["all_mapped", "layers_in_work"]
    active_rule: Literal["received_or_fired", "layer_in_work", "by_timesteps"]


class SynapseMemory(Memory):
    """Weights, channel fastest: one tap of a spike reads the weights of the slice's channels
    in words of `word_bits`. `parallel` synaptic operations take one `time_ns.synapse.op`."""

    parallel: Count


class DigitalMembrane(Membrane):
    """State across timesteps. `every_step`: a scanned neuron reads and writes its membrane in
    every step. `elide_first_read_last_write`: only in steps in which its layer works, and not
    the first read nor the last write of an image. With `ports` and `access_ns` a neuron takes at
    least ceil(accesses / ports) * access_ns."""

    ports: Count | None = None
    access_ns: QuantityEntry | None = None


class Axons(Block):
    """A queue of packets in core memory."""

    depth: Depth


class Router(Block):
    """Output-queued router, XY routing. `service_ns` is the time between two packets on an
    east, west, north or south port; the rest of a hop's published time is a constant delay."""

    routing: Literal["xy"]
    multicast: Literal["none", "tree"]
    packet_bits: Count
    fifo_depth: Depth
    service_ns: QuantityEntry | None = None


class DigitalArch(Arch):
    """A chip of digital cores.

    `first_layer: current_injected` has a front end do the multiply-accumulates of layer 0 and
    write each of its neurons' input current; `on_core_graded` sends graded packets from a host
    at tile (0, 0).
    """

    ACTIONS: ClassVar[tuple[Counted, ...]] = (
        Action.SYNAPSE_WEIGHT_READ,
        Action.SYNAPSE_OP,
        Action.SYNAPSE_MAC,
        Action.ACCUMULATOR_READ,
        Action.ACCUMULATOR_WRITE,
        Action.MEMBRANE_READ,
        Action.MEMBRANE_WRITE,
        Action.THRESHOLD_READ,
        Action.BNTT_PARAM_READ,
        Action.NEURON_ACCESS,
        Action.NEURON_UPDATE_ACTIVE,
        Action.NEURON_UPDATE_INACTIVE,
        Action.NEURON_FIRE,
        Action.POOL_OP,
        Action.INPUT_WRITE,
        Action.AXON_IN_LOOKUP,
        Action.AXON_OUT_SEND,
        Action.ROUTER_INJECT,
        Action.ROUTER_HOP_X,
        Action.ROUTER_HOP_Y,
        Action.ROUTER_EJECT,
        Action.CHIP_LINK_SEND,
        Action.BARRIER_SYNC,
    )
    SCHEDULES: ClassVar[tuple[str, ...]] = (
        "pipelined_barrier",
        "pipelined_tick",
        "layer_sequential",
        "asynchronous",
    )

    core: DigitalCore
    neuron: Neuron
    input: Memory
    synapse: SynapseMemory
    accumulator: Memory
    membrane: DigitalMembrane
    first_layer: Literal["current_injected", "on_core_graded"]
    threshold: Memory
    axon_in: Axons
    axon_out: Axons
    router: Router
    time_ns: TimeNs

    @property
    def takes_counts(self) -> bool:
        """Whether cores multiply by graded packets; where they only add spikes up, a window
        behind average pooling sends as many as it counts."""
        return self.first_layer == "on_core_graded"

    def rules(self, origins: Mapping[str, Origin]) -> Iterator[Finding]:
        """What must hold between the fields of a digital chip."""
        from hwsim.arch import digital_rules

        return digital_rules.findings(self, origins)
