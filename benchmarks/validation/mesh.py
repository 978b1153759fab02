"""Traffic on a k x k mesh whose links and ports all take one cycle, against the textbook."""

from __future__ import annotations

import numpy as np

from benchmarks.validation.loihi import STUB
from benchmarks.validation.row import Row
from benchmarks.validation.step import everywhere, moved
from hwsim.actions import Action
from hwsim.chip import burst
from hwsim.chip.chip import Chip
from hwsim.chip.transport import Transport
from tests import toys

TEXTBOOK = "Dally and Towles, Principles and Practices of Interconnection Networks, 2004"
CYCLE_PS = 1000
SIZES = (4, 8, 16)
PACKETS = 8000
"""A node sends in the saturated run; the busiest link then has about 1 % above its mean."""


def chip(k: int, fifo_depth: int | str = "unbounded") -> Chip:
    """A mesh of k x k tiles with one core each."""
    names = ("router.inject", "router.hop_x", "router.hop_y", "router.eject")
    arch = toys.arch(dict.fromkeys(names, 1), tiles=(k, k), fifo_depth=fifo_depth)
    return Chip(arch, everywhere(arch), STUB)


def saturation(k: int, packets: int, transport: Transport, fifo_depth: int | str) -> float:
    """Packets a node and cycle: every node has `packets` waiting, each to a tile drawn from all,
    and it takes until the last one has arrived."""
    nodes = k * k
    source = np.repeat(np.arange(nodes), packets)
    target = np.random.default_rng(k).integers(0, nodes, len(source))
    result = moved(source, target, np.zeros_like(source), chip(k, fifo_depth), transport)
    return packets / (result.absorb_ps / CYCLE_PS)


def rows() -> list[Row]:
    """Saturation, mean distance, one hot destination."""
    claim = "uniform traffic saturates at the bisection, 4 / k: {0} x {0} mesh, XY, output queues"
    saturated = [
        Row(
            claim.format(k), 4 / k, saturation(k, PACKETS, burst.transport, "unbounded"),
            "packets/node/cycle", "prediction", TEXTBOOK, within=0.05,
        )
        for k in SIZES
    ]  # fmt: skip
    return [*saturated, _distance(8), _hot(8)]


def _distance(k: int) -> Row:
    """One packet between any two different tiles: k^2 (k^2 - 1) pairs, 2 k / 3 hops each."""
    source, target = np.divmod(np.arange(k**4), k * k)
    apart = source != target
    source, target = source[apart], target[apart]
    traffic = moved(source, target, np.zeros_like(source), chip(k), burst.transport).traffic
    hops = sum(int(traffic[a].sum()) for a in (Action.ROUTER_HOP_X, Action.ROUTER_HOP_Y))
    expected = len(source) * 2 * k // 3
    claim = f"all pairs of a {k} x {k} mesh have 2 k / 3 hops on average: their sum"
    return Row(claim, expected, hops, "hops", "regression", TEXTBOOK)


def _hot(k: int) -> Row:
    """Every other tile sends 20 packets to one."""
    nodes, hot = k * k, k * k // 2 + k // 2
    source = np.repeat(np.delete(np.arange(nodes), hot), 20)
    target, ready = np.full_like(source, hot), np.zeros_like(source)
    arrived = moved(source, target, ready, chip(k), burst.transport).delivered_ps
    rate = (len(arrived) - 1) * CYCLE_PS / int(np.ptp(arrived))
    claim = f"one hot destination of a {k} x {k} mesh takes one packet a service"
    return Row(claim, 1, rate, "packets/cycle", "regression", TEXTBOOK)
