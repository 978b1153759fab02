"""Who works in which step: each core's busy time, divided over the steps of its experiment.

A replay keeps a core's busy time of the whole experiment and its counts by timestep. The pipeline
fixes the step in which a layer does the work of a timestep, so the busy time can be divided: in
proportion to counts times the table's times. That is exact where these times alone make up the
service; with `synapse.parallel` > 1 or a port-bound membrane it is a close estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from hwsim.actions import Action
from hwsim.arch.digital import DigitalArch
from hwsim.arch.quantity import ByFormat
from hwsim.chip.timing import CORE_SERVERS, CoreServer, Ps
from hwsim.report.latency_csv import mean_ns
from hwsim.result import Outcome, Run


@dataclass(frozen=True)
class Busiest:
    """The core of a layer whose server was busy longest in a step: mean ns of an image, and the
    share of the step's mean duration."""

    slice: int
    server: CoreServer
    busy_ns: Fraction
    share: Fraction


def occupancy(run: Run, outcome: Outcome) -> list[list[Busiest | None]] | None:
    """[step][layer], None where the layer did nothing in the step.

    The steps are those of `Timing.scan_ps`. None as a whole for a schedule without such a
    pipeline, or cores of another kind.
    """
    arch = run.arch.arch
    if not isinstance(arch, DigitalArch) or arch.timestep.semantics != "pipelined_barrier":
        return None
    durations = mean_ns(outcome.timing.step_ps)
    shares = {server: _by_step(run, arch, outcome, server) for server in CORE_SERVERS}
    return [
        [_busiest(run, shares, step, layer, ns) for layer in range(len(run.network.layers))]
        for step, ns in enumerate(durations)
    ]


def _busiest(
    run: Run, shares: dict[CoreServer, list[list[Fraction]]], step: int, layer: int, ns: Fraction
) -> Busiest | None:
    found = [
        (shares[server][index][step], server, index)
        for server in CORE_SERVERS
        for index in run.mapping.of_layer(layer)
    ]
    busy, server, index = max(found, key=lambda entry: entry[0])
    return Busiest(index, server, busy, busy / ns if ns else Fraction()) if busy else None


def _by_step(
    run: Run, arch: DigitalArch, outcome: Outcome, server: CoreServer
) -> list[list[Fraction]]:
    """[slice][step]: mean busy ns of an image."""
    timing, slices = outcome.timing, len(run.mapping.slices)
    images, steps = timing.scan_ps.shape
    load = timing.loads.get(server)
    busy = np.zeros(slices, np.int64) if load is None else load.busy_ps
    work = _work(run, arch, outcome, server)
    divided = []
    for index, part in enumerate(run.mapping.slices):
        weights = _in_steps(run, work[:, index].tolist(), part.layer, server, steps)
        whole, ps = sum(weights) * 1000 * images, int(busy[index])
        divided.append([Fraction(ps * w, whole) if w else Fraction() for w in weights])
    return divided


def _in_steps(run: Run, work: list[int], layer: int, server: CoreServer, steps: int) -> list[int]:
    """Work by timestep (the last: idle, in equal parts) as work by step, up to a common factor."""
    host = run.arch.arch.first_layer == "on_core_graded"
    first = layer + host - (server == "synapses")  # spikes are absorbed in the step that sends
    own = [(first + timestep) % steps for timestep in range(run.network.timesteps)]
    idle = set(range(steps)) - set(own)
    placed = [work[-1] if step in idle else 0 for step in range(steps)]
    for step, amount in zip(own, work, strict=False):
        placed[step] += amount * max(len(idle), 1)
    return placed


def _work(run: Run, arch: DigitalArch, outcome: Outcome, server: CoreServer) -> Ps:
    """(T + 1, slices): picoseconds of work by timestep, over all images, before any rounding
    that a server does."""
    totals = outcome.activity.totals
    kinds = [run.network.layers[part.layer].kind for part in run.mapping.slices]

    def spent(action: Action) -> Ps:
        each = np.array([_ps(arch, action, kind) for kind in kinds], np.int64)
        product: Ps = totals[action][:, :-1] * each
        return product

    match server:
        case "synapses":
            return (
                spent(Action.SYNAPSE_OP) + spent(Action.SYNAPSE_MAC) + spent(Action.AXON_IN_LOOKUP)
            )
        case "axon_out":
            return spent(Action.AXON_OUT_SEND)
        case "neurons" if arch.neuron.accounting == "additive":
            return (
                spent(Action.NEURON_ACCESS)
                + spent(Action.NEURON_UPDATE_ACTIVE)
                + spent(Action.NEURON_FIRE)
            )
        case "neurons":
            scanned = spent(Action.NEURON_UPDATE_ACTIVE) + spent(Action.NEURON_UPDATE_INACTIVE)
            if arch.time_ns.time(Action.NEURON_FIRE) is None:
                return scanned
            update = _ps(arch, Action.NEURON_UPDATE_ACTIVE, "conv")
            instead = totals[Action.NEURON_FIRE][:, :-1] * update
            return scanned + spent(Action.NEURON_FIRE) - instead


def _ps(arch: DigitalArch, action: Action, kind: str) -> int:
    entry = arch.time_ns.time(action)
    if isinstance(entry, ByFormat):
        entry = entry.of(kind)
    return 0 if entry is None else int(entry.value * 1000)
