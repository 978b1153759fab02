"""What a comparison is made of, and its baselines."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from hwsim.activity import Experiment
from hwsim.compare.ann import Ann, OnChip, on_chip
from hwsim.compare.crossover import Scope, linear
from hwsim.compare.pair import Chip, Measured, Pair
from hwsim.compare.proxy import FLOAT32
from hwsim.compare.subject import Subject

Family = tuple[str, str]
ANN_KINDS = ("dense", "zero_skipping")


@dataclass(frozen=True)
class Comparison:
    """`pairs` has every subject on every chip, subjects first; `anns` the quantised ANN of a
    family (network, data set) where there is one."""

    subjects: tuple[Subject, ...]
    chips: tuple[Chip, ...]
    pairs: tuple[Pair, ...]
    anns: dict[Family, Ann]

    @property
    def ran(self) -> tuple[Pair, ...]:
        """The pairs that fit."""
        return tuple(pair for pair in self.pairs if pair.run is not None)

    def families(self) -> dict[Family, list[Subject]]:
        """The subjects of each network and data set, by T."""
        found: dict[Family, list[Subject]] = {}
        for subject in sorted(self.subjects, key=lambda s: s.network.timesteps):
            found.setdefault(subject.family, []).append(subject)
        return found

    def baselines(self, pair: Pair) -> Baselines:
        """What a pair is held against."""
        return Baselines(pair, self.anns.get(pair.subject.family))


@dataclass(frozen=True)
class Baselines:
    """The ANN of a pair's layers on its chip, and what follows."""

    pair: Pair
    ann: Ann | None

    @cached_property
    def on_chip(self) -> OnChip | None:
        """None where the chip has no MAC energy."""
        return on_chip(self.pair.chip.loaded.arch, self.pair.subject.network, self.ann)

    def ann_pj(self, kind: str) -> Fraction | None:
        """Energy of the ANN, `dense` or `zero_skipping`."""
        if self.on_chip is None:
            return None
        return self.on_chip.dense_pj if kind == "dense" else self.on_chip.zero_skipping_pj

    def ratio(self, measured: Measured, kind: str) -> Fraction | None:
        """E_ANN / E_SNN of the full system."""
        ann = self.ann_pj(kind)
        return None if ann is None or not measured.energy_pj else ann / measured.energy_pj

    def over_proxy(self, measured: Measured) -> Fraction:
        """How many times the energy that the float32 proxy counts."""
        return measured.energy_pj / FLOAT32.snn_pj(self.pair.subject)

    def crossover(self, experiment: Experiment, scope: Scope, kind: str) -> Fraction | None:
        """R below which the spiking network takes less; None where it never does, or there is no
        such ANN."""
        ann = self.ann_pj(kind)
        if ann is None or self.pair.run is None:
            return None
        lines = [line for line in self.pair.run.bill if line.experiment == experiment]
        return linear(self.pair.subject, lines, scope).rate_at(ann)
