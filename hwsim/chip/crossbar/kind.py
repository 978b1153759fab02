"""The crossbar core kind: what the rest of hwsim asks of it."""

from __future__ import annotations

from typing import ClassVar

from hwsim.activity import Activity, Experiment
from hwsim.arch.crossbar import CrossbarArch
from hwsim.chip.crossbar import counter, fit
from hwsim.chip.crossbar.floor import floor, place
from hwsim.chip.crossbar.walk import Walk
from hwsim.chip.frames import Frames
from hwsim.chip.kind import Capacity, CoreKind
from hwsim.chip.passes import PassCourse
from hwsim.mapping.fit import Fit
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Network
from hwsim.saved import Saved
from hwsim.trace.store import SpikeTrace


class Crossbar(CoreKind[CrossbarArch]):
    """Analog arrays that stand still while positions of an image pass: docs/cores/crossbar.md."""

    name: ClassVar[str] = "crossbar"
    arch = CrossbarArch

    def fit(self, network: Network, arch: CrossbarArch, mapping: Mapping | None = None) -> Fit:
        """Arrays and PEs of every layer, with its copies."""
        return fit.fit(network, arch, mapping)

    def place(self, network: Network, arch: CrossbarArch, loaded: Mapping | None = None) -> Mapping:
        """Blocks of channels, each on consecutive PEs of a serpentine."""
        return place(network, arch, loaded)

    def count(
        self, part: SpikeTrace, mapping: Mapping, arch: CrossbarArch, experiment: Experiment
    ) -> Activity:
        """Sums over channels, shifted over the kernel."""
        return counter.count(part, mapping, arch, experiment)

    def course(
        self,
        frames: Frames,
        mapping: Mapping,
        arch: CrossbarArch,
        experiment: Experiment,
        saved: Saved | None = None,
    ) -> PassCourse:
        """Passes of layers, position by position."""
        walk = Walk(frames, mapping, floor(frames.network, arch), arch)
        return PassCourse(walk, frames, mapping, arch, experiment, saved)

    def capacities(
        self, network: Network, mapping: Mapping, arch: CrossbarArch
    ) -> dict[str, Capacity]:
        """A membrane for each neuron with memory, needed for T > 1; the sums within a timestep
        are registers, one for each channel of a position."""
        core, layouts = arch.core, floor(network, arch).layouts
        neurons = [layout.positions * layout.layer.out_shape[0] for layout in layouts]
        kept = sum(n for number, n in enumerate(neurons) if core.has_memory(number))
        state = kept if network.timesteps > 1 and not arch.timestep.tick_batch else 0
        sums = neurons[0] if arch.first_layer_cached and network.timesteps > 1 else 0
        bits = sum(layout.layer.inputs * layout.input_bits for layout in layouts)
        return {
            "membrane": Capacity(state * core.membrane_bits, kept * core.membrane_bits),
            "accumulator": Capacity(sums * arch.psum_buffer.word_bits, None),
            "spike_buffer": Capacity(bits, None),
        }

    def assumptions(self, network: Network, arch: CrossbarArch, mapping: Mapping) -> list[str]:
        """What an array read stands for, and what is left out."""
        core = arch.core
        position = "behind the pool" if core.work_resolution == "pooled" else "of a layer"
        slot = "output channel of it" if core.latency_unit == "element" else "copy of the arrays"
        said = [
            f"one read of the arrays for each position {position}; a read cycle for each {slot}",
            "arrays whose rows have no spike are not read; their read cycle passes all the same"
            if core.skip_zero_slice
            else "every array is read at every position, with spikes or without",
            "weights are signed by an offset that is subtracted behind the ADC; the column that "
            "measures it is not counted",
            "the image is read "
            + (
                "in one read"
                if core.first_layer_reads == 1
                else "bit by bit, eight reads a position"
            ),
        ]
        bits = max(layer.output_bits for layer in network.layers)
        if bits > 1:
            reads = "in one read" if core.first_layer_reads == 1 else f"bit by bit, {bits} reads"
            said.append(f"counts behind average pooling are read {reads} a position")
        if core.neuron_memory_layers != "all":
            said.append(f"only the first {core.neuron_memory_layers} layers have a neuron memory")
        if arch.router.enabled:
            said.append(
                "spike packets between tiles are counted by their XY routes and take no time: no "
                "contention; sums of PEs on different tiles travel in the H-tree"
            )
        else:
            said.append("spikes between tiles are not modelled (router.enabled: false)")
        return [*said, *fit.notes(floor(network, arch), network, arch)]

    def executes_weights(self, network: Network, arch: CrossbarArch) -> bool:
        """Unless an ADC clips."""
        return fit.clips(floor(network, arch), arch) is None
