"""A core kind of tests: an array a layer, a unit a pixel, which takes longer the more it fires."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np

from hwsim.actions import Action, Counted, PluginAction
from hwsim.activity import Activity, Experiment
from hwsim.arch.count import Count
from hwsim.arch.schema import Arch, Core
from hwsim.chip.frames import Frames
from hwsim.chip.kind import Capacity, CoreKind
from hwsim.chip.passes import Pass, PassCourse
from hwsim.mapping.fit import Fit, LayerFit, Limit
from hwsim.mapping.mapping import Mapping, Slice
from hwsim.network.graph import Network
from hwsim.saved import Saved
from hwsim.trace.store import SpikeTrace
from tests.toys import quantity

VISIT = PluginAction("toy.visit")


class ToyCore(Core):
    kind: Literal["toy"]
    unit_ps: Count


class ToyArch(Arch):
    ACTIONS: ClassVar[tuple[Counted, ...]] = (Action.NEURON_FIRE, VISIT, Action.BARRIER_SYNC)
    SCHEDULES: ClassVar[tuple[str, ...]] = ("layer_sequential", "layer_pipelined")

    core: ToyCore


@dataclass(frozen=True)
class ToyWork:
    """Unit by unit: a visit of each pixel and of each neuron of it that fires."""

    frames: Frames
    unit_ps: int

    def layer_pass(self, image: int, timestep: int, layer: int) -> Pass:
        shape = self.frames.network.layers[layer]
        units, fires = [], 0
        for y in range(shape.out_shape[1]):
            for x in range(shape.out_shape[2]):
                here = 0
                if shape.spiking:
                    here = int(self.frames.fired(image, timestep, layer)[y, x].sum())
                fires += here
                units.append(self.unit_ps * (1 + here))
        visits = len(units) + fires
        return Pass(
            np.array(units, np.int64),
            {Action.NEURON_FIRE: np.array([fires]), VISIT: np.array([visits])},
        )


class Toy(CoreKind[ToyArch]):
    name: ClassVar[str] = "toy"
    arch = ToyArch

    def fit(self, network: Network, arch: ToyArch, mapping: Mapping | None = None) -> Fit:
        layers = tuple(
            LayerFit(layer.name, 1, (*layer.out_shape[1:], layer.out_shape[0]), {"pixels": 1})
            for layer in network.layers
        )
        return Fit(
            "one each", {"pixels": Limit("pixels", None)}, layers, len(layers), arch.mesh.cores, 1,
            {"cores": len(layers) / arch.mesh.cores}, notes=("a toy",),
        )  # fmt: skip

    def place(self, network: Network, arch: ToyArch, loaded: Mapping | None = None) -> Mapping:
        slices = [
            Slice(n, n, (0, layer.out_shape[1]), (0, layer.out_shape[2]), (0, layer.out_shape[0]))
            for n, layer in enumerate(network.layers)
        ]
        m = arch.mesh
        return Mapping(
            tuple(slices), "one each", m.tiles_x, m.tiles_y, m.cores_per_tile, m.chip_tiles_x,
            m.chip_tiles_y,
        )  # fmt: skip

    def count(
        self, part: SpikeTrace, mapping: Mapping, arch: ToyArch, experiment: Experiment
    ) -> Activity:
        network = part.network
        activity = Activity.zeros(experiment, part.images, network.timesteps, mapping, arch.ACTIONS)
        for number, layer in enumerate(network.layers):
            fires = np.zeros((part.images, network.timesteps), np.int64)
            if layer.spiking:
                bits = np.unpackbits(part.spikes[number], axis=-1, bitorder="little")
                fires = bits[..., : layer.neurons].sum(axis=-1, dtype=np.int64)
            pixels = layer.out_shape[1] * layer.out_shape[2]
            activity.counts[Action.NEURON_FIRE][:, :-1, number] = fires
            activity.counts[VISIT][:, :-1, number] = fires + pixels
        if arch.timestep.barrier_ns:
            passes = arch.timestep.waves(network.timesteps) * len(network.layers)
            activity.counts[Action.BARRIER_SYNC][:, -1, -1] = passes
        return activity

    def course(
        self,
        frames: Frames,
        mapping: Mapping,
        arch: ToyArch,
        experiment: Experiment,
        saved: Saved | None = None,
    ) -> PassCourse:
        work = ToyWork(frames, arch.core.unit_ps)
        return PassCourse(work, frames, mapping, arch, experiment, saved)

    def capacities(self, network: Network, mapping: Mapping, arch: ToyArch) -> dict[str, Capacity]:
        return {"membrane": Capacity(0, None)}

    def assumptions(self, network: Network, arch: ToyArch, mapping: Mapping) -> list[str]:
        return ["it is a toy"]

    def executes_weights(self, network: Network, arch: ToyArch) -> bool:
        return False


def toy_arch(unit_ps: int = 1000, **timestep: Any) -> ToyArch:
    return ToyArch.model_validate(
        {
            "schema_version": 1,
            "name": "toy",
            "node_nm": 14,
            "voltage_v": 0.75,
            "timestep": {"semantics": "layer_sequential", **timestep},
            "mesh": {
                "tiles_x": 4, "tiles_y": 1, "cores_per_tile": 1, "chip_tiles_x": 4,
                "chip_tiles_y": 1,
            },
            "core": {"kind": "toy", "unit_ps": unit_ps},
            "membrane": {"word_bits": 16, "policy": "every_step"},
            "bntt": {"word_bits": 16, "form": "scale_bias"},
            "first_layer": "on_core_graded",
            "first_layer_cached": False,
            "energy_pj": {
                "neuron": {"fire": quantity(2)},
                "toy": {"visit": quantity(3)},
                "barrier": {"sync": "unpublished"},
            },
            "leakage_uw_per_core": quantity(1),
            "power_gated": False,
        }
    )  # fmt: skip
