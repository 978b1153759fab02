"""What the scans and packets of a hardware step are in the ledger (docs/counting.md)."""

from __future__ import annotations

from collections.abc import Mapping as Dict

import numpy as np

from hwsim.actions import Action
from hwsim.activity import Counts
from hwsim.chip import scan
from hwsim.chip.ledger import Ledger
from hwsim.chip.work import Assignment, Scanned, Work
from hwsim.mapping.fanout import Ints


def enter_scans(ledger: Ledger, work: Work, now: Assignment, scanned: Scanned, owner: int) -> None:
    """All layers with one task at once: in `single` every layer but one is idle."""
    chip, later = work.chip, work.frames.network.timesteps > 1
    layer_of = work.layer_of_slices
    neurons, active, fired = chip.neurons_of_slices, scanned.active, scanned.fired
    spiking = np.array([layer.spiking for layer in chip.layers])[layer_of]
    pools = [x.pool > 1 and chip.sent(number) != scan.EACH for number, x in enumerate(chip.layers)]
    counts = {
        Action.NEURON_ACCESS: neurons,
        Action.NEURON_UPDATE_ACTIVE: active,
        Action.NEURON_UPDATE_INACTIVE: neurons - active,
        Action.NEURON_FIRE: fired,
        Action.POOL_OP: fired * np.array(pools)[layer_of],
        Action.THRESHOLD_READ: active * spiking,
        Action.BNTT_PARAM_READ: 2 * active * (spiking & later),
        Action.MEMBRANE_READ: neurons * scanned.reads[layer_of],
        Action.MEMBRANE_WRITE: neurons * scanned.writes[layer_of],
    }
    for task in set(now.layers):
        of_task = np.array([layer == task for layer in now.layers])
        here = np.flatnonzero(of_task[layer_of] & scanned.present)
        image, timestep = task if task is not None else (owner, None)
        for action, amount in counts.items():
            ledger.enter(action, image, timestep, here, amount[here])


def enter_packets(
    ledger: Ledger,
    work: Work,
    now: Assignment,
    sent: Ints,
    traffic: Dict[Action, Counts],
    delivered: Ints,
) -> None:
    """What was sent, (slices + 1,) packets with the host's last, and what the synapses did with
    what had arrived, (E,) of each entry of the fan-out."""
    mapping, fans = work.chip.mapping, work.fans
    slices = len(mapping.slices)
    if now.host is not None:
        ledger.enter(Action.INPUT_WRITE, *now.host, slices, int(sent[slices]))
        for action, counts in traffic.items():
            ledger.enter(action, *now.host, slices, int(counts[slices]))
    for number, task in enumerate(now.layers):
        if task is not None:
            here = np.array(mapping.of_layer(number))
            ledger.enter(Action.AXON_OUT_SEND, *task, here, sent[here])
            for action, counts in traffic.items():
                ledger.enter(action, *task, here, counts[here])
    lookups, synops, words = (
        _at(fans.slices, delivered * each, slices) for each in (1, fans.synops, fans.words)
    )
    # The spikes that a layer's synapses served belong to the task of the layer before.
    for number, task in enumerate((now.host, *now.layers[:-1])):
        if task is not None:
            here = np.array(mapping.of_layer(number))
            ledger.enter(Action.AXON_IN_LOOKUP, *task, here, lookups[here])
            ledger.enter(Action.SYNAPSE_WEIGHT_READ, *task, here, words[here])
            for action in (
                work.chip.operation(number),
                Action.ACCUMULATOR_READ,
                Action.ACCUMULATOR_WRITE,
            ):
                ledger.enter(action, *task, here, synops[here])


def _at(index: Ints, amount: Ints, size: int) -> Ints:
    """Exact integer sums of `amount` by `index`."""
    sums = np.zeros(size, np.int64)
    np.add.at(sums, index, amount)
    return sums


def enter_front_end(ledger: Ledger, work: Work, now: Assignment) -> None:
    """What feeds layer 0 without packets: injected currents, and the cached sums."""
    if now.layers[0] is None:
        return
    image, timestep = now.layers[0]
    cached = bool(timestep) and work.chip.arch.first_layer_cached
    here = np.array(work.chip.mapping.of_layer(0))
    if cached:
        neurons = work.chip.neurons_of_slices[here]
        ledger.enter(Action.ACCUMULATOR_READ, image, timestep, here, neurons)
    elif not work.hosted:
        ledger.enter(Action.INPUT_WRITE, image, timestep, -1, work.chip.layers[0].neurons)
        ledger.enter(Action.SYNAPSE_MAC, image, timestep, here, work.front_end_macs)
