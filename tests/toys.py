"""Small networks, chips and traces that tests compute by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from hwsim.arch.digital import DigitalArch
from hwsim.arch.schema import Arch
from hwsim.mapping.mapping import Mapping, Slice
from hwsim.network.graph import Layer, Network
from hwsim.trace.store import Origin, SpikeTrace


def quantity(value: Any) -> dict[str, Any]:
    return {"value": value, "source": "toy", "evidence": "assumed"}


def nested(entries: dict[str, Any]) -> dict[str, Any]:
    """{"router.hop_x": 4} as nested blocks of quantities."""
    blocks: dict[str, Any] = {}
    for action, value in entries.items():
        component, name = action.split(".")
        entry = value if isinstance(value, str | dict) else quantity(value)
        blocks.setdefault(component, {})[name] = entry
    return blocks


def arch(
    times_ns: dict[str, Any] | None = None,
    energies_pj: dict[str, Any] | None = None,
    *,
    tiles: tuple[int, int] = (4, 4),
    cores_per_tile: int = 1,
    chip_tiles: tuple[int, int] | None = None,
    barrier_ns: dict[int, float] | None = None,
    timestep: dict[str, Any] | None = None,
    service_ns: float | None = None,
    fifo_depth: int | str = "unbounded",
    axon_in: int | str = "unbounded",
    axon_out: int | str = "unbounded",
    multicast: str = "none",
    accounting: str = "exclusive",
    scan: str = "all_mapped",
    active_rule: str = "received_or_fired",
    policy: str = "every_step",
    parallel: int = 1,
    first_layer: str = "current_injected",
    cached: bool = False,
    **core: Any,
) -> DigitalArch:
    """A chip whose every action costs 1 pJ unless said otherwise; only the given times exist."""
    energies = {action.value: 1 for action in DigitalArch.ACTIONS}
    limits = {
        "kind": "digital", "neurons_max": 1024, "synapse_mem_kib": 128, "axons_in_max": 4096,
        "axons_out_max": 4096, "weight_bits": 8, "membrane_bits": 24,
        "conv_axons": "population", "mapper": "min_cores",
    }  # fmt: skip
    barriers = barrier_ns or {1: 100}
    return DigitalArch.model_validate(
        {
            "schema_version": 1,
            "name": "toy",
            "node_nm": 14,
            "voltage_v": 0.75,
            "timestep": timestep
            or {
                "semantics": "pipelined_barrier",
                "barrier_ns": {tiles: quantity(ns) for tiles, ns in barriers.items()},
            },
            "mesh": {
                "tiles_x": tiles[0],
                "tiles_y": tiles[1],
                "cores_per_tile": cores_per_tile,
                "chip_tiles_x": (chip_tiles or tiles)[0],
                "chip_tiles_y": (chip_tiles or tiles)[1],
            },
            "core": {**limits, **core},
            "neuron": {"accounting": accounting, "scan": scan, "active_rule": active_rule},
            "input": {"word_bits": 16},
            "synapse": {"word_bits": 8, "parallel": parallel},
            "accumulator": {"word_bits": 24},
            "membrane": {"word_bits": 24, "policy": policy},
            "threshold": {"word_bits": 24},
            "bntt": {"word_bits": 16, "form": "scale_bias"},
            "first_layer": first_layer,
            "first_layer_cached": cached,
            "axon_in": {"depth": axon_in},
            "axon_out": {"depth": axon_out},
            "router": {
                "routing": "xy",
                "multicast": multicast,
                "packet_bits": 32,
                "fifo_depth": fifo_depth,
                "service_ns": None if service_ns is None else quantity(service_ns),
            },
            "time_ns": nested(times_ns or {}),
            "energy_pj": nested({**energies, **(energies_pj or {})}),
            "leakage_uw_per_core": quantity(1),
            "power_gated": False,
        }
    )


def linear(name: str, inputs: int, outputs: int, *, spiking: bool = True) -> Layer:
    return Layer(name, "linear", (inputs, 1, 1), (outputs, 1, 1), (1, 1), spiking=spiking)


def conv(name: str, shape: tuple[int, int, int], channels: int, **options: Any) -> Layer:
    """A 3 x 3 convolution with padding 1."""
    return Layer(name, "conv", shape, (channels, *shape[1:]), (3, 3), padding=1, **options)


def network(*layers: Layer, timesteps: int = 1) -> Network:
    return Network("toy", "none", timesteps, layers)


def trace(net: Network, fired: list[Any], inputs: Any = None) -> SpikeTrace:
    """`fired[l]`: bool (N, T, height, width, channels) of each spiking layer."""
    images = len(fired[0]) if fired else 1
    bits = tuple(
        np.packbits(
            np.asarray(f, np.bool_).reshape(images, net.timesteps, -1), axis=-1, bitorder="little"
        )
        for f in fired
    )
    if inputs is None:
        inputs = np.ones((images, 1, net.layers[0].inputs), np.int8)
    readout = np.zeros((images, net.classes), np.int64)
    labels = np.zeros(images, np.int64)
    return SpikeTrace(net, Origin("toy.pt", "0" * 64, None, "toy"), bits, inputs, readout, labels)


def mapping(chip: Arch, *slices: tuple[Any, ...]) -> Mapping:
    """Slices as (core, layer, (y0, y1), (x0, x1), (c0, c1))."""
    m = chip.mesh
    return Mapping(
        tuple(Slice(*s) for s in slices),
        "by hand",
        m.tiles_x,
        m.tiles_y,
        m.cores_per_tile,
        m.chip_tiles_x,
        m.chip_tiles_y,
    )


def whole(layer: Layer) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """The block of a whole layer."""
    channels, height, width = layer.out_shape
    return (0, height), (0, width), (0, channels)
