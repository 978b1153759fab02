"""The work of one hardware step: every scan and every packet, before any time is known.

Both transports take a `StepLoad` and say when things happen; what happens is decided before,
from the bits of the trace and what the previous step delivered (`hwsim.chip.work`).
"""

from __future__ import annotations

from dataclasses import dataclass

from hwsim.mapping.fanout import Ints


@dataclass(frozen=True)
class Scans:
    """The scans of a step, one entry per scanned slice, in order of core index.

    `work_ps` is the sum of all services of the scan. Packets pointer[i] : pointer[i + 1] of the
    step's `Packets` come from scan i.
    """

    slices: Ints
    work_ps: Ints
    pointer: Ints


@dataclass(frozen=True)
class Packets:
    """The packets of a step in the order of their ids: (source core, neuron, destination), the
    host's first.

    * `source` (P,): slice index, or HOST,
    * `ready_ps` (P,): service of the scan up to and with the sending neuron; packets of one
      neuron are neighbours and share it,
    * `neuron` (P,): number of the sending neuron, equal for packets of one neuron and different
      for neighbours of different neurons,
    * `pointer` (P + 1,): deliveries of each packet: one, or several with `multicast: tree`,
    * `entry` (D,): the row of `hwsim.chip.fans.Fans` that the delivery executes, with its
      `destination` slice and its synapses' service, `service_ps`.
    """

    source: Ints
    ready_ps: Ints
    neuron: Ints
    pointer: Ints
    entry: Ints
    destination: Ints
    service_ps: Ints


@dataclass(frozen=True)
class StepLoad:
    """All scans and packets of one step."""

    scans: Scans
    packets: Packets
