"""The binary crossbar core kind: TrueNorth-like, under a tick."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from hwsim.activity import Activity, Experiment
from hwsim.arch.binary_crossbar import BinaryCrossbarArch
from hwsim.chip.binary_crossbar import fit
from hwsim.chip.binary_crossbar.apart import apart
from hwsim.chip.binary_crossbar.counter import count
from hwsim.chip.binary_crossbar.course import TickCourse
from hwsim.chip.binary_crossbar.floor import floor
from hwsim.chip.frames import Frames
from hwsim.chip.kind import Capacity, CoreKind
from hwsim.mapping.fit import Fit
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Network
from hwsim.saved import Saved
from hwsim.trace.store import SpikeTrace


class BinaryCrossbar(CoreKind[BinaryCrossbarArch]):
    """TrueNorth-like cores; docs/cores/binary_crossbar.md.

    Behind here a network has no windows that average: `apart` took them apart.
    """

    name: ClassVar[str] = "binary_crossbar"
    arch = BinaryCrossbarArch

    def fit(
        self, network: Network, arch: BinaryCrossbarArch, mapping: Mapping | None = None
    ) -> Fit:
        """Partial, adder and relay cores of each layer."""
        return fit.fit(apart(network), arch, mapping)

    def place(
        self, network: Network, arch: BinaryCrossbarArch, loaded: Mapping | None = None
    ) -> Mapping:
        """Cut into the fewest cores, placed along a serpentine."""
        return fit.map_network(apart(network), arch, loaded)

    def count(
        self,
        part: SpikeTrace,
        mapping: Mapping,
        arch: BinaryCrossbarArch,
        experiment: Experiment,
    ) -> Activity:
        """Windows that hold a spike, times tables of costs."""
        return count(replace(part, network=apart(part.network)), mapping, arch, experiment)

    def course(
        self,
        frames: Frames,
        mapping: Mapping,
        arch: BinaryCrossbarArch,
        experiment: Experiment,
        saved: Saved | None = None,
    ) -> TickCourse:
        """Ticks in which axons are read, neurons fire and packets set axons."""
        return TickCourse(frames, apart(frames.network), mapping, arch, experiment, saved)

    def capacities(
        self, network: Network, mapping: Mapping, arch: BinaryCrossbarArch
    ) -> dict[str, Capacity]:
        """A membrane holds the sum of a timestep and, for T > 1, the state across them."""
        made = floor(apart(network), arch, mapping).clusters
        bits = arch.core.membrane_bits
        sums = sum(cluster.neurons_used for cluster in made) * bits
        offered = sum(cluster.size for cluster in made) * arch.core.neurons_max * bits
        across = sums if network.timesteps > 1 else 0
        return {"membrane": Capacity(across, offered), "accumulator": Capacity(sums, offered)}

    def assumptions(
        self, network: Network, arch: BinaryCrossbarArch, mapping: Mapping
    ) -> list[str]:
        """The front end, the partial sums, the copies and the tick."""
        plan = floor(apart(network), arch, mapping)
        fires = {
            "any_input": "where one of its axons holds a spike, an upper bound",
            "output_fires": "where one of its axons holds a spike and its output fires",
        }[arch.core.partial_fires]
        windows = "send to one axon, which is their OR"
        if any(layer.graded for layer in network.layers):
            windows = "have an axon each, with the same synapses: these count them"
        assert arch.timestep.tick_us is not None
        return [
            "a front end does layer 0 with its threshold and sends each of its spikes once, to a "
            "relay core (first_layer spikes_injected)",
            f"a neuron that holds a part of a sum fires {fires} (core.partial_fires "
            f"{arch.core.partial_fires}); the trace does not know",
            "a neuron that several cores need is as many neurons, copies of its column; they and "
            "the partial neurons are in the counts of spikes",
            f"the neurons of a pooling window {windows}",
            f"a timestep passes {plan.stages} ticks of {arch.timestep.tick_us.value} us; the tick "
            "hides the network: hops take no time of their own and routers have no contention",
        ]

    def executes_weights(self, network: Network, arch: BinaryCrossbarArch) -> bool:
        """A synapse is a bit, a neuron has one weight for each type of axon, a partial sum
        travels as one spike."""
        return False
