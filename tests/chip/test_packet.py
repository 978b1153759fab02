"""Hand-computed cases of the packet transport, to the picosecond."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from hwsim.actions import Action
from hwsim.activity import Tally
from hwsim.arch.digital import DigitalArch
from hwsim.chip.packet import transport
from hwsim.chip.schedule import replay
from hwsim.energy import price
from hwsim.network.graph import Layer
from tests import toys

TIMES = {
    "neuron.update_inactive": 5,
    "neuron.update_active": 8,
    "router.inject": 1,
    "router.hop_x": 4,
    "router.hop_y": 6,
    "router.eject": 1,
    "axon_in.lookup": 2,
    "synapse.op": 3,
}


def test_one_spike_over_one_hop() -> None:
    net = toys.network(toys.linear("a", 1, 1), toys.linear("out", 1, 1, spiking=False))
    chip = toys.arch(TIMES, service_ns=0.5)
    placed = toys.mapping(
        chip, (0, 0, *toys.whole(net.layers[0])), (1, 1, *toys.whole(net.layers[1]))
    )
    spikes = toys.trace(net, [np.ones((1, 1, 1, 1, 1))])
    result = replay(spikes, placed, chip, "single", transport)
    # Step 0: update 8, inject 1, hop 4, eject 1, lookup 2 + one synaptic operation 3 = 19 ns.
    # Step 1: the readout is active: 8 ns. Two barriers of 100 ns.
    assert result.timing.scan_ps.tolist() == [[8_000, 8_000]]
    assert result.timing.absorb_ps.tolist() == [[19_000, 0]]
    assert result.timing.latency_ps.tolist() == [19_000 + 8_000 + 200_000]
    counts = result.activity.counts
    assert counts[Action.ROUTER_HOP_X].sum() == 1
    assert counts[Action.ROUTER_HOP_Y].sum() == 0
    assert counts[Action.SYNAPSE_OP][0, 0].tolist() == [0, 1, 0]
    assert counts[Action.NEURON_UPDATE_ACTIVE].sum() == 2
    assert counts[Action.NEURON_UPDATE_INACTIVE].sum() == 2
    # In the stream both layers work in the one step.
    stream = replay(spikes, placed, chip, "stream", transport)
    assert stream.timing.interval_ps.tolist() == [119_000]
    assert stream.timing.latency_ps.tolist() == [2 * 119_000]


def test_energy_of_one_spike_over_one_hop() -> None:
    """The same spike, priced by hand to the last digit."""
    net = toys.network(toys.linear("a", 1, 1), toys.linear("out", 1, 1, spiking=False))
    prices = {
        "neuron.update_active": 81,
        "neuron.update_inactive": 52,
        "router.inject": 0.85,
        "router.hop_x": 3.0,
        "router.eject": 0.85,
        "synapse.op": 23.6,
    }
    free = {action.value: 0 for action in DigitalArch.ACTIONS}
    chip = toys.arch(TIMES, {**free, **prices}, service_ns=0.5, tiles=(2, 1))
    placed = toys.mapping(
        chip, (0, 0, *toys.whole(net.layers[0])), (1, 1, *toys.whole(net.layers[1]))
    )
    spikes = toys.trace(net, [np.ones((1, 1, 1, 1, 1))])
    result = replay(spikes, placed, chip, "single", transport)
    tally = Tally.of(result.activity, placed)
    paid = price(tally, result.timing.latency_ps, placed, chip, net)
    # Each neuron is active in one of the two steps; 1 uW leaks from two cores for 227 ns.
    dynamic = 2 * (81 + 52) + Fraction("0.85") + 3 + Fraction("0.85") + Fraction("23.6")
    assert paid.dynamic[0] == dynamic
    assert paid.leakage[0] == 2 * 227_000 * Fraction(1, 10**6)
    assert paid.total[0] == dynamic + paid.leakage[0]


def test_n_neurons_and_s_synapses_on_one_core() -> None:
    """Five of eight neurons fire to ten targets on their own core's tile: the scan and the
    synapses overlap, the synapses are the bottleneck."""
    net = toys.network(toys.linear("a", 1, 8), toys.linear("out", 8, 10, spiking=False))
    chip = toys.arch(TIMES, cores_per_tile=2)
    placed = toys.mapping(
        chip, (0, 0, *toys.whole(net.layers[0])), (1, 1, *toys.whole(net.layers[1]))
    )
    fired = np.array([1, 0, 1, 0, 1, 1, 0, 1]).reshape(1, 1, 1, 1, 8)
    result = replay(toys.trace(net, [fired]), placed, chip, "single", transport)
    # Injected current makes all eight active: 64 ns of scan. The first packet is ready at 8,
    # inject and eject take it to 10; then five services of 2 + 10 * 3 = 32 ns, back to back.
    assert result.timing.scan_ps[0, 0] == 64_000
    assert result.timing.absorb_ps[0, 0] == (8 + 1 + 1 + 5 * 32) * 1000
    assert result.timing.scan_ps[0, 1] == 80_000
    assert result.timing.loads["synapses"].busy_ps.tolist() == [0, 160_000]
    # At 10 the first is in service, at 26, 42, 50 three more queue, at 66 the last one: by
    # then one has left the queue at 42 (sampled before the pick) and none since.
    assert result.timing.loads["synapses"].max_queue.tolist() == [0, 3]
    assert result.activity.counts[Action.SYNAPSE_OP].sum() == 50
    assert result.activity.counts[Action.ACCUMULATOR_READ].sum() == 50


def test_a_graded_packet_leaves_behind_the_last_neuron_of_its_window() -> None:
    """Two windows of 2 x 2 neurons, the first with two spikes, the second with one."""
    shape = (1, 2, 4)
    first = Layer("a", "conv", shape, shape, (1, 1), pool=2, pool_kind="average")
    net = toys.network(first, Layer("out", "linear", (1, 1, 2), (5, 1, 1), (1, 2), spiking=False))
    chip = toys.arch({**TIMES, "synapse.mac": 4}, first_layer="on_core_graded", cores_per_tile=2)
    placed = toys.mapping(
        chip, (0, 0, *toys.whole(net.layers[0])), (1, 1, *toys.whole(net.layers[1]))
    )
    fired = np.array([[1, 0, 0, 0], [1, 0, 1, 0]]).reshape(1, 1, *shape[1:], 1)
    trace = toys.trace(net, [fired], np.zeros((1, 1, 8), np.int8))
    result = replay(trace, placed, chip, "single", transport)
    # Step 1 scans layer 0, row by row: neurons that fire take 8 ns, the others 5. Row 0 ends at
    # 8 + 3 * 5 = 23, the last neuron of window 0 at 23 + 8 + 5 = 36, that of window 1 at 36 + 8 +
    # 5 = 49. Inject and eject take the first packet to 38; a service is 2 + 5 * 4 = 22 ns, so the
    # second packet (there at 51) waits till 60 and is done at 82.
    assert result.timing.scan_ps.tolist() == [[0 + 8 * 5_000, 49_000, 8 * 5_000]]
    assert result.timing.absorb_ps.tolist() == [[0, 82_000, 0]]
    counts = result.activity.counts
    assert counts[Action.SYNAPSE_MAC][0, 0].tolist() == [0, 10, 0]
    assert counts[Action.SYNAPSE_OP].sum() == 0


def test_cores_that_take_spikes_only_get_one_for_each_neuron_of_a_window() -> None:
    """The network of the test before; its windows count with spikes."""
    shape = (1, 2, 4)
    first = Layer("a", "conv", shape, shape, (1, 1), pool=2, pool_kind="average")
    net = toys.network(first, Layer("out", "linear", (1, 1, 2), (5, 1, 1), (1, 2), spiking=False))
    chip = toys.arch(TIMES, cores_per_tile=2)
    placed = toys.mapping(
        chip, (0, 0, *toys.whole(net.layers[0])), (1, 1, *toys.whole(net.layers[1]))
    )
    fired = np.array([[1, 0, 0, 0], [1, 0, 1, 0]]).reshape(1, 1, *shape[1:], 1)
    result = replay(toys.trace(net, [fired]), placed, chip, "single", transport)
    # Injected current makes all eight active, so the three that fire are ready at 8, 40 and 56.
    # Inject and eject take 2 ns, a service 2 + 5 * 3 = 17: the third packet (there at 58) waits
    # for the second (42 to 59) and is done at 76. The window of two is two times five additions.
    assert result.timing.scan_ps.tolist() == [[64_000, 5 * 8_000]]
    assert result.timing.absorb_ps.tolist() == [[76_000, 0]]
    counts = result.activity.counts
    assert counts[Action.SYNAPSE_OP][0, 0].tolist() == [0, 15, 0]
    assert counts[Action.SYNAPSE_MAC][0, 0].tolist() == [8, 0, 0]
    assert counts[Action.POOL_OP].sum() == 0


def test_padded_convolution_over_four_cores() -> None:
    """A spike at (1, 1) of a 4 x 4 map reaches 3 x 3 outputs in four 2 x 2 slices."""
    net = toys.network(toys.conv("a", (1, 4, 4), 1), toys.conv("b", (1, 4, 4), 2, spiking=False))
    chip = toys.arch(TIMES, tiles=(2, 2), cores_per_tile=2)
    quarters = [
        (
            1 + 2 * tile,
            1,
            (2 * (tile // 2), 2 * (tile // 2) + 2),
            (2 * (tile % 2), 2 * (tile % 2) + 2),
            (0, 2),
        )
        for tile in range(4)
    ]
    placed = toys.mapping(chip, (0, 0, *toys.whole(net.layers[0])), *quarters)
    fired = np.zeros((1, 1, 4, 4, 1))
    fired[0, 0, 1, 1, 0] = 1
    result = replay(toys.trace(net, [fired]), placed, chip, "single", transport)
    # Neuron (1, 1) is the sixth: ready at 48 ns. Packets in order of the destination core
    # leave inject at 49, 50, 51, 52 with 8, 4, 4, 2 synaptic operations.
    ends = [
        49 + 1 + 2 + 24,  # own tile
        50 + 4 + 1 + 2 + 12,  # east
        51 + 6 + 1 + 2 + 12,  # south
        52 + 4 + 6 + 1 + 2 + 6,  # east, then south: the east port is free again at 54
    ]
    ends[3] += 2
    assert result.timing.absorb_ps[0, 0] == max(ends) * 1000
    counts = result.activity.counts
    assert counts[Action.SYNAPSE_OP][0, 0].tolist() == [0, 8, 4, 4, 2, 0]
    assert counts[Action.ROUTER_HOP_X].sum() == 2
    assert counts[Action.ROUTER_HOP_Y].sum() == 2
    # Step 1: 9 of the 16 positions received something, 2 channels each, 8 neurons a core.
    active = counts[Action.NEURON_UPDATE_ACTIVE][0, 0]
    assert active.tolist() == [16, 8, 4, 4, 2, 0]
    assert result.timing.scan_ps[0, 1] == max(16 * 5, 8 * 8) * 1000


def test_hot_destination() -> None:
    """Three tiles of a row send at once to a fourth: its eject port serves one at a time."""
    layers = [toys.linear("a", 1, 3), toys.linear("out", 3, 1, spiking=False)]
    net = toys.network(*layers)
    chip = toys.arch({**TIMES, "router.eject": 20}, tiles=(4, 1), service_ns=0.5)
    parts = [(core, 0, (0, 1), (0, 1), (core, core + 1)) for core in range(3)]
    placed = toys.mapping(chip, *parts, (3, 1, (0, 1), (0, 1), (0, 1)))
    result = replay(toys.trace(net, [np.ones((1, 1, 1, 1, 3))]), placed, chip, "single", transport)
    # All three leave inject at 9 and reach tile 3 at 13, 17, 21; eject takes 20 ns each.
    assert result.timing.absorb_ps[0, 0] == (13 + 3 * 20 + 5) * 1000
    assert result.timing.loads["eject"].max_queue[3] == 2
    assert result.timing.loads["east"].busy_ps.tolist() == [500, 1000, 1500, 0]


def test_ports_merge_in_order_of_arrival_then_id() -> None:
    """Two cores of a tile send in the same instant: the lower id is absorbed first."""
    net = toys.network(toys.linear("a", 1, 2), toys.linear("out", 2, 1, spiking=False))
    chip = toys.arch(TIMES, cores_per_tile=3)
    placed = toys.mapping(
        chip,
        (1, 0, (0, 1), (0, 1), (0, 1)),
        (0, 0, (0, 1), (0, 1), (1, 2)),
        (2, 1, (0, 1), (0, 1), (0, 1)),
    )
    result = replay(toys.trace(net, [np.ones((1, 1, 1, 1, 2))]), placed, chip, "single", transport)
    # Both ready at 8, inject frees the second at 10, synapses the first at 15.
    assert result.timing.absorb_ps[0, 0] == (8 + 1 + 1 + 5 + 5) * 1000
    assert result.timing.loads["inject"].max_queue[0] == 2


def test_full_axon_out_stalls_the_scan() -> None:
    """Axon-out holds one packet and sends one in 50 ns: the scan waits for room, which a place
    freed at t gives from t + 1 ps."""
    net = toys.network(toys.linear("a", 1, 3), toys.linear("out", 3, 1, spiking=False))
    chip = toys.arch({**TIMES, "axon_out.send": 50}, axon_out=1, cores_per_tile=2)
    placed = toys.mapping(
        chip, (0, 0, *toys.whole(net.layers[0])), (1, 1, *toys.whole(net.layers[1]))
    )
    result = replay(toys.trace(net, [np.ones((1, 1, 1, 1, 3))]), placed, chip, "single", transport)
    # Neuron 0 ends at 8: its packet enters service at once and frees its place at 8.000.
    # Neuron 1 ends at 16: the place is free. Its packet waits for the server until 58.
    # Neuron 2 ends at 24 and finds no room until 58.001: so does the scan.
    assert result.timing.scan_ps[0, 0] == 58_001
    assert result.timing.absorb_ps[0, 0] == (8 + 3 * 50 + 1 + 1 + 5) * 1000
    unbounded = toys.arch({**TIMES, "axon_out.send": 50}, cores_per_tile=2)
    free = replay(
        toys.trace(net, [np.ones((1, 1, 1, 1, 3))]), placed, unbounded, "single", transport
    )
    assert free.timing.scan_ps[0, 0] == 24_000
    assert free.timing.absorb_ps[0, 0] == result.timing.absorb_ps[0, 0]


def test_full_fifo_stalls_back_to_the_scan() -> None:
    """A slow synapse with an axon-in of one place holds eject, inject, axon-out and the scan."""
    net = toys.network(toys.linear("a", 1, 8), toys.linear("out", 8, 1, spiking=False))
    chip = toys.arch(
        {**TIMES, "synapse.op": 98},
        tiles=(1, 1),
        cores_per_tile=2,
        axon_in=1,
        axon_out=1,
        fifo_depth=1,
    )
    placed = toys.mapping(
        chip, (0, 0, *toys.whole(net.layers[0])), (1, 1, *toys.whole(net.layers[1]))
    )
    spikes = toys.trace(net, [np.ones((1, 1, 1, 1, 8))])
    result = replay(spikes, placed, chip, "single", transport)
    # Packet 0 is in service from 10 to 110 ns. Axon-in holds 1 (and 2 on the wire of eject),
    # eject 3 (and 4 on the wire of inject), inject 5, axon-out 6; so neuron 7, served at 64,
    # waits. At 110.000 packet 1 starts; each place freed lets one more start 1 ps later: eject
    # at .001, inject at .002, axon-out at .003, the scan at .004.
    assert result.timing.scan_ps[0, 0] == 110_004
    assert result.timing.absorb_ps[0, 0] == 810_000
    loads = result.timing.loads
    queued = [int(loads[kind].max_queue.max()) for kind in ("synapses", "eject", "inject")]
    assert queued == [2, 2, 1]
    assert loads["synapses"].served[1] == 8


def test_tree_counts_each_edge_once() -> None:
    """One packet to three destinations: two share the way east, one of them turns south."""
    layers = [toys.linear("a", 1, 1), toys.linear("out", 1, 3, spiking=False)]
    net = toys.network(*layers)
    chip = toys.arch(TIMES, tiles=(3, 2), cores_per_tile=2, multicast="tree")
    places = [4, 5, 10]  # tile (2, 0) twice, tile (2, 1)
    parts = [(core, 1, (0, 1), (0, 1), (i, i + 1)) for i, core in enumerate(places)]
    placed = toys.mapping(chip, (0, 0, *toys.whole(layers[0])), *parts)
    result = replay(toys.trace(net, [np.ones((1, 1, 1, 1, 1))]), placed, chip, "single", transport)
    counts = {action: int(values.sum()) for action, values in result.activity.counts.items()}
    assert counts[Action.AXON_OUT_SEND] == 1
    assert counts[Action.ROUTER_INJECT] == 1
    assert counts[Action.ROUTER_HOP_X] == 2
    assert counts[Action.ROUTER_HOP_Y] == 1
    assert counts[Action.ROUTER_EJECT] == 2
    assert counts[Action.AXON_IN_LOOKUP] == 3
    # 8 + inject 1 + two hops of 4 + one of 6 + eject 1 + 5.
    assert result.timing.absorb_ps[0, 0] == (8 + 1 + 8 + 6 + 1 + 5) * 1000
