"""The first timesteps of a network that was trained for more, and BNTT's rule for how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hwsim.errors import InvalidInput, UsageError
from hwsim.network.fold import FloatNeurons
from hwsim.network.parameters import FixedPointLif, LayerParameters

if TYPE_CHECKING:  # its module needs torch, which `hwsim run` of a trace does without
    from hwsim.network.checkpoint import Checkpoint

GAMMA_THRESHOLD = 0.1
"""Kim & Panda 2021: below this a layer's batch norm lets nothing pass that matters."""


@dataclass(frozen=True)
class GammaExit:
    """End where gamma has faded: see `exit_timestep`."""

    threshold: float = GAMMA_THRESHOLD


Timesteps = int | GammaExit
"""How many timesteps to run: so many, or as many as gamma says."""


def parse_timesteps(text: str) -> Timesteps:
    """The value of `--timesteps`: K, `gamma`, or `gamma:THRESHOLD`; UsageError for another."""
    if text.isdecimal() and len(text) <= 9 and int(text) >= 1:
        return int(text)
    word, colon, number = text.partition(":")
    try:
        threshold = float(number) if colon else GAMMA_THRESHOLD
    except ValueError:
        threshold = 0.0
    if word != "gamma" or not 0 < threshold < float("inf"):
        raise UsageError(
            f"--timesteps {text}: a number from 1, gamma, or gamma:THRESHOLD (above 0; "
            f"{GAMMA_THRESHOLD} by default)"
        )
    return GammaExit(threshold)


def exit_timestep(neurons: Sequence[FloatNeurons], threshold: float = GAMMA_THRESHOLD) -> int:
    """How many timesteps BNTT's early exit runs (Kim & Panda 2021), for the spiking layers'
    `neurons`: until the mean |gamma| of every layer has fallen below `threshold`.

    Gamma rises before it falls, in deep layers late, so that "fallen" means that it stays below:
    the last timestep that runs is the last in which a layer reaches the threshold; at least 1.
    """
    means = np.stack([np.abs(layer.gamma).mean(axis=1) for layer in neurons])
    alive = np.flatnonzero((means >= threshold).any(axis=0))
    return int(alive[-1]) + 1 if len(alive) else 1


def shorten(checkpoint: Checkpoint, timesteps: Timesteps | None) -> Checkpoint:
    """The first `timesteps` of the integer network (None: all).

    A shorter one is another network than the one whose accuracy was measured, so its provenance
    holds no accuracy and no spike rate. Raises UsageError for more timesteps than it has,
    InvalidInput where gamma is asked for and the checkpoint does not keep it.
    """
    trained = checkpoint.network.timesteps
    if timesteps is None:
        return checkpoint
    if isinstance(timesteps, GammaExit):
        if not checkpoint.trained:
            raise InvalidInput("--timesteps gamma: the checkpoint does not keep gamma")
        timesteps = exit_timestep(checkpoint.trained, timesteps.threshold)
    if not 1 <= timesteps <= trained:
        raise UsageError(f"--timesteps {timesteps}: the network has 1 to {trained}")
    if timesteps == trained:
        return checkpoint
    unmeasured = replace(
        checkpoint.provenance,
        test_accuracy_percent=None,
        test_images=0,
        float_accuracy_percent=None,
        heldout_accuracy_percent=None,
        mean_spike_rate=None,
        mac_weighted_rate=None,
    )
    return replace(
        checkpoint,
        network=replace(checkpoint.network, timesteps=timesteps),
        parameters=tuple(_first(layer, timesteps) for layer in checkpoint.parameters),
        provenance=unmeasured,
        trained=tuple(
            replace(n, gamma=n.gamma[:timesteps], mean=n.mean[:timesteps], var=n.var[:timesteps])
            for n in checkpoint.trained
        ),
    )


def choice(timesteps: Timesteps | None, trained: int, run: int) -> str:
    """How many of the `trained` timesteps `run`, and why, in words; "" where it is all of them
    and gamma was not asked.
    """
    if isinstance(timesteps, GammaExit):
        return f"{run} of {trained} timesteps (mean |gamma| below {timesteps.threshold:g})"
    return "" if run == trained else f"{run} of {trained} timesteps"


def _first(layer: LayerParameters, timesteps: int) -> LayerParameters:
    """The tables of the first timesteps; only `FixedPointLif` has any."""
    neuron = layer.neuron
    if not isinstance(neuron, FixedPointLif):
        return layer
    kept = replace(neuron, scale=neuron.scale[:timesteps], bias=neuron.bias[:timesteps])
    return replace(layer, neuron=kept)
