"""Small chips of binary crossbars."""

from __future__ import annotations

from typing import Any

from hwsim.arch.binary_crossbar import BinaryCrossbarArch
from tests import toys


def arch(
    *,
    axons: int = 256,
    neurons: int = 256,
    tiles: tuple[int, int] = (16, 16),
    chip_tiles: tuple[int, int] | None = None,
    cores_per_tile: int = 1,
    partial_fires: str = "any_input",
    reach: int = 255,
    cached: bool = False,
    tick_us: float = 1000,
    synop_ns: float = 1,
    access_ns: float = 1,
    service_ns: float = 1,
    energies_pj: dict[str, Any] | None = None,
) -> BinaryCrossbarArch:
    """Every action costs 1 pJ unless said otherwise."""
    energies = {action.value: 1 for action in BinaryCrossbarArch.ACTIONS}
    return BinaryCrossbarArch.model_validate(
        {
            "schema_version": 1,
            "name": "toy",
            "node_nm": 28,
            "voltage_v": 0.775,
            "timestep": {"semantics": "pipelined_tick", "tick_us": toys.quantity(tick_us)},
            "mesh": {
                "tiles_x": tiles[0],
                "tiles_y": tiles[1],
                "cores_per_tile": cores_per_tile,
                "chip_tiles_x": (chip_tiles or tiles)[0],
                "chip_tiles_y": (chip_tiles or tiles)[1],
            },
            "core": {
                "kind": "binary_crossbar",
                "axons_max": axons,
                "neurons_max": neurons,
                "axon_types": 4,
                "membrane_bits": 20,
                "partial_fires": partial_fires,
            },
            "membrane": {"word_bits": 20, "policy": "every_step"},
            "bntt": {"word_bits": 16, "form": "scale_bias"},
            "input": {"word_bits": 32},
            "first_layer": "spikes_injected",
            "first_layer_cached": cached,
            "router": {
                "routing": "xy",
                "packet_bits": 32,
                "reach_max": reach,
                "service_ns": toys.quantity(service_ns),
            },
            "time_ns": toys.nested({"synapse.op": synop_ns, "neuron.access": access_ns}),
            "energy_pj": toys.nested({**energies, **(energies_pj or {})}),
            "leakage_uw_per_core": toys.quantity(1),
            "power_gated": False,
        }
    )
