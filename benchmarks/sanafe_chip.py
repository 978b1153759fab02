"""A network with its mapping and its input spikes on a chip of SANA-FE.

The chip is SANA-FE's own description of Loihi with input units only on the cores that hold inputs:
one for each of all 131,072 places, as in the packaged file, would take 1.8 GB.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Layer, Network
from hwsim.network.parameters import LayerParameters

Bools = npt.NDArray[np.bool_]
Pairs = list[tuple[int, int]]

_INPUTS = """            - name: input[0..{last}]
              attributes: {{model: input, energy_access_neuron: 0.0, energy_update_neuron: 0.0,
                energy_spike_out: 0.0, latency_access_neuron: {access},
                latency_update_neuron: {update}, latency_spike_out: {spike}}}
"""
_TILE = """    - name: tile_{tile}
      attributes: {{energy_north_hop: 4.2e-12, latency_north_hop: 6.5e-9,
        energy_south_hop: 4.2e-12, latency_south_hop: 6.5e-9, energy_east_hop: 3.0e-12,
        latency_east_hop: 4.1e-9, energy_west_hop: 3.0e-12, latency_west_hop: 4.1e-9}}
      core:
"""
_CORE = """        - name: core_{tile}_{core}
          attributes: {{buffer_position: soma, buffer_inside_unit: false,
            max_neurons_supported: 1024}}
          axon_in:
            - name: in
              attributes: {{energy_message_in: 0.0, latency_message_in: 16.0e-9}}
          synapse:
            - name: conv
              attributes: {{model: current_based, energy_process_spike: 24.0e-12,
                latency_process_spike: 3.1e-9}}
          dendrite:
            - name: sums
              attributes: {{model: accumulator, energy_update: 0.0, latency_update: 0.0}}
          soma:
            - name: lif
              attributes: {{model: leaky_integrate_fire, energy_access_neuron: 51.2e-12,
                latency_access_neuron: 6.0e-9, energy_update_neuron: 21.6e-12,
                latency_update_neuron: 3.7e-9, energy_spike_out: 69.3e-12,
                latency_spike_out: 30.0e-9}}
{inputs}          axon_out:
            - name: out
              attributes: {{energy_message_out: 111.0e-12, latency_message_out: 5.1e-9}}
"""
_SCAN_S = {"access": "6.0e-9", "update": "3.7e-9", "spike": "30.0e-9"}
_NO_SCAN = dict.fromkeys(_SCAN_S, "0.0")
_NEVER = 1e30
"""A threshold for the readout, which does not fire."""


def build(
    network: Network,
    parameters: tuple[LayerParameters, ...],
    mapping: Mapping,
    inputs: Bools,
    folder: Path,
    *,
    leak: float = 0.0,
    timed_inputs: bool = False,
) -> Any:
    """A loaded `sanafe.SpikingChip`; `inputs` (steps, neurons) are layer 0's spikes by step.

    `leak` is the share of a potential that is left in the next step. SANA-FE's inputs cost nothing;
    `timed_inputs` gives them the time of other neurons.
    """
    import sanafe

    file = folder / "sanafe.yaml"
    file.write_text(_architecture(mapping, timed_inputs), encoding="utf-8")
    arch = sanafe.load_arch(str(file))
    cores, net = arch.cores(), sanafe.Network()
    groups = [net.create_neuron_group("layer0", network.layers[0].neurons)]
    for number, layer in enumerate(network.layers[1:], start=1):
        threshold = _threshold(parameters[number])
        lif = {"threshold": threshold, "reset": 0.0, "leak_decay": leak, "reset_mode": "hard"}
        group = net.create_neuron_group(f"layer{number}", layer.neurons, model_attributes=lif)
        pairs, weights = synapses(layer, parameters[number].weights)
        groups[-1].connect_neurons_sparse(group, {"w": weights}, pairs)
        groups.append(group)
    for core, number, neurons in _held(network, mapping):
        for place, neuron in enumerate(neurons):
            mapped = groups[number][neuron]
            if number == 0:
                spikes = {"spikes": inputs[:, neuron].tolist()}
                mapped.set_attributes(
                    soma_hw_name=f"input[{place}]", log_spikes=True, model_attributes=spikes
                )
            else:
                mapped.set_attributes(soma_hw_name="lif", log_spikes=True)
            mapped.map_to_core(cores[_their_core(core, mapping)])
    chip = sanafe.SpikingChip(arch)
    chip.load(net)
    return chip


def synapses(layer: Layer, weights: npt.NDArray[np.int8]) -> tuple[Pairs, list[float]]:
    """(source, destination) neurons and the weight of every synapse of a layer without padding,
    neurons counted (y, x, channel)."""
    channels, _, width = layer.in_shape
    out_channels, rows, columns = layer.out_shape
    y, x, dy, dx, i, o = np.indices((rows, columns, *layer.kernel, channels, out_channels))
    source = ((y + dy) * width + x + dx) * channels + i
    target = (y * columns + x) * out_channels + o
    pairs = list(zip(source.ravel().tolist(), target.ravel().tolist(), strict=True))
    return pairs, weights[o, i, dy, dx].astype(float).ravel().tolist()


def spikes_of(trace: Any, layers: int, sizes: list[int]) -> list[Bools]:
    """Per layer, (steps, neurons) of a spike trace of SANA-FE."""
    fired = [np.zeros((len(trace), size), np.bool_) for size in sizes[:layers]]
    for step, neurons in enumerate(trace):
        for neuron in neurons:
            fired[int(neuron.group_name[len("layer") :])][step, neuron.neuron_offset] = True
    return fired


def _threshold(parameters: LayerParameters) -> float:
    """SANA-FE fires above a threshold, a `Compare` from it on."""
    if parameters.neuron is None:
        return _NEVER
    return float(parameters.neuron.threshold[0]) - 0.5  # type: ignore[union-attr]


def _held(network: Network, mapping: Mapping) -> list[tuple[int, int, list[int]]]:
    """(core, layer, neurons in scan order) of every slice."""
    held = []
    for part in mapping.slices:
        channels, _, width = network.layers[part.layer].out_shape
        y, x, c = np.meshgrid(*(np.arange(*r) for r in (part.y, part.x, part.c)), indexing="ij")
        neurons = (y * width + x) * channels + c
        held.append((part.core, part.layer, neurons.ravel().tolist()))
    return held


def _their_core(core: int, mapping: Mapping) -> int:
    """SANA-FE numbers tiles by column."""
    tile, place = divmod(core, mapping.cores_per_tile)
    y, x = divmod(tile, mapping.tiles_x)
    return (x * mapping.tiles_y + y) * mapping.cores_per_tile + place


def _architecture(mapping: Mapping, timed_inputs: bool) -> str:
    inputs = {
        _their_core(part.core, mapping): part.neurons for part in mapping.slices if part.layer == 0
    }
    lines = [
        "architecture:\n  name: loihi\n"
        f"  attributes: {{topology: mesh, width: {mapping.tiles_x}, height: {mapping.tiles_y},\n"
        "    link_buffer_size: 16, sync_model: table,\n"
        "    latency_sync: {1: 0.6e-6, 2: 1.0e-6, 4: 1.4e-6, 29: 1.8e-6}}\n  tile:\n"
    ]
    for tile in range(mapping.tiles_x * mapping.tiles_y):
        lines.append(_TILE.format(tile=tile))
        for core in range(mapping.cores_per_tile):
            held = inputs.get(tile * mapping.cores_per_tile + core, 0)
            times = _SCAN_S if timed_inputs else _NO_SCAN
            text = _INPUTS.format(last=held - 1, **times) if held else ""
            lines.append(_CORE.format(tile=tile, core=core, inputs=text))
    return "".join(lines)
