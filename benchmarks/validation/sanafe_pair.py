"""One network without padding in hwsim and in SANA-FE, on the same cores with the same spikes."""

from __future__ import annotations

import contextlib
import io
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.conv_case import SCALING, conv_case
from benchmarks.sanafe_chip import Bools, build, spikes_of
from benchmarks.validation.chip import loihi_like
from hwsim.actions import Action
from hwsim.activity import Activity, Tally, count
from hwsim.chip import burst
from hwsim.chip.schedule import replay
from hwsim.energy import price
from hwsim.mapping.digital import map_network
from hwsim.network.checkpoint import Checkpoint, Provenance
from hwsim.network.execute import Executor
from hwsim.network.graph import Network
from hwsim.trace.record import traced
from hwsim.trace.store import Origin, SpikeTrace
from tests import toys

Totals = dict[str, float]
MODELS = ("simple", "detailed", "cycle")
OVERRIDES = (
    "mesh.tiles_x=8", "mesh.tiles_y=4", "router.fifo_depth=unbounded",
    # One synapse unit serves all layers of SANA-FE's chip here.
    "energy_pj.synapse.op.dense=24.0", "time_ns.synapse.op.dense=3.1",
)  # fmt: skip
_TRAFFIC = (Action.AXON_OUT_SEND, Action.ROUTER_HOP_X, Action.ROUTER_HOP_Y)
_SCAN = (Action.NEURON_ACCESS, Action.NEURON_UPDATE_ACTIVE, Action.NEURON_FIRE)


class Both:
    """Both simulators; images one after another, each alone on the chip."""

    def __init__(self, size: int, channels: tuple[int, ...], images: int) -> None:
        self.case = conv_case(size, channels, images)
        self.network = self.case.network
        self.depth = len(self.network.layers)
        self.arch = loihi_like(*OVERRIDES, variant="sanafe_nahuku")
        self.mapping = map_network(self.network, self.arch)
        checkpoint = Checkpoint(self.network, self.case.parameters, SCALING, Provenance("none"))
        origin = Origin("conv", "0" * 64, None, "random images")
        labels = np.full(images, -1, np.int64)
        done = Executor(checkpoint).run(self.case.pixels)
        self.trace = traced(self.network, origin, done, labels)

    def whole(self) -> tuple[Totals, Totals]:
        """Ours and SANA-FE's totals of all layers; soma and updates without the inputs'."""
        activity = count(self.trace, self.mapping, self.arch, "single")
        seen = self._sim(self._inputs(self.trace, self.depth), self.depth * self.trace.images)
        inputs_fired = int(self._fired(self.trace)[0].sum())
        return self._ours(activity, self.network), _theirs(seen, inputs_fired)

    def layer_by_layer(self) -> tuple[Totals, Totals]:
        """The same, summed over layers that are alone with their inputs for two steps, so that no
        potential of a step before is left."""
        ours: list[Totals] = []
        theirs: list[Totals] = []
        for number in range(1, self.depth):
            activity = count(
                self.trace, self.mapping, self.arch, "single", steps=range(number - 1, number + 1)
            )
            ours.append(self._ours(self._of_pair(activity, number), self.network, number - 1))
            for image in range(self.trace.images):
                fired = self.trace.fired(image, 0, number - 1).reshape(1, -1)
                inputs = np.concatenate([fired, np.zeros_like(fired)])
                seen = self._sim(inputs, 2, pair=number)
                theirs.append(_theirs(seen, int(fired.sum())))
        return _sum(ours), _sum(theirs)

    def repeated(self, timesteps: int) -> tuple[Totals, Totals, int]:
        """The first image's inputs shown `timesteps` times to membranes that keep what they have;
        SANA-FE's spikes are the trace. Ours with `received_or_fired`, SANA-FE's, and our updates
        with `layer_in_work`."""
        steps = timesteps + self.depth - 1
        inputs = np.zeros((steps, self.network.layers[0].neurons), np.bool_)
        inputs[:timesteps] = self.trace.fired(0, 0, 0).ravel()
        seen = self._sim(inputs, steps, leak=1.0)
        sizes = [layer.neurons for layer in self.network.spiking_layers]
        fired = spikes_of(seen["spike_trace"], len(sizes), sizes)
        network = replace(self.network, timesteps=timesteps)
        parts = [
            layer_fired[lag : lag + timesteps].reshape(1, timesteps, *_grid(network, lag))
            for lag, layer_fired in enumerate(fired)
        ]
        assert sum(int(p.sum()) for p in parts) == sum(int(f.sum()) for f in fired)
        trace = toys.trace(network, parts)
        activity = count(trace, self.mapping, self.arch, "single")
        neuron = self.arch.neuron.model_copy(update={"active_rule": "layer_in_work"})
        arch = self.arch.model_copy(update={"neuron": neuron})
        all_active = count(trace, self.mapping, arch, "single")
        theirs = _theirs(seen, int(inputs.sum()))
        in_work = self._ours(all_active, network)["updated"]
        return self._ours(activity, network), theirs, int(in_work)

    def latencies(self) -> list[tuple[str, float, float]]:
        """(simulator, mean latency of an image, the same without barriers) in ns."""
        timing = replay(self.trace, self.mapping, self.arch, "single", burst.transport).timing
        barriers = timing.barrier_ps * self.depth / 1000
        mean = float(timing.latency_ps.mean()) / 1000
        found = [("hwsim", mean, mean - barriers)]
        inputs = self._inputs(self.trace, self.depth)
        for model in MODELS:
            seen = self._sim(inputs, len(inputs), model=model, timed_inputs=True)
            mean = seen["sim_time"] * 1e9 / self.trace.images
            found.append((f"SANA-FE, {model}", mean, mean - barriers))
        return found

    def _sim(
        self, inputs: Bools, steps: int, *, model: str = "simple", pair: int = 0, **options: Any
    ) -> dict[str, Any]:
        """A run of SANA-FE: of the network, or of a layer `pair` behind its inputs."""
        network, parameters, mapping = self.network, self.case.parameters, self.mapping
        if pair:
            first = pair - 1
            last = replace(network.layers[pair], spiking=False)
            network = replace(network, layers=(network.layers[first], last))
            parameters = parameters[first : pair + 1]
            held = [s for s in mapping.slices if s.layer in (first, pair)]
            slices = tuple(replace(s, layer=s.layer - first) for s in held)
            mapping = replace(mapping, slices=slices)
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            chip = build(network, parameters, mapping, inputs, Path(folder), **options)
            seen: dict[str, Any] = chip.sim(
                timesteps=steps, timing_model=model, perf_trace=True, spike_trace=True,
                processing_threads=1,
            )  # fmt: skip
        return seen

    def _inputs(self, trace: SpikeTrace, gap: int) -> Bools:
        """Layer 0's spikes, an image every `gap` steps."""
        found = np.zeros((trace.images * gap, self.network.layers[0].neurons), np.bool_)
        found[::gap] = self._fired(trace)[0]
        return found

    def _fired(self, trace: SpikeTrace) -> list[Bools]:
        return [
            np.stack([trace.fired(image, 0, number).ravel() for image in range(trace.images)])
            for number in range(len(self.network.spiking_layers))
        ]

    def _of_pair(self, activity: Activity, number: int) -> Activity:
        """What a layer's neurons and synapses do, and the packets of the layer before it."""
        own, before = self._held(number), self._held(number - 1)
        counts = {
            action: values * (before if action in _TRAFFIC else own)
            for action, values in activity.counts.items()
        }
        counts[Action.NEURON_FIRE] = activity.counts[Action.NEURON_FIRE] * (own | before)
        return replace(activity, counts=counts)

    def _held(self, number: int) -> Bools:
        """(slices + 1,): those of a layer."""
        held = np.zeros(len(self.mapping.slices) + 1, np.bool_)
        held[list(self.mapping.of_layer(number))] = True
        return held

    def _ours(self, activity: Activity, network: Network, inputs: int = 0) -> Totals:
        """Totals; the neurons of the layer `inputs` fire, but cost nothing, as SANA-FE's do."""

        def total(*actions: Action) -> int:
            return sum(int(activity.counts[action].sum()) for action in actions)

        charged = {
            action: values * (~self._held(inputs) if action in _SCAN else 1)
            for action, values in activity.counts.items()
        }
        tally = Tally.of(replace(activity, counts=charged), self.mapping)
        none = np.zeros(activity.images, np.int64)
        part = price(tally, none, self.mapping, self.arch, network).by_component
        return {
            "packets": total(Action.AXON_OUT_SEND),
            "hops": total(Action.ROUTER_HOP_X, Action.ROUTER_HOP_Y),
            "synaptic events": total(Action.SYNAPSE_OP),
            "fired": total(Action.NEURON_FIRE),
            "updated": int(charged[Action.NEURON_UPDATE_ACTIVE].sum()),
            "synapses, pJ": float(part["synapse"].sum),
            "soma, pJ": float(part["neuron"].sum),
            "network, pJ": float(part["axon_out"].sum + part["router"].sum),
        }


def _theirs(seen: dict[str, Any], inputs_fired: int) -> Totals:
    """SANA-FE counts an input that fires as updated."""
    return {
        "packets": seen["packets_sent"],
        "hops": sum(seen["perf_trace"]["hops"]),
        "synaptic events": seen["spikes"],
        "fired": seen["neurons_fired"],
        "updated": seen["neurons_updated"] - inputs_fired,
        "synapses, pJ": seen["energy"]["synapse"] * 1e12,
        "soma, pJ": seen["energy"]["soma"] * 1e12,
        "network, pJ": seen["energy"]["network"] * 1e12,
    }


def _sum(parts: list[Totals]) -> Totals:
    return {key: sum(part[key] for part in parts) for key in parts[0]}


def _grid(network: Network, number: int) -> tuple[int, int, int]:
    channels, height, width = network.layers[number].out_shape
    return height, width, channels
