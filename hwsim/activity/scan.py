"""What the scans of a layer's slices do, from how many of their neurons fire and are active."""

from __future__ import annotations

import numpy as np

from hwsim.actions import Action
from hwsim.activity.activity import Activity, Counts
from hwsim.activity.firing import one_by_one
from hwsim.activity.window import Window
from hwsim.arch.digital import DigitalArch
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Layer


def everyone_active(arch: DigitalArch, timesteps: int) -> bool:
    """Whether every neuron of a layer in work is active, as opposed to received or fired."""
    rule = arch.neuron.active_rule
    return rule == "layer_in_work" or (rule == "by_timesteps" and timesteps > 1)


def count_scans(
    activity: Activity,
    active: Counts,
    layers: tuple[Layer, ...],
    mapping: Mapping,
    arch: DigitalArch,
    window: Window,
) -> None:
    """Fill in the scans and barriers of every image: `active` (N, T, slices) neurons are active,
    and `neuron.fire` is counted already."""
    for number, layer in enumerate(layers):
        held = mapping.of_layer(number)
        here = slice(held.start, held.stop)
        neurons = np.array([mapping.slices[index].neurons for index in held], np.int64)
        at_work = window.in_work(number)[:, None] * neurons
        idle = window.idle(number) * neurons if arch.neuron.scan == "all_mapped" else 0 * neurons
        scans = np.vstack((at_work, idle))  # (T + 1, slices of the layer)
        updated = np.concatenate(
            (active[:, :, here], np.zeros((len(active), 1, len(held)), np.int64)), axis=1
        )
        counts = {
            Action.NEURON_ACCESS: scans,
            Action.NEURON_UPDATE_ACTIVE: updated,
            Action.NEURON_UPDATE_INACTIVE: scans - updated,
            **_membrane(scans, arch),
        }
        if layer.spiking:
            counts[Action.THRESHOLD_READ] = updated
            if window.timesteps > 1:
                counts[Action.BNTT_PARAM_READ] = 2 * updated
        if layer.pool > 1 and not one_by_one(layer, arch):
            counts[Action.POOL_OP] = activity.counts[Action.NEURON_FIRE][:, :, here]
        for action, amount in counts.items():
            activity.counts[action][:, :, here] += amount
    if arch.timestep.barrier_ns:
        activity.counts[Action.BARRIER_SYNC][:, -1, -1] = window.own


def _membrane(scans: Counts, arch: DigitalArch) -> dict[Action, Counts]:
    """Reads and writes of the state across timesteps, by the policy."""
    reads, writes = scans.copy(), scans.copy()
    if arch.membrane.policy == "elide_first_read_last_write":
        reads[[0, -1]] = 0  # the first timestep and the idle scans
        writes[[-2, -1]] = 0
    return {Action.MEMBRANE_READ: reads, Action.MEMBRANE_WRITE: writes}
