"""Packet-services: how often a server served a packet in a replay."""

from __future__ import annotations

from hwsim.actions import Action
from hwsim.activity import Activity, Experiment
from hwsim.arch.digital import DigitalArch
from hwsim.chip import burst
from hwsim.chip.kinds import kind_of
from hwsim.chip.schedule import go_on, replay
from hwsim.mapping.mapping import Mapping
from hwsim.trace.store import SpikeTrace

SERVED = (
    Action.ROUTER_INJECT,
    Action.ROUTER_HOP_X,
    Action.ROUTER_HOP_Y,
    Action.ROUTER_EJECT,
    Action.AXON_IN_LOOKUP,
)
"""A packet's way from inject to the synapses that it looks up."""


def services(activity: Activity, arch: DigitalArch) -> int:
    """Services of every image: `SERVED`, and sends where axon-out takes time."""
    timed = arch.time_ns.time(Action.AXON_OUT_SEND) is not None
    actions = (*SERVED, Action.AXON_OUT_SEND) if timed else SERVED
    return sum(int(activity.per_image(action).sum()) for action in actions)


def count_services(
    trace: SpikeTrace, mapping: Mapping, arch: DigitalArch, experiment: Experiment
) -> int:
    """Packet-services of a replay."""
    return services(replay(trace, mapping, arch, experiment, burst.transport).activity, arch)


def run_burst(
    trace: SpikeTrace, mapping: Mapping, arch: DigitalArch, experiment: Experiment
) -> None:
    """A whole burst replay whose counts nobody keeps."""
    course = kind_of(arch).course(trace, mapping, arch, experiment)
    go_on(course, burst.transport, lambda image, activity: None)
