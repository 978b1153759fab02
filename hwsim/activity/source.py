"""What enters layer 0: currents that a front end injects, or graded packets from the host."""

from __future__ import annotations

import numpy as np

from hwsim.actions import Action
from hwsim.activity.firing import Bools, reached
from hwsim.activity.ledger import Ledger
from hwsim.activity.traffic import Stage
from hwsim.activity.window import HOST
from hwsim.arch.schema import Arch
from hwsim.errors import InvalidInput
from hwsim.mapping.mapping import Mapping
from hwsim.trace.store import SpikeTrace

CHIP = -1
"""The index of the chip itself on the slice axis."""


def check_source(trace: SpikeTrace, arch: Arch) -> None:
    """Raise InvalidInput for a cached first layer whose input differs between timesteps."""
    if arch.first_layer_cached and (trace.inputs != trace.inputs[:, :1]).any():
        raise InvalidInput(
            f"{arch.name}: first_layer_cached needs the same input in every timestep, and that "
            f"of {trace.network.name} changes"
        )


def count_source(
    ledger: Ledger, trace: SpikeTrace, mapping: Mapping, arch: Arch, host: Stage
) -> Bools:
    """Count the input of a chunk; (B, height, width) of layer 0: where it gives work."""
    layer, timesteps = trace.network.layers[0], trace.network.timesteps
    first = np.arange(ledger.batch) % timesteps == 0
    fresh = first if arch.first_layer_cached else np.ones_like(first)
    held = mapping.of_layer(0)
    here = slice(held.start, held.stop)
    neurons = np.array([mapping.slices[index].neurons for index in held], np.int64)
    ledger.add(Action.ACCUMULATOR_READ, 0, here, np.outer(~fresh, neurons))
    if arch.first_layer == "current_injected":
        rows, columns = np.array(layer.taps_inside(0)), np.array(layer.taps_inside(1))
        macs = [
            layer.in_shape[0]
            * s.shape[2]
            * int(rows[slice(*s.y)].sum())
            * int(columns[slice(*s.x)].sum())
            for s in (mapping.slices[index] for index in held)
        ]
        ledger.add(Action.SYNAPSE_MAC, 0, here, np.outer(fresh, np.array(macs, np.int64)))
        ledger.add(Action.INPUT_WRITE, 0, CHIP, fresh * np.int64(layer.neurons))
        return np.ones((ledger.batch, *layer.out_shape[1:]), np.bool_)
    channels, height, width = layer.in_shape
    levels = trace.inputs[ledger.images].reshape(-1, trace.inputs.shape[1], height, width, channels)
    nonzero = np.count_nonzero(levels, axis=-1).astype(np.int64)
    nonzero = np.broadcast_to(nonzero, (len(nonzero), timesteps, height, width))
    nonzero = nonzero.reshape(-1, height, width)
    sent = nonzero.reshape(len(nonzero), -1) * fresh[:, None]
    host.send(ledger, HOST, slice(CHIP, None), host.travel(0, sent)[:, None])
    host.deliver(ledger, HOST, sent)
    return reached(nonzero > 0, layer)
