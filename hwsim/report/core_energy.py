"""What each core spent: the bill of its layer, divided by what the core counted."""

from __future__ import annotations

from fractions import Fraction

from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Network
from hwsim.result import Outcome


def core_energy(network: Network, mapping: Mapping, outcome: Outcome) -> list[Fraction]:
    """Mean dynamic pJ of an image on each slice, in the order of `mapping.slices`.

    Exact: the slices of a layer sum to the layer's energy. Leakage, barriers and host input
    belong to no core and are not in it.
    """
    prices = {(e.place, e.action): Fraction(e.price_pj) for e in outcome.energy.entries}
    images = len(outcome.timing.latency_ps)
    counts = {a: totals.sum(axis=0) for a, totals in outcome.activity.totals.items()}
    energies = []
    for index, part in enumerate(mapping.slices):
        place = network.layers[part.layer].name
        spent = sum(
            (int(n[index]) * prices[place, a] for a, n in counts.items() if (place, a) in prices),
            Fraction(),
        )
        energies.append(spent / images)
    return energies
