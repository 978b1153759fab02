"""Everything that hwsim counts: component x action, names that outlive a version.

A memory action counts words touched; the width of the word is in the architecture file. Which
actions a core kind emits is `ACTIONS` of its schema class (`hwsim.arch`); what each means is in
docs/design.md, section 4, and on the page of the kind.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Action(StrEnum):
    """`component.action`; the value is what files and reports print."""

    SYNAPSE_WEIGHT_READ = "synapse.weight_read"
    SYNAPSE_OP = "synapse.op"
    SYNAPSE_MAC = "synapse.mac"
    CROSSBAR_ROW_DRIVE = "crossbar.row_drive"
    CROSSBAR_ARRAY_READ = "crossbar.array_read"
    CROSSBAR_SUBTRACT = "crossbar.subtract"
    CROSSBAR_SHIFT_ADD = "crossbar.shift_add"
    ADC_CONVERT = "adc.convert"
    ADC_MUX = "adc.mux"
    CIM_ROW_READ = "cim.row_read"
    CIM_ROW_WRITE = "cim.row_write"
    CIM_ACCUMULATE = "cim.accumulate"
    CIM_REDUCE = "cim.reduce"
    PE_CYCLE = "pe.cycle"
    PE_ACCUMULATE = "pe.accumulate"
    ACCUMULATOR_READ = "accumulator.read"
    ACCUMULATOR_WRITE = "accumulator.write"
    MEMBRANE_READ = "membrane.read"
    MEMBRANE_WRITE = "membrane.write"
    THRESHOLD_READ = "threshold.read"
    BNTT_PARAM_READ = "bntt.param_read"
    NEURON_ACCESS = "neuron.access"
    NEURON_UPDATE_ACTIVE = "neuron.update_active"
    NEURON_UPDATE_INACTIVE = "neuron.update_inactive"
    NEURON_FIRE = "neuron.fire"
    POOL_OP = "pool.op"
    INPUT_WRITE = "input.write"
    BUFFER_SPIKE_READ = "buffer.spike_read"
    BUFFER_SPIKE_WRITE = "buffer.spike_write"
    BUFFER_TILE_ACCESS = "buffer.tile_access"
    BUFFER_TEMP_ACCESS = "buffer.temp_access"
    BUFFER_FETCH = "buffer.fetch"
    BUFFER_WEIGHT_READ = "buffer.weight_read"
    BUFFER_WEIGHT_WRITE = "buffer.weight_write"
    BUFFER_PSUM_READ = "buffer.psum_read"
    BUFFER_PSUM_WRITE = "buffer.psum_write"
    SPAD_ACCESS = "spad.access"
    DRAM_READ = "dram.read"
    DRAM_WRITE = "dram.write"
    HTREE_TRANSFER = "htree.transfer"
    AXON_IN_LOOKUP = "axon_in.lookup"
    AXON_OUT_SEND = "axon_out.send"
    ROUTER_INJECT = "router.inject"
    ROUTER_HOP_X = "router.hop_x"
    ROUTER_HOP_Y = "router.hop_y"
    ROUTER_EJECT = "router.eject"
    CHIP_LINK_SEND = "chip_link.send"
    BARRIER_SYNC = "barrier.sync"

    @property
    def component(self) -> str:
        """The part before the dot."""
        return self.value.split(".")[0]

    @property
    def memory(self) -> bool:
        """Whether it touches a memory word."""
        return self in _MEMORIES


class PluginAction(str):
    """`<plugin>.<action>`: what a core kind that hwsim does not ship adds to the names above.

    `memory`: whether it touches a memory word.
    """

    __slots__ = ("memory",)
    memory: bool

    def __new__(cls, name: str, *, memory: bool = False) -> PluginAction:
        """An action by its whole name."""
        component, dot, action = name.partition(".")
        if not (dot and component.isidentifier() and action.isidentifier()):
            raise ValueError(f"{name!r} is not <plugin>.<action>")
        if component in {known.component for known in Action}:
            raise ValueError(f"{name!r}: {component} is a component of hwsim itself")
        self = super().__new__(cls, name)
        self.memory = memory
        return self

    @property
    def value(self) -> str:
        """As files and reports print it."""
        return str(self)

    @property
    def component(self) -> str:
        """The part before the dot."""
        return self.split(".")[0]


Counted = Action | PluginAction
"""Anything that a core kind can emit."""


def components(actions: Iterable[Counted]) -> dict[str, tuple[str, ...]]:
    """Component -> the names of its actions, in the order given."""
    found: dict[str, tuple[str, ...]] = {}
    for action in actions:
        found[action.component] = (*found.get(action.component, ()), action.value.split(".")[1])
    return found


_MEMORIES = frozenset(
    {
        Action.SYNAPSE_WEIGHT_READ,
        Action.ACCUMULATOR_READ,
        Action.ACCUMULATOR_WRITE,
        Action.MEMBRANE_READ,
        Action.MEMBRANE_WRITE,
        Action.THRESHOLD_READ,
        Action.BNTT_PARAM_READ,
        Action.INPUT_WRITE,
        Action.BUFFER_SPIKE_READ,
        Action.BUFFER_SPIKE_WRITE,
        Action.BUFFER_TILE_ACCESS,
        Action.BUFFER_TEMP_ACCESS,
        Action.BUFFER_FETCH,
        Action.BUFFER_WEIGHT_READ,
        Action.BUFFER_WEIGHT_WRITE,
        Action.BUFFER_PSUM_READ,
        Action.BUFFER_PSUM_WRITE,
        Action.SPAD_ACCESS,
        Action.DRAM_READ,
        Action.DRAM_WRITE,
    }
)
