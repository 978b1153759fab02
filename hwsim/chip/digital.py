"""The digital core kind: neurons are scanned, spikes are packets, events drive the synapses."""

from __future__ import annotations

from typing import ClassVar

from hwsim.activity import Activity, Experiment, count
from hwsim.arch.digital import DigitalArch
from hwsim.chip.asynchronous import AsynchronousCourse
from hwsim.chip.course import StepCourse
from hwsim.chip.frames import Frames
from hwsim.chip.kind import Capacity, CoreKind
from hwsim.mapping import digital
from hwsim.mapping.fit import Fit
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Network
from hwsim.saved import Saved
from hwsim.trace.store import SpikeTrace


class Digital(CoreKind[DigitalArch]):
    """Loihi-like cores; docs/design.md, sections 3.1 to 3.3."""

    name: ClassVar[str] = "digital"
    arch = DigitalArch

    def fit(self, network: Network, arch: DigitalArch, mapping: Mapping | None = None) -> Fit:
        """Neurons, synapse memory and axons of each layer's fullest core."""
        return digital.fit(network, arch, mapping)

    def place(self, network: Network, arch: DigitalArch, loaded: Mapping | None = None) -> Mapping:
        """Cut by `core.mapper`, placed for few hops."""
        return digital.map_network(network, arch, loaded)

    def count(
        self, part: SpikeTrace, mapping: Mapping, arch: DigitalArch, experiment: Experiment
    ) -> Activity:
        """Popcounts times fan-out."""
        return count(part, mapping, arch, experiment)

    def course(
        self,
        frames: Frames,
        mapping: Mapping,
        arch: DigitalArch,
        experiment: Experiment,
        saved: Saved | None = None,
    ) -> StepCourse | AsynchronousCourse:
        """Hardware steps, each timed by a transport, or none."""
        if arch.timestep.semantics == "asynchronous":
            return AsynchronousCourse(frames, mapping, arch, experiment, saved)
        return StepCourse(frames, mapping, arch, experiment, saved)

    def capacities(
        self, network: Network, mapping: Mapping, arch: DigitalArch
    ) -> dict[str, Capacity]:
        """One timestep needs no membrane; an accumulator is a sum a neuron."""
        neurons = sum(layer.neurons for layer in network.layers)
        across = neurons if network.timesteps > 1 else 0
        offered = len(mapping.slices) * arch.core.neurons_max * arch.core.membrane_bits
        return {
            "membrane": Capacity(across * arch.core.membrane_bits, offered),
            "accumulator": Capacity(neurons * arch.accumulator.word_bits, None),
        }

    def assumptions(self, network: Network, arch: DigitalArch, mapping: Mapping) -> list[str]:
        """The front end, average pooling, the scan and the state."""
        said = [_FREE] if arch.timestep.semantics == "asynchronous" else []
        said.append(_first_layer(network, arch))
        if any(layer.graded for layer in network.layers):
            said.append(_COUNTS if arch.takes_counts else _ONE_BY_ONE)
        return [*said, _scan(network, arch), _state(network, arch)]


_FREE = (
    "no barrier: a slice starts a timestep when it has a token from every slice that can send to "
    "it, and when those that it sends to have done the timestep before the last (they have two "
    "banks of sums); word of that takes no packet and no time"
)


_COUNTS = (
    "average pooling: a window sends how many of its neurons fired, as one graded packet when the "
    "last one is scanned; a synapse multiplies by it"
)
_ONE_BY_ONE = (
    "average pooling: every neuron of a window that fires sends a spike of its own to the window's "
    "axon; a synapse adds each"
)


def _first_layer(network: Network, arch: DigitalArch) -> str:
    if arch.first_layer == "current_injected":
        text = (
            "a front end multiplies the image into the first layer and writes its input currents; "
            "that takes no time on the chip"
        )
    else:
        text = "the host sends the image as graded packets at tile (0, 0)"
    if network.timesteps == 1:
        return text
    if arch.first_layer_cached:
        return f"{text}; once an image (first_layer_cached)"
    return f"{text}; again in every timestep"


def _scan(network: Network, arch: DigitalArch) -> str:
    rule: str = arch.neuron.active_rule
    if rule == "by_timesteps":
        rule = "received_or_fired" if network.timesteps == 1 else "layer_in_work"
    active = {
        "received_or_fired": "a neuron is active where it received or fired",
        "layer_in_work": "every neuron of a layer in work is active",
    }[rule]
    if arch.timestep.semantics == "asynchronous":
        when = "slices are scanned only for their timesteps"
        return f"{when}; {active} ({arch.neuron.accounting} accounting)"
    scanned = {
        "all_mapped": "every step scans all mapped neurons",
        "layers_in_work": "a step scans only layers in work",
    }[arch.neuron.scan]
    return f"{scanned}; {active} ({arch.neuron.accounting} accounting)"


def _state(network: Network, arch: DigitalArch) -> str:
    text = {
        "every_step": "the membrane is read and written at every scan (membrane.policy every_step)",
        "elide_first_read_last_write": "the first read and the last write of a membrane are elided",
    }[arch.membrane.policy]
    if network.timesteps == 1:
        return f"{text}; with one timestep no state has to cross a timestep, BNTT is folded"
    return f"{text}; BNTT's constants are a {arch.bntt.form} table"
