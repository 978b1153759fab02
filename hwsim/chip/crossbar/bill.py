"""The actions of a pass, from what its arrays read and its neurons sent: docs/cores/crossbar.md.

The replay and the count find a `Tally` in two ways; what follows from it is arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hwsim.actions import Action, Counted
from hwsim.arch.crossbar import CrossbarArch
from hwsim.chip.crossbar.floor import Floor
from hwsim.mapping.reach import Ints

TRAVEL = (
    Action.AXON_OUT_SEND,
    Action.ROUTER_INJECT,
    Action.ROUTER_HOP_X,
    Action.ROUTER_HOP_Y,
    Action.ROUTER_EJECT,
    Action.CHIP_LINK_SEND,
)
"""The columns of `Tally.travel`."""


@dataclass(frozen=True)
class Reads:
    """What P passes read, int64 (P,) each: `rows` with a spike, `arrays` read, `pes` that work and
    conversion `rounds`, of one block, over all units and reads; `adds` of a channel; `sites` of the
    input buffer."""

    rows: Ints
    arrays: Ints
    pes: Ints
    rounds: Ints
    adds: Ints
    sites: Ints


@dataclass(frozen=True)
class Tally:
    """P passes of one layer: `units` (P,), what they read, `fired` (P, blocks) neurons and `travel`
    (P, blocks, 6) of their packets."""

    units: Ints
    reads: Reads
    fired: Ints
    travel: Ints


def bill(
    tally: Tally, timestep: Ints, number: int, timesteps: int, floor: Floor, arch: CrossbarArch
) -> dict[Counted, Ints]:
    """(P, blocks) counts of every action that a block of layer `number` does; `timestep` (P,)."""
    core, layout = arch.core, floor.layouts[number]
    layer, later = layout.layer, timesteps > 1
    channels = np.array([stop - start for start, stop in layout.blocks], np.int64)
    each = np.ones_like(channels)
    first = (np.arange(len(channels)) == 0).astype(np.int64)
    mux = core.columns_per_adc if core.array_reads == "each_mux_step" else 1
    conversions = np.outer(tally.reads.rounds, each * core.columns)
    neurons = np.outer(tally.units, channels)
    keeps = core.has_memory(number) and not arch.timestep.tick_batch
    early, late = np.ones_like(timestep), np.ones_like(timestep)
    if arch.membrane.policy == "elide_first_read_last_write":
        early, late = (timestep > 0) * early, (timestep < timesteps - 1) * late
    cached = number == 0 and arch.first_layer_cached and later
    units_of = layout.pes if core.neuron_unit == "per_pe" else 1
    word = arch.spike_buffer.word_bits
    arriving = -(-layer.in_shape[0] * layout.input_bits // word)
    leaving = -(-channels * layer.output_bits // word)
    leaving = leaving * layer.pooled_shape[1] * layer.pooled_shape[2]
    counts: dict[Counted, Ints] = {
        Action.CROSSBAR_ROW_DRIVE: np.outer(tally.reads.rows, each * mux),
        Action.CROSSBAR_ARRAY_READ: np.outer(tally.reads.arrays, each * mux),
        Action.ADC_CONVERT: conversions,
        Action.ADC_MUX: conversions,
        Action.CROSSBAR_SUBTRACT: conversions * core.subtracts_per_conversion,
        Action.CROSSBAR_SHIFT_ADD: np.outer(tally.reads.adds, channels),
        Action.BUFFER_TEMP_ACCESS: np.outer(tally.reads.pes, each * core.columns_per_adc),
        Action.NEURON_ACCESS: np.outer(tally.units, each * units_of),
        Action.NEURON_UPDATE_ACTIVE: neurons,
        Action.NEURON_FIRE: tally.fired,
        Action.POOL_OP: tally.fired * (layer.pool > 1),
        Action.MEMBRANE_READ: neurons * (early * keeps)[:, None],
        Action.MEMBRANE_WRITE: neurons * (late * keeps)[:, None],
        Action.BNTT_PARAM_READ: np.outer(
            np.ones_like(timestep), 2 * channels * (later and layer.spiking)
        ),
        Action.BUFFER_SPIKE_READ: np.outer(tally.reads.sites, first * arriving),
        Action.BUFFER_SPIKE_WRITE: np.outer(np.ones_like(timestep), leaving * layer.spiking),
        Action.BUFFER_PSUM_WRITE: neurons * (cached * (timestep == 0))[:, None],
        Action.BUFFER_PSUM_READ: neurons * (cached * (timestep > 0))[:, None],
    }
    for action in (
        Action.HTREE_TRANSFER,
        Action.BUFFER_TILE_ACCESS,
        Action.BUFFER_FETCH,
        Action.PE_CYCLE,
    ):
        counts[action] = np.outer(tally.reads.pes, each)
    counts.update(zip(TRAVEL, np.moveaxis(tally.travel, -1, 0), strict=True))
    return counts
