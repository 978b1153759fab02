"""Small crossbar chips, random ones, and the same as plain data for the oracle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from hwsim.arch.crossbar import CrossbarArch
from hwsim.chip.crossbar.kind import Crossbar
from hwsim.network.graph import Network
from hwsim.trace.store import Origin, SpikeTrace
from tests.oracle.cases import networks, plain_layers
from tests.oracle.crossbar import PlainCrossbar, PlainWork
from tests.toys import nested, quantity


def chip(
    *,
    tiles: tuple[int, int] = (8, 8),
    pes_per_tile: int = 4,
    chip_tiles: tuple[int, int] | None = None,
    timestep: dict[str, Any] | None = None,
    energies_pj: dict[str, Any] | None = None,
    policy: str = "every_step",
    cached: bool = False,
    spike_word: int = 64,
    router: bool = False,
    multicast: str = "tree",
    packet_bits: int = 64,
    area_um2: dict[str, Any] | None = None,
    **core: Any,
) -> CrossbarArch:
    """SpikeSim's core in physical mode unless said otherwise; every action costs 1 pJ."""
    fields = {
        "kind": "crossbar", "rows": 64, "columns": 64, "cell_bits": 4, "adc_bits": 12,
        "columns_per_adc": 8, "row_order": "kernel_position", "arrays_per_pe": "kernel",
        "array_reads": "once", "conversions": "per_array", "column_encoding": "plain",
        "subtracts_per_conversion": 1, "neuron_unit": "per_block", "skip_zero_slice": False,
        "first_layer_reads": 1, "weight_duplication": "none", "input_reuse": "line_buffer",
        "work_resolution": "conv", "latency_unit": "position", "membrane_bits": 22,
        "neuron_memory_layers": "all", "input_memory_bits": 1, "read_ns": quantity(100),
    }  # fmt: skip
    prices = {str(action): 1 for action in CrossbarArch.ACTIONS}
    return CrossbarArch.model_validate(
        {
            "schema_version": 1,
            "name": "toy",
            "node_nm": 65,
            "voltage_v": 1.0,
            "timestep": timestep or {"semantics": "layer_pipelined", "overlap_fraction": 0.75},
            "mesh": {
                "tiles_x": tiles[0],
                "tiles_y": tiles[1],
                "cores_per_tile": pes_per_tile,
                "chip_tiles_x": (chip_tiles or tiles)[0],
                "chip_tiles_y": (chip_tiles or tiles)[1],
            },
            "core": {**fields, **core},
            "router": {
                "enabled": router,
                "routing": "xy",
                "multicast": multicast,
                "packet_bits": packet_bits,
            },
            "spike_buffer": {"word_bits": spike_word},
            "psum_buffer": {"word_bits": 22},
            "input": {"word_bits": 8},
            "membrane": {"word_bits": 22, "policy": policy},
            "bntt": {"word_bits": 32, "form": "scale_bias"},
            "first_layer": "on_core_graded",
            "first_layer_cached": cached,
            "energy_pj": nested({**prices, **(energies_pj or {})}),
            "leakage_uw_per_core": "unpublished",
            "power_gated": False,
            "area_um2": area_um2,
        }
    )


@dataclass(frozen=True)
class Case:
    """A random network with its spikes on a random chip."""

    network: Network
    arch: CrossbarArch
    trace: SpikeTrace

    def plain(self) -> PlainWork:
        """The same, for the oracle."""
        a, core, mesh = self.arch, self.arch.core, self.arch.mesh
        plain = PlainCrossbar(
            rows=core.rows,
            columns=core.columns,
            cell_bits=core.cell_bits,
            columns_per_adc=core.columns_per_adc,
            row_order=core.row_order,
            per_pe=None if core.arrays_per_pe == "kernel" else core.arrays_per_pe,
            each_mux_step=core.array_reads == "each_mux_step",
            per_array=core.conversions == "per_array",
            subtracts=core.subtracts_per_conversion,
            neuron_unit=core.neuron_unit,
            skip=core.skip_zero_slice,
            first_reads=core.first_layer_reads,
            balanced=core.weight_duplication == "balanced",
            line_buffer=core.input_reuse == "line_buffer",
            pooled=core.work_resolution == "pooled",
            memory=None if core.neuron_memory_layers == "all" else core.neuron_memory_layers,
            policy=a.membrane.policy,
            tick_batch=bool(a.timestep.tick_batch),
            cached=a.first_layer_cached,
            spike_word=a.spike_buffer.word_bits,
            router=a.router.enabled,
            tree=a.router.multicast == "tree",
            packet_bits=a.router.packet_bits,
            tiles=(mesh.tiles_x, mesh.tiles_y),
            pes_per_tile=mesh.cores_per_tile,
            chip_tiles=(mesh.chip_tiles_x, mesh.chip_tiles_y),
        )
        layers = plain_layers(self.network)
        images, times = range(self.trace.images), range(self.network.timesteps)
        fired = [
            [
                [
                    set(map(tuple, np.argwhere(self.trace.fired(n, t, number)).tolist()))
                    for t in times
                ]
                for n in images
            ]
            for number, layer in enumerate(layers)
            if layer.spiking
        ]
        inputs = [[_values(self.trace.input_levels(n, t)) for t in times] for n in images]
        return PlainWork(
            plain, self.network.timesteps, self.network.weight_bits, layers, fired, inputs
        )


def _values(levels: np.ndarray) -> dict[tuple[int, int, int], int]:
    return {tuple(place): int(levels[tuple(place)]) for place in np.ndindex(levels.shape)}


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A network of one to four layers, one or two images, every policy drawn."""
    network = draw(networks(graded=True))
    cell_bits = draw(st.sampled_from((2, 4, 8)))
    columns_per_adc = draw(st.sampled_from((1, 2)))
    words = st.sampled_from((1, 3, 64))
    wide, high = draw(st.integers(1, 5)), draw(st.sampled_from((60, 66)))
    cached = draw(st.booleans())
    schedule: dict[str, Any] = draw(
        st.sampled_from(
            (
                {"semantics": "layer_sequential"},
                {"semantics": "layer_pipelined", "overlap_fraction": 0.75},
                {"semantics": "layer_pipelined", "overlap_fraction": 0.5, "tick_batch": True},
            )
        )
    )
    arch = chip(
        tiles=(wide, high),
        pes_per_tile=draw(st.sampled_from((1, 2, 7))),
        chip_tiles=(wide, draw(st.sampled_from([n for n in (1, 2, 3, high) if high % n == 0]))),
        timestep=schedule,
        policy=draw(st.sampled_from(("every_step", "elide_first_read_last_write"))),
        cached=cached,
        spike_word=draw(words),
        router=draw(st.booleans()),
        multicast=draw(st.sampled_from(("none", "tree"))),
        packet_bits=draw(words),
        rows=draw(st.sampled_from((2, 3, 5, 16))),
        columns=columns_per_adc * draw(st.sampled_from((4, 5))),
        cell_bits=cell_bits,
        columns_per_adc=columns_per_adc,
        row_order=draw(st.sampled_from(("kernel_position", "im2col"))),
        arrays_per_pe=draw(st.sampled_from(("kernel", 1, 2))),
        array_reads=draw(st.sampled_from(("once", "each_mux_step"))),
        conversions=draw(st.sampled_from(("per_array", "per_pe"))),
        subtracts_per_conversion=draw(st.integers(0, 2)),
        neuron_unit=draw(st.sampled_from(("per_pe", "per_block"))),
        skip_zero_slice=draw(st.booleans()),
        first_layer_reads=draw(st.sampled_from((1, 8))),
        weight_duplication=draw(st.sampled_from(("none", "balanced"))),
        input_reuse=draw(st.sampled_from(("line_buffer", "reread"))),
        work_resolution=draw(st.sampled_from(("conv", "pooled"))),
        latency_unit=draw(st.sampled_from(("position", "element"))),
        neuron_memory_layers=draw(st.sampled_from(("all", 1))),
    )
    assume(Crossbar().fit(network, arch).fits)
    return Case(network, arch, draw(_traces(network, cached)))


@st.composite
def _traces(draw: st.DrawFn, network: Network, cached: bool) -> SpikeTrace:
    images = draw(st.integers(1, 2))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    rates = st.sampled_from((0.0, 0.1, 0.5, 1.0))
    spikes = tuple(
        np.packbits(
            rng.random((images, network.timesteps, layer.neurons)) < draw(rates),
            axis=-1,
            bitorder="little",
        )
        for layer in network.spiking_layers
    )
    fixed = cached or draw(st.booleans())
    shape = images, 1 if fixed else network.timesteps, network.layers[0].inputs
    inputs = rng.integers(-127, 128, shape) * (rng.random(shape) < draw(rates))
    return SpikeTrace(
        network,
        Origin("random", "0" * 64, None, "random"),
        spikes,
        inputs.astype(np.int8),
        np.zeros((images, network.classes), np.int64),
        np.full(images, -1, np.int64),
    )
