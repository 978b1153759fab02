"""What each action and each headline count is, in words: docs/counting.md in short."""

from __future__ import annotations

from collections.abc import Container

from hwsim.actions import Action
from hwsim.activity.derived import host_packets
from hwsim.energy import LEAKAGE

ACTIONS: dict[str, str] = {
    Action.SYNAPSE_WEIGHT_READ: "weight words read",
    Action.SYNAPSE_OP: "synaptic operations: spikes added up, one per tap and channel",
    Action.SYNAPSE_MAC: "multiply-accumulates, of the first layer and behind average pooling",
    Action.ACCUMULATOR_READ: "reads of a neuron's sum within the timestep",
    Action.ACCUMULATOR_WRITE: "writes of a neuron's sum within the timestep",
    Action.MEMBRANE_READ: "reads of a membrane by a scan",
    Action.MEMBRANE_WRITE: "writes of a membrane by a scan",
    Action.THRESHOLD_READ: "thresholds read, one per active neuron",
    Action.BNTT_PARAM_READ: "constants of BNTT read, two per active neuron for T > 1",
    Action.NEURON_ACCESS: "neurons scanned",
    Action.NEURON_UPDATE_ACTIVE: "updates of active neurons",
    Action.NEURON_UPDATE_INACTIVE: "updates of inactive neurons",
    Action.NEURON_FIRE: "neurons that fired",
    Action.POOL_OP: "neurons that fired in a pooled layer",
    Action.INPUT_WRITE: "writes of the host: input currents, or packets of the image",
    Action.AXON_IN_LOOKUP: "packets looked up at their destination core",
    Action.AXON_OUT_SEND: "packets sent by cores",
    Action.ROUTER_INJECT: "packets that entered the mesh",
    Action.ROUTER_HOP_X: "hops from a tile to the next in its row",
    Action.ROUTER_HOP_Y: "hops from a tile to the next in its column",
    Action.ROUTER_EJECT: "packets that left the mesh at a tile",
    Action.CHIP_LINK_SEND: "hops between two chips",
    Action.BARRIER_SYNC: "barriers at the end of a step",
    Action.CROSSBAR_ROW_DRIVE: "rows driven by a spike",
    Action.CROSSBAR_ARRAY_READ: "array reads",
    Action.CROSSBAR_SUBTRACT: "differences of a positive and a negative column",
    Action.CROSSBAR_SHIFT_ADD: "slices of a weight shifted and added",
    Action.ADC_CONVERT: "conversions of a column",
    Action.ADC_MUX: "columns switched to a converter",
    Action.CIM_ROW_READ: "rows of an array read",
    Action.CIM_ROW_WRITE: "rows of weights written to an array",
    Action.CIM_ACCUMULATE: "additions in an array",
    Action.CIM_REDUCE: "partial sums of arrays added",
    Action.PE_ACCUMULATE: "additions of processing elements",
    Action.PE_CYCLE: "cycles of a processing element",
    Action.BUFFER_SPIKE_READ: "spike words read from a buffer",
    Action.BUFFER_SPIKE_WRITE: "spike words written to a buffer",
    Action.BUFFER_TILE_ACCESS: "accesses of a tile's buffer",
    Action.BUFFER_TEMP_ACCESS: "accesses of a buffer of sums under way",
    Action.BUFFER_FETCH: "words fetched into a line buffer",
    Action.BUFFER_WEIGHT_WRITE: "weight words written to a buffer",
    Action.BUFFER_WEIGHT_READ: "weight words read from a buffer",
    Action.BUFFER_PSUM_READ: "partial sums read from a buffer",
    Action.BUFFER_PSUM_WRITE: "partial sums written to a buffer",
    Action.SPAD_ACCESS: "accesses of a processing element's scratchpad",
    Action.DRAM_READ: "words read from DRAM",
    Action.DRAM_WRITE: "words written to DRAM",
    Action.HTREE_TRANSFER: "transfers on a tile's H-tree",
    LEAKAGE: "picoseconds times cores that leak",
}
"""Action (and `leakage`) -> what one count of it is."""

COUNTS: dict[str, tuple[str, ...]] = {
    "spikes": (Action.NEURON_FIRE,),
    "packets": (Action.AXON_OUT_SEND,),
    "packet_hops": (Action.ROUTER_HOP_X, Action.ROUTER_HOP_Y),
    "synops": (Action.SYNAPSE_OP,),
    "macs": (Action.SYNAPSE_MAC,),
    "neuron_updates": (Action.NEURON_UPDATE_ACTIVE,),
}
"""Headline count -> the actions that it sums; `packets` may hold the host's, too."""

DENSE = "synops_dense"
DENSE_WORDS = (
    "the papers' convention: for each layer but the first, spikes that arrive x dense MACs / "
    "inputs of the layer, padding taps included"
)


def actions_of(count: str, first_layer: str, actions: Container[str]) -> tuple[str, ...]:
    """The actions that a headline count sums, on a chip that has `actions`."""
    more = count == "packets" and host_packets(first_layer, actions)
    return (*COUNTS[count], Action.INPUT_WRITE) if more else COUNTS[count]
