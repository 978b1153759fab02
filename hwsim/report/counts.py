"""The counts that a report names, per image, from the activity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hwsim.actions import Action
from hwsim.arch.schema import Arch, Memory
from hwsim.result import Outcome, Run

PerImage = npt.NDArray[np.int64]
"""(N,)."""

HEADLINES = (
    "spikes",
    "packets",
    "packet_hops",
    "synops",
    "synops_dense",
    "macs",
    "neuron_updates",
)
"""Keys of `counts`, in order; docs/counting.md defines them."""


def headline(run: Run, outcome: Outcome) -> dict[str, PerImage]:
    """`HEADLINES` -> int64 (N,)."""
    activity = outcome.activity
    packets = activity.per_image(Action.AXON_OUT_SEND)
    if run.arch.arch.first_layer == "on_core_graded":
        packets = packets + activity.per_image(Action.INPUT_WRITE)
    return {
        "spikes": activity.per_image(Action.NEURON_FIRE),
        "packets": packets,
        "packet_hops": activity.per_image(Action.ROUTER_HOP_X)
        + activity.per_image(Action.ROUTER_HOP_Y),
        "synops": activity.per_image(Action.SYNAPSE_OP),
        "synops_dense": run.dense_synops.reshape(run.images, -1).sum(axis=1),
        "macs": activity.per_image(Action.SYNAPSE_MAC),
        "neuron_updates": activity.per_image(Action.NEURON_UPDATE_ACTIVE),
    }


def word_bits(arch: Arch, action: Action) -> int:
    """Width of the word that a memory action touches."""
    memory: Any = getattr(arch, action.component)
    assert isinstance(memory, Memory)
    return memory.word_bits


@dataclass(frozen=True)
class Held:
    """A memory's contents for this network: bits that must be kept, and bits that the used
    cores offer (None where the architecture does not say)."""

    needed_bits: int
    offered_bits: int | None


def held(run: Run) -> dict[str, Held]:
    """`membrane`: state across timesteps, which one timestep does not need; `accumulator`: sums
    within a timestep, one a neuron; `synapse`: weights, shared kernels once a core."""
    arch = run.arch.arch
    neurons = sum(layer.neurons for layer in run.network.layers)
    cores = len(run.mapping.slices)
    across = neurons if run.network.timesteps > 1 else 0
    return {
        "membrane": Held(
            across * arch.core.membrane_bits,
            cores * arch.core.neurons_max * arch.core.membrane_bits,
        ),
        "accumulator": Held(neurons * arch.accumulator.word_bits, None),
    }
