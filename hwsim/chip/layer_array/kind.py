"""The core kind of an array that runs one layer at a time, but for what the array is."""

from __future__ import annotations

from abc import abstractmethod
from typing import TypeVar

from hwsim.actions import Action
from hwsim.activity import Activity, Experiment
from hwsim.activity.source import check_source
from hwsim.arch.layer_array import LayerArrayArch
from hwsim.chip.frames import Frames
from hwsim.chip.kind import Capacity, CoreKind
from hwsim.chip.layer_array.counted import LayerCount
from hwsim.chip.layer_array.sums import sum_bits
from hwsim.chip.passes import PassCourse, PassWork
from hwsim.errors import DoesNotFit, InvalidInput
from hwsim.mapping.fit import Fit, Shortage
from hwsim.mapping.mapping import Mapping, Slice
from hwsim.mapping.reach import Ints
from hwsim.network.graph import PIXEL_BITS, Network
from hwsim.saved import Saved
from hwsim.trace.store import SpikeTrace

A = TypeVar("A", bound=LayerArrayArch)

STRATEGY = "layer_at_a_time"
"""One slice a layer; they share the array."""


class LayerArrayKind(CoreKind[A]):
    """What `sram_cim` and `systolic` share: docs/cores/layer_array.md."""

    @abstractmethod
    def shortages(self, network: Network, arch: A) -> list[Shortage]:
        """What this array lacks for a network, beside what every such array may lack."""

    @abstractmethod
    def layer_counts(self, layer: LayerCount, arch: A) -> dict[Action, Ints]:
        """(N, T) per action of one layer, filed under it."""

    @abstractmethod
    def work(self, frames: Frames, arch: A) -> PassWork:
        """The maker of the replay's passes."""

    @abstractmethod
    def first_cores(self, network: Network, arch: A) -> list[int]:
        """The first core of each layer."""

    @abstractmethod
    def whole_fit(self, network: Network, arch: A, missing: tuple[Shortage, ...]) -> Fit:
        """The fit of a network, whatever it lacks."""

    def fit(self, network: Network, arch: A, mapping: Mapping | None = None) -> Fit:
        """The tiles of each layer; there is one way to map a network."""
        if mapping is not None:
            self._check(network, arch, mapping)
        return self.whole_fit(network, arch, tuple(self.shortages(network, arch)))

    def place(self, network: Network, arch: A, loaded: Mapping | None = None) -> Mapping:
        """A slice for each layer."""
        found = self.fit(network, arch, loaded)
        if not found.fits:
            raise DoesNotFit(found.message)
        return self._mapping(network, arch)

    def _mapping(self, network: Network, arch: A) -> Mapping:
        slices = [
            Slice(core, number, (0, height), (0, width), (0, channels))
            for number, (core, (channels, height, width)) in enumerate(
                zip(
                    self.first_cores(network, arch),
                    (layer.out_shape for layer in network.layers),
                    strict=True,
                )
            )
        ]
        mesh = arch.mesh
        return Mapping(
            tuple(slices),
            STRATEGY,
            mesh.tiles_x,
            mesh.tiles_y,
            mesh.cores_per_tile,
            mesh.chip_tiles_x,
            mesh.chip_tiles_y,
            time_shared=True,
        )

    def _check(self, network: Network, arch: A, mapping: Mapping) -> None:
        own = self._mapping(network, arch)
        if mapping.slices != own.slices:
            raise InvalidInput(
                f"{mapping.strategy}: a {arch.core.kind} array has one mapping only, a slice for "
                f"each layer of {network.name}; leave the mapping out"
            )

    def count(
        self, part: SpikeTrace, mapping: Mapping, arch: A, experiment: Experiment
    ) -> Activity:
        """Popcounts times what an activation costs wherever it is seen."""
        check_source(part, arch)
        network = part.network
        activity = Activity.zeros(experiment, part.images, network.timesteps, mapping, arch.ACTIONS)
        for number in range(len(network.layers)):
            layer = LayerCount(part, arch, number)
            for action, counts in self.layer_counts(layer, arch).items():
                activity.counts[action][:, :-1, number] += counts
            if number == 0:
                activity.counts[Action.INPUT_WRITE][:, :-1, -1] += layer.from_host
        if arch.timestep.barrier_ps(mapping.tiles_used):
            waves = 1 if arch.timestep.tick_batch else network.timesteps
            activity.counts[Action.BARRIER_SYNC][:, -1, -1] += waves * len(network.layers)
        return activity

    def course(
        self,
        frames: Frames,
        mapping: Mapping,
        arch: A,
        experiment: Experiment,
        saved: Saved | None = None,
    ) -> PassCourse:
        """Passes, one after another."""
        return PassCourse(self.work(frames, arch), frames, mapping, arch, experiment, saved)

    def capacities(self, network: Network, mapping: Mapping, arch: A) -> dict[str, Capacity]:
        """State across timesteps, all layers' or with `tick_batch` none; sums of the widest
        layer."""
        crosses = network.timesteps > 1 and not arch.timestep.tick_batch
        neurons = sum(layer.neurons for layer in network.layers) if crosses else 0
        weights = sum(layer.out_shape[0] * layer.fan_in for layer in network.layers)
        return {
            "membrane": Capacity(neurons * arch.core.membrane_bits, None),
            "accumulator": self.sums(network, arch),
            "weights": Capacity(weights * network.weight_bits, self.weight_bits_offered(arch)),
        }

    @abstractmethod
    def sums(self, network: Network, arch: A) -> Capacity:
        """Sums within a timestep, as many as are under work at once."""

    @abstractmethod
    def weight_bits_offered(self, arch: A) -> int:
        """Bits of weights that the chip holds."""

    def assumptions(self, network: Network, arch: A, mapping: Mapping) -> list[str]:
        """The first layer, average pooling, the state, the weights, and sums that are too wide."""
        said = [_first_layer(network, arch), *_counts(network, arch)]
        said += [_state(network, arch), _weights(arch)]
        if not self.executes_weights(network, arch):
            said.append(
                f"sums of {network.name} need up to {sum_bits(network)} bits, and "
                f"core.membrane_bits is {arch.core.membrane_bits}: traffic is counted, no accuracy "
                "is claimed"
            )
        return said

    def executes_weights(self, network: Network, arch: A) -> bool:
        """Whether no sum can be too wide."""
        return sum_bits(network) <= arch.core.membrane_bits


def _first_layer(network: Network, arch: LayerArrayArch) -> str:
    if arch.first_layer == "current_injected":
        text = "a front end makes the sums of the first layer, which takes no time on the array"
    else:
        passes = arch.core.passes(PIXEL_BITS)
        text = f"the first layer takes its int8 pixels in {passes} passes of the array"
    if network.timesteps == 1:
        return text
    return f"{text}, {'once an image' if arch.first_layer_cached else 'again in every timestep'}"


def _counts(network: Network, arch: LayerArrayArch) -> list[str]:
    bits = max(layer.output_bits for layer in network.layers)
    if bits == 1:
        return []
    passes = arch.core.passes(bits)
    return [f"behind average pooling the array takes counts of {bits} bits in {passes} passes"]


def _state(network: Network, arch: LayerArrayArch) -> str:
    if network.timesteps == 1:
        return "one timestep: no membrane has to be kept, BNTT is folded"
    if arch.timestep.tick_batch:
        return "a layer does all timesteps in a row (tick_batch): membranes stay in the array"
    return (
        "a layer does one timestep at a time: membranes go to their memory and return "
        f"({arch.membrane.policy})"
    )


def _weights(arch: LayerArrayArch) -> str:
    if arch.core.weights == "resident":
        return "the weights of the network are on the chip, and were loaded before"
    often = "once an image" if arch.timestep.tick_batch else "in every timestep"
    rate = arch.dram.gbit_per_s
    takes = "takes no time" if rate is None else f"takes its time at {rate.value} Gbit/s"
    return f"the weights of a layer come from DRAM {often}, which {takes}"
