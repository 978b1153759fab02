"""The memories of a network on a chip: width of a word, capacity needed and offered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hwsim.actions import Action
from hwsim.arch.schema import Arch, Memory
from hwsim.result import Run


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
