"""The outcome of a run: what every report is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hwsim.actions import Counted
from hwsim.activity import Tally
from hwsim.arch.load import LoadedArch
from hwsim.chip.timing import Timing
from hwsim.energy import Energy
from hwsim.mapping.fit import Fit
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Network
from hwsim.trace.store import Origin


@dataclass(frozen=True)
class Outcome:
    """One experiment, `single` or `stream`: when things happened, how often, and what it cost."""

    timing: Timing
    activity: Tally
    energy: Energy


@dataclass(frozen=True)
class Run:
    """A network's images on a chip.

    `labels`, `predictions`: int64 (N,), label -1 where unknown; `dense_synops`: (N,) synaptic
    operations by the papers' convention; `fired`: (N, layers) spikes of the network's neurons, of
    which a core kind may have copies; `transport` is `packet` or `burst`. `weights_modelled`:
    whether the cores compute with the network's weights; where not, nothing is said of accuracy.
    """

    network: Network
    origin: Origin
    labels: npt.NDArray[np.int64]
    predictions: npt.NDArray[np.int64]
    arch: LoadedArch
    mapping: Mapping
    fit: Fit
    transport: str
    seed: int
    single: Outcome
    stream: Outcome
    dense_synops: npt.NDArray[np.int64]
    fired: npt.NDArray[np.int64]
    weights_modelled: bool = True

    @property
    def images(self) -> int:
        """N."""
        return len(self.labels)

    @property
    def memories(self) -> tuple[Counted, ...]:
        """The actions of this kind of chip that touch a memory word."""
        return tuple(action for action in self.arch.arch.ACTIONS if action.memory)

    @property
    def correct(self) -> int | None:
        """Images whose prediction is their label; None where a label is unknown, or where the
        cores cannot execute the weights."""
        if (self.labels < 0).any() or not self.weights_modelled:
            return None
        return int((self.predictions == self.labels).sum())

    @property
    def exact(self) -> bool:
        """Whether both experiments' times are those of the packet transport."""
        return self.single.timing.exact and self.stream.timing.exact
