"""SANA-FE's golden run, and both simulators on one network, mapping and set of spikes."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from benchmarks.findings import table
from benchmarks.validation.chip import loihi_like
from benchmarks.validation.row import Row
from benchmarks.validation.sanafe_pair import Both, Totals
from hwsim.actions import Action
from hwsim.activity import Tally, count
from hwsim.energy import price
from tests import toys

GOLDEN = "SANA-FE 2.2.9, arch/loihi.yaml, recorded run: 1 neuron to F targets, 10 steps"
RUN = "SANA-FE 2.2.9, run beside ours"
GOLDEN_NJ = {
    10: (3.550, 8.485, 1.236, 13.271, 100),
    20: (7.100, 15.549, 1.236, 23.885, 190),
    100: (35.500, 72.061, 1.236, 108.797, 910),
}
"""F: synapse, soma, network and total in nJ, and neurons updated."""


@dataclass(frozen=True)
class Case:
    """Images of `size` x `size` pixels, convolutions of so many channels, without padding."""

    size: int = 8
    channels: tuple[int, ...] = (8, 16, 16)
    images: int = 3


CASE = Case()


def golden() -> list[Row]:
    """A neuron that fires in each of 10 steps, to F targets three tiles away along y."""
    found = []
    for targets, (synapse, soma, network, total, updated) in GOLDEN_NJ.items():
        arch = loihi_like(variant="sanafe_nahuku")
        layers = (toys.linear("a", 1, 1), toys.linear("b", 1, targets, spiking=False))
        net = toys.network(*layers, timesteps=10)
        away = 3 * arch.mesh.tiles_x * arch.mesh.cores_per_tile
        first, second = (toys.whole(layer) for layer in layers)
        mapping = toys.mapping(arch, (0, 0, *first), (away, 1, *second))
        trace = toys.trace(net, [np.ones((1, 10, 1, 1, 1), np.bool_)])
        activity = count(trace, mapping, arch, "single", steps=range(10))
        energy = price(Tally.of(activity, mapping), np.array([0]), mapping, arch, net)
        part = {name: pj[0] for name, pj in energy.by_component.items()}
        ours = {
            "synapses": (synapse, part["synapse"]),
            "soma": (soma, part["neuron"]),
            "network": (network, part["axon_out"] + part["router"]),
            "total": (total, energy.total[0]),
        }
        for name, (nj, pj) in ours.items():
            claim = f"SANA-FE on one core, F = {targets}: energy, {name}"
            found.append(Row(claim, nj, float(Fraction(pj) / 1000), "nJ", "regression", GOLDEN))
        seen = int(activity.per_image(Action.NEURON_UPDATE_ACTIVE)[0])
        claim = f"SANA-FE on one core, F = {targets}: neurons updated"
        found.append(Row(claim, updated, seen, "", "regression", GOLDEN))
    return found


def rows(case: Case = CASE) -> list[Row]:
    """Counts and energies of a convolutional network, each image alone. Needs `sanafe`."""
    both = Both(case.size, case.channels, case.images)
    ours, theirs = both.whole()
    found = _equal("whole network", ours, theirs, ("packets", "hops", "synaptic events", "fired"))
    found += _equal("whole network", ours, theirs, ("synapses, pJ", "network, pJ"))
    ours, theirs = both.layer_by_layer()
    found += _equal("each layer behind its inputs", ours, theirs, tuple(ours))
    for timesteps in (2, 4):
        ours, theirs, _ = both.repeated(timesteps)
        claim = f"T = {timesteps}, membranes kept"
        found += _equal(claim, ours, theirs, ("packets", "hops", "synaptic events", "fired"))
    return found


def details(case: Case = CASE) -> str:
    """What differs: neuron updates with potentials left, and latency. Needs `sanafe`."""
    both = Both(case.size, case.channels, case.images)
    ours, theirs = both.whole()
    updates = [("1", ours["updated"], ours["updated"], theirs["updated"])]
    for timesteps in (2, 4):
        reached, seen, in_work = both.repeated(timesteps)
        updates.append((str(timesteps), reached["updated"], in_work, seen["updated"]))
    first = table(
        ("T", "`received_or_fired`", "`layer_in_work`", "SANA-FE"),
        [(t, *(f"{n:,.0f}" for n in numbers)) for t, *numbers in updates],
    )
    times = both.latencies()
    second = table(
        ("simulator", "latency of an image alone, mean", "without barriers"),
        [(name, f"{a:,.0f} ns", f"{b:,.0f} ns") for name, a, b in times],
    )
    return (
        "Neurons updated behind the first layer. SANA-FE updates a neuron that holds any "
        "potential, so one that received, did not fire and receives nothing more counts again; a "
        f"trace has no potentials, so hwsim cannot.\n\n{first}\n\n"
        "Latency, with SANA-FE's inputs as slow as other neurons. `simple` has no network; "
        "`detailed` delays a message by a density of messages on its route; `cycle` is Booksim 2 "
        f"with hard-coded times.\n\n{second}"
    )


def _equal(where: str, ours: Totals, theirs: Totals, keys: tuple[str, ...]) -> list[Row]:
    found = []
    for key in keys:
        name, _, unit = key.partition(", ")
        # SANA-FE adds floats of joules; what it means has one decimal of a pJ.
        published = round(theirs[key], 1) if unit else int(theirs[key])
        claim = f"SANA-FE, convolutions without padding, {where}: {name}"
        found.append(Row(claim, published, ours[key], unit, "regression", RUN))
    return found
