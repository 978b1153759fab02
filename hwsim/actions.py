"""Everything that hwsim counts: component x action, names that outlive a version.

A memory action counts words touched; the width of the word is in the architecture file. What
each one means, and who emits it, is the table of docs/design.md, section 4.
"""

from __future__ import annotations

from enum import StrEnum


class Action(StrEnum):
    """`component.action`; the value is what files and reports print."""

    SYNAPSE_WEIGHT_READ = "synapse.weight_read"
    SYNAPSE_OP = "synapse.op"
    SYNAPSE_MAC = "synapse.mac"
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


COMPONENTS: dict[str, tuple[str, ...]] = {
    component: tuple(a.value.split(".")[1] for a in Action if a.component == component)
    for component in dict.fromkeys(action.component for action in Action)
}
"""Component -> its actions, in the order of the enum."""

MEMORIES: tuple[Action, ...] = (
    Action.SYNAPSE_WEIGHT_READ,
    Action.ACCUMULATOR_READ,
    Action.ACCUMULATOR_WRITE,
    Action.MEMBRANE_READ,
    Action.MEMBRANE_WRITE,
    Action.THRESHOLD_READ,
    Action.BNTT_PARAM_READ,
    Action.INPUT_WRITE,
)
"""Actions that touch a memory word: the rows of `memory_accesses`."""
