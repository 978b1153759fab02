"""The burst transport gives the packet transport's picoseconds."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.actions import Action
from hwsim.arch.digital import DigitalArch
from hwsim.chip import burst, packet
from hwsim.chip.chip import HOST, Chip
from hwsim.chip.load import Packets, Scans, StepLoad
from hwsim.mapping.mapping import Mapping
from tests import toys

NETWORK = toys.network(toys.linear("a", 1, 1), toys.linear("out", 1, 1, spiking=False))
TIMED = ("axon_out.send", "router.inject", "router.hop_x", "router.hop_y", "router.eject")


@st.composite
def steps(draw: st.DrawFn, depths: bool = False) -> tuple[DigitalArch, Mapping, StepLoad]:
    """A random mesh, times with many ties, and random packets on it."""
    width, height = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    cores = draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    few = draw(st.sampled_from([2, 20]))
    times: dict[str, Any] = {
        action: int(rng.integers(1, few)) / 1000 for action in TIMED if rng.random() < 0.8
    }
    if draw(st.booleans()):
        times["chip_link.send"] = int(rng.integers(1, few)) / 1000
    hops = [times[a] for a in ("router.hop_x", "router.hop_y") if a in times]
    service = None
    if hops and draw(st.booleans()):
        service = int(rng.integers(1, round(min(hops) * 1000) + 1)) / 1000
    depth = st.one_of(st.integers(1, 4), st.just("unbounded")) if depths else st.just("unbounded")
    tree = draw(st.booleans())
    limits = {"fifo_depth": draw(depth), "axon_in": draw(depth)}
    slices = int(rng.integers(1, width * height * cores + 1))
    limits["axon_out"] = (
        slices + draw(st.integers(0, 3)) if depths and draw(st.booleans()) else "unbounded"
    )
    chip = toys.arch(
        times,
        tiles=(width, height),
        chip_tiles=(
            draw(st.sampled_from([w for w in range(1, width + 1) if width % w == 0])),
            height,
        ),
        cores_per_tile=cores,
        service_ns=service,
        multicast="tree" if tree else "none",
        **limits,
    )
    held = np.sort(rng.permutation(width * height * cores)[:slices])
    held = held[rng.permutation(slices)]
    placed = toys.mapping(
        chip, *((int(c), 0, (i, i + 1), (0, 1), (0, 1)) for i, c in enumerate(held))
    )
    return chip, placed, load(rng, placed, tree, few, draw(st.booleans()))


def load(rng: np.random.Generator, placed: Mapping, tree: bool, few: int, hosted: bool) -> StepLoad:
    slices = len(placed.slices)
    parts: list[tuple[int, int, int, list[int]]] = []  # source, ready, neuron, destinations
    order = np.argsort(placed.cores)
    sources = ([HOST] if hosted else []) + order.tolist()
    pointer, work, neuron = [], [], 0
    for source in sources:
        ready = 0
        before = len(parts)
        for _ in range(int(rng.integers(0, 6))):
            ready += int(rng.integers(0, few)) if source != HOST else 0
            chosen = rng.permutation(slices)[: int(rng.integers(1, slices + 1))]
            to = sorted(chosen.tolist(), key=lambda i: int(placed.cores[i]))
            if tree:
                parts.append((source, ready, neuron, to))
            else:
                parts += [(source, ready, neuron, [one]) for one in to]
            neuron += 1
        if source != HOST:
            pointer.append(before)
            work.append(ready + int(rng.integers(0, few)))
    pointer.append(len(parts))
    deliveries = [d for part in parts for d in part[3]]
    timed = rng.random() < 0.8
    return StepLoad(
        Scans(order, np.array(work), np.array(pointer)),
        Packets(
            source=np.array([p[0] for p in parts], np.int64),
            ready_ps=np.array([p[1] for p in parts], np.int64),
            neuron=np.array([p[2] for p in parts], np.int64),
            pointer=np.cumsum([0] + [len(p[3]) for p in parts]),
            destination=np.array(deliveries, np.int64),
            service_ps=rng.integers(1, few, len(deliveries)) * int(timed),
            entry=np.zeros(len(deliveries), np.int64),
        ),
    )


def same(one: Any, two: Any) -> None:
    assert one.delivered_ps.tolist() == two.delivered_ps.tolist()
    assert (one.scan_ps, one.absorb_ps) == (two.scan_ps, two.absorb_ps)
    for action, counts in one.traffic.items():
        assert counts.tolist() == two.traffic[action].tolist(), action
    for kind in sorted(set(one.loads) | set(two.loads)):
        for rows in ("busy_ps", "served", "max_queue"):
            a, b = (getattr(r.loads[kind], rows) if kind in r.loads else 0 for r in (one, two))
            assert np.array_equal(
                np.broadcast_to(a, np.shape(b) or np.shape(a)),
                np.broadcast_to(b, np.shape(a) or np.shape(b)),
            ), (kind, rows)


@settings(max_examples=300, deadline=None)
@given(steps())
def test_unbounded_is_the_same_picosecond_for_every_packet(
    case: tuple[DigitalArch, Mapping, StepLoad],
) -> None:
    arch, placed, work = case
    chip = Chip(arch, placed, NETWORK)
    same(packet.transport(work, chip), burst.transport(work, chip))


@settings(max_examples=400, deadline=None)
@given(steps(depths=True))
def test_exact_implies_the_same_picoseconds_with_finite_depths(
    case: tuple[DigitalArch, Mapping, StepLoad],
) -> None:
    arch, placed, work = case
    chip = Chip(arch, placed, NETWORK)
    served = burst.transport(work, chip)
    if not served.overflows:
        same(packet.transport(work, chip), served)


@settings(max_examples=200, deadline=None)
@given(steps(depths=True))
def test_overflow_is_the_occupancy_of_an_unbounded_packet_run(
    case: tuple[DigitalArch, Mapping, StepLoad],
) -> None:
    arch, placed, work = case
    chip = Chip(arch, placed, NETWORK)
    free = arch.model_copy(
        update={
            "router": arch.router.model_copy(update={"fifo_depth": "unbounded"}),
            "axon_in": arch.axon_in.model_copy(update={"depth": "unbounded"}),
            "axon_out": arch.axon_out.model_copy(update={"depth": "unbounded"}),
        }
    )
    step = packet.Step(work, Chip(free, placed, NETWORK))
    step.run()
    needed = {}
    for (kind, place), server in step.servers.items():
        if place == HOST or not (server.busy_ps or kind == "axon_out"):
            continue
        if kind == "axon_out":
            depth, wires = chip.axon_out_depth, 0
        elif kind == "synapses":
            depth = chip.axon_in_depth
            wires = chip.places_behind("eject", int(placed.tiles[place]))
        elif kind.startswith("link_"):
            depth, wires = chip.fifo_depth, chip.link_places(kind.removeprefix("link_"), place)
        else:
            depth, wires = chip.fifo_depth, chip.wire_places(kind, place)
        if depth is not None and server.fifo.peak > depth + wires:
            needed[kind, place] = server.fifo.peak - wires
    found = {(o.server, o.place): o.needed for o in burst.transport(work, chip).overflows}
    if chip.stages[Action.AXON_OUT_SEND] is None:
        # Without a finite depth there is no queue to look at.
        found = {key: value for key, value in found.items() if key[0] != "axon_out"}
    assert found == needed
