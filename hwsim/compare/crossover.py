"""The spike rate below which a spiking network takes less than the ANN of its layers.

With every spike of the measured images made rarer or more frequent alike, the energy of the
spiking network is linear in R:

    E(R) = fixed + moving * R / R_measured        R* = R_measured (E_ANN - fixed) / moving

`synapses` compares like with like: MACs, synaptic operations, weights and sums on both sides, the
first layer fixed. `full` sets the whole bill of the spiking network against the same ANN, which is
charged no neurons, network or leakage: what moves is synapses, spikes and traffic behind the first
layer; scans, leakage and barriers stay as measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from hwsim.actions import Action
from hwsim.compare.subject import Subject
from hwsim.energy import CHIP
from hwsim.report.why.rows import BillLine

Scope = Literal["synapses", "full"]
SCOPES: tuple[Scope, ...] = ("synapses", "full")

_SYNAPSES = ("synapse", "accumulator")
_TRAFFIC = ("axon_in", "axon_out", "router", "chip_link", "pool")


@dataclass(frozen=True)
class Linear:
    """E(R) of one scope, pJ of the mean image: `fixed`, and `moving` at the measured R."""

    fixed: Fraction
    moving: Fraction
    measured_rate: Fraction

    def rate_at(self, pj: Fraction) -> Fraction | None:
        """R at which E is `pj`; None where no spike could be afforded, or spikes cost nothing."""
        if not self.moving or pj < self.fixed:
            return None
        return self.measured_rate * (pj - self.fixed) / self.moving


def linear(subject: Subject, lines: Iterable[BillLine], scope: Scope) -> Linear:
    """E(R) of a measured experiment."""
    first = subject.network.layers[0].name
    fixed = moving = Fraction()
    for line in lines:
        synaptic = line.component in _SYNAPSES
        if scope == "synapses" and not synaptic:
            continue
        sent = line.component in _TRAFFIC or line.action == Action.NEURON_FIRE
        if (synaptic and line.layer != first) or (sent and line.layer != CHIP):
            moving += line.energy
        else:
            fixed += line.energy
    return Linear(fixed / subject.images, moving / subject.images, subject.rate)
