"""A network and what it does on the images, before any chip is asked."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hwsim.network.graph import Network
from hwsim.survey import Survey
from hwsim.trace.store import Origin


@dataclass(frozen=True)
class Subject:
    """One network of a comparison; `name` is what tables call it. `trained_timesteps` is the T that
    it was trained for, of which the first `network.timesteps` run; None for a trace, which does
    not say."""

    name: str
    network: Network
    origin: Origin
    survey: Survey
    trained_timesteps: int | None

    @property
    def images(self) -> int:
        """N."""
        return len(self.survey.labels)

    @property
    def correct(self) -> int | None:
        """Images whose prediction is their label; None where a label is unknown."""
        labels, predictions = self.survey.labels, self.survey.predictions
        return None if (labels < 0).any() else int((labels == predictions).sum())

    @property
    def timesteps(self) -> str:
        """T for a table: `2`, or `2 of 5` where it was trained for more."""
        run = self.network.timesteps
        return (
            str(run)
            if self.trained_timesteps in (None, run)
            else f"{run} of {self.trained_timesteps}"
        )

    @property
    def family(self) -> tuple[str, str]:
        """Network and data set: what stays the same when only T changes."""
        return self.network.name, self.network.dataset

    @property
    def dense_macs(self) -> int:
        """MACs of one pass over all layers, padding taps included."""
        return sum(layer.dense_macs for layer in self.network.layers)

    @property
    def dense_synops(self) -> Fraction:
        """Mean of an image: sum over layers l >= 2 of R_l MAC_l, summed over the timesteps."""
        return Fraction(int(self.survey.dense_synops.sum()), self.images)

    @property
    def rate(self) -> Fraction:
        """R: `dense_synops` / `dense_macs`, the share of all dense MACs whose input spikes, summed
        over the timesteps (so T > 1 can pass 1)."""
        return self.dense_synops / self.dense_macs
