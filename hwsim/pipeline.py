"""The whole tool, top to bottom: checkpoint or trace, architecture, mapping, replay, energy.

Every stage is one call that takes frozen values and returns one. This is the only module that
sees all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hwsim.activity import Experiment, count, dense_synops
from hwsim.arch.load import LoadedArch
from hwsim.chip import packet
from hwsim.chip.schedule import replay
from hwsim.chip.transport import Transport
from hwsim.energy import price
from hwsim.errors import HwsimError
from hwsim.mapping.fit import fit, map_network
from hwsim.mapping.mapping import Mapping
from hwsim.result import Outcome, Run
from hwsim.trace.store import SpikeTrace

TRANSPORTS: dict[str, Transport] = {"packet": packet.transport}
Progress = Callable[[str, int, int], None]
"""Called with (what is being done, done, in all)."""


def run(
    trace: SpikeTrace,
    arch: LoadedArch,
    mapping: Mapping | None,
    transport: str,
    seed: int,
    progress: Progress = lambda what, done, total: None,
) -> Run:
    """Replay a trace on an architecture and price it, as `single` and as `stream`.

    `mapping` None: cut and placed by the architecture's strategy. Raises DoesNotFit where the
    network does not fit the chip, HwsimError where the two counts disagree.
    """
    network = trace.network
    placed = map_network(network, arch.arch, mapping)

    def outcome(experiment: Experiment) -> Outcome:
        def tell(done: int, total: int) -> None:
            progress(f"replay {experiment}", done, total)

        replayed = replay(trace, placed, arch.arch, experiment, TRANSPORTS[transport], tell)
        differences = replayed.activity.differences(count(trace, placed, arch.arch, experiment))
        if differences:
            raise HwsimError("the replay and the count disagree:\n" + "\n".join(differences))
        energy = price(
            replayed.activity, replayed.timing.interval_ps, placed, arch.arch, network
        )
        return Outcome(replayed, energy)

    return Run(
        network=network,
        origin=trace.origin,
        labels=trace.labels,
        predictions=trace.predictions,
        arch=arch,
        mapping=placed,
        fit=fit(network, arch.arch, placed),
        transport=transport,
        seed=seed,
        single=outcome("single"),
        stream=outcome("stream"),
        dense_synops=dense_synops(trace),
    )


def load_trace(path: Path) -> SpikeTrace:
    """A saved trace."""
    raise NotImplementedError
