"""What types cannot say is checked too, and located."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwsim.actions import Action
from hwsim.arch.digital import DigitalArch
from hwsim.arch.load import load_arch
from tests.arch.files import edited, errors_of, write

ZERO = "0 is no time of a server; leave it out (or null) for a stage without time"
CASES: dict[str, tuple[str, str, str]] = {
    "an action without energy": (
        "  chip_link: {send: 5}",
        "  @chip_link: {}",
        "energy_pj.chip_link.send: a digital core emits chip_link.send, which has no energy: give "
        "a value, {included_in: [..]} or unpublished",
    ),
    "an action whose energy is nothing": (
        "send: 5",
        "send: @null",
        "energy_pj.chip_link.send: a digital core emits chip_link.send, which has no energy: give "
        "a value, {included_in: [..]} or unpublished",
    ),
    "by format where there is no format": (
        "send: 5",
        "send: @{conv: 5, dense: 5}",
        "energy_pj.chip_link.send: must be one number, not one by format",
    ),
    "included in an unknown action": (
        "weight_read: {included_in: [synapse.op]}",
        "weight_read: {included_in: [@synapse.ops]}",
        "energy_pj.synapse.weight_read.included_in.0: there is no action 'synapse.ops'; "
        "did you mean synapse.op?",
    ),
    "included in itself": (
        "weight_read: {included_in: [synapse.op]}",
        "weight_read: {included_in: [@synapse.weight_read]}",
        "energy_pj.synapse.weight_read.included_in.0: an action cannot be included in itself",
    ),
    "included in what is included": (
        "weight_read: {included_in: [synapse.op]}",
        "weight_read: {included_in: [synapse.op, @axon_out.send]}",
        "energy_pj.synapse.weight_read.included_in.1: axon_out.send is itself included in "
        "router.inject: name the action that has the value",
    ),
    "included twice": (
        "weight_read: {included_in: [synapse.op]}",
        "weight_read: {included_in: @[synapse.op, synapse.op]}",
        "energy_pj.synapse.weight_read.included_in: names an action twice",
    ),
    "exclusive with an extra for firing": (
        "fire: {included_in: [neuron.update_active]}",
        "fire: @69.3",
        "energy_pj.neuron.fire: with neuron.accounting: exclusive a neuron that fires costs an "
        "active update: write {included_in: [neuron.update_active]}, or use additive",
    ),
    "exclusive with an extra for access": (
        "access: {included_in: [neuron.update_active, neuron.update_inactive]}",
        "access: @51.2",
        "energy_pj.neuron.access: with neuron.accounting: exclusive a neuron costs one update, "
        "access and all: write {included_in: [neuron.update_active, neuron.update_inactive]}, "
        "or use additive",
    ),
    "exclusive with a time of access": (
        "update_active: 8.4",
        "access: @1, update_active: 8.4",
        "time_ns.neuron.access: is not read with neuron.accounting: exclusive; use additive, or "
        "put it into neuron.update_active and neuron.update_inactive",
    ),
    "exclusive with half of its times": (
        "{update_active: 8.4, update_inactive: 5.3}",
        "{update_active: @8.4}",
        "time_ns.neuron.update_active: needs time_ns.neuron.update_inactive beside it (0 if such "
        "a neuron is not served)",
    ),
    "a time of zero": ("inject: 1.05", "inject: @0", f"time_ns.router.inject: {ZERO}"),
    "a time of zero by format": (
        "{op: 3.5}",
        "{op: {conv: @0, dense: 1}}",
        f"time_ns.synapse.op.conv: {ZERO}",
    ),
    "a service of zero": ("service_ns: 0.29", "service_ns: @0", f"router.service_ns: {ZERO}"),
    "half a picosecond": (
        "op: 3.5}",
        "op: @3.4995}",
        "time_ns.synapse.op: must be whole picoseconds (0.001 ns), not 3.4995 ns",
    ),
    "half a picosecond of a barrier": (
        "4: 200",
        "4: @200.0005",
        "timestep.barrier_ns.4: must be whole picoseconds (0.001 ns), not 200.0005 ns",
    ),
    "half a picosecond of a service": (
        "service_ns: 0.29",
        "service_ns: @0.2905",
        "router.service_ns: must be whole picoseconds (0.001 ns), not 0.2905 ns",
    ),
    "a time by format that has no format": (
        "inject: 1.05",
        "inject: @{conv: 1, dense: 1}",
        "time_ns.router.inject: must be one number, not one by format",
    ),
    "a time that nothing reads": (
        "{op: 3.5}",
        "{op: 3.5, weight_read: @1}",
        "time_ns.synapse.weight_read: takes no time of its own on a digital core",
    ),
    "a time of the membrane": (
        "\ntime_ns:\n",
        "\ntime_ns:\n  membrane: {read: @1}\n",
        "time_ns.membrane.read: takes no time of its own on a digital core; its time is "
        "membrane.ports and membrane.access_ns",
    ),
    "a time of the barrier": (
        "\ntime_ns:\n",
        "\ntime_ns:\n  barrier: {sync: @1}\n",
        "time_ns.barrier.sync: takes no time of its own on a digital core; its time is "
        "timestep.barrier_ns",
    ),
    "a service above the hop": (
        "service_ns: 0.29",
        "service_ns: @5",
        "router.service_ns: 5 ns is above the whole hop, time_ns.router.hop_x (4.1 ns)",
    ),
    "a service without a hop": (
        "service_ns: 0.29}\ntime_ns:\n  synapse: {op: 3.5}\n"
        "  neuron: {update_active: 8.4, update_inactive: 5.3}\n"
        "  router: {inject: 1.05, eject: 1.05, hop_x: 4.1, ",
        "service_ns: @0.29}\ntime_ns:\n  router: {",
        "router.service_ns: needs time_ns.router.hop_x, the time of a whole hop",
    ),
    "barriers out of order": (
        "{1: 100, 4: 200}",
        "{1: 100, 4: 200, 3: @150}",
        "timestep.barrier_ns.3: must stand in rising order, but comes after 4",
    ),
    "no barrier for one tile": (
        "{1: 100, 4: 200}",
        "{2: @100, 4: 200}",
        "timestep.barrier_ns.2: the smallest number of tiles must be 1: a chip may use one tile",
    ),
    "half a chip": (
        "chip_tiles_x: 2",
        "chip_tiles_x: @3",
        "mesh.chip_tiles_x: 3 does not divide tiles_x (4): a mesh is whole chips",
    ),
    "a mesh that nobody can simulate": (
        "mesh: {tiles_x: 4, tiles_y: 2,",
        "mesh: @{tiles_x: 40000, tiles_y: 40000,",
        "mesh: 1600000000 cores; at most 1048576 can be simulated",
    ),
    "a membrane too wide for its word": (
        "membrane: {word_bits: 24,",
        "membrane: {word_bits: @16,",
        "membrane.word_bits: a word of 16 bits does not hold a membrane of core.membrane_bits (24)",
    ),
    "ports without a time": (
        "policy: every_step",
        "policy: every_step, ports: @2",
        "membrane.ports: needs membrane.access_ns beside it: give both or neither",
    ),
    "an access time without ports": (
        "policy: every_step",
        "policy: every_step, access_ns: @2",
        "membrane.access_ns: needs membrane.ports beside it: give both or neither",
    ),
    "a value below its low": (
        "low: 0.1",
        "low: @0.4",
        "energy_pj.synapse.mac.low: 0.4 is above the value (0.3)",
    ),
    "a value above its high": (
        "high: 0.5",
        "high: @0.2",
        "energy_pj.synapse.mac.high: 0.2 is below the value (0.3)",
    ),
    "graded input without time": (
        "first_layer: current_injected",
        "first_layer: @on_core_graded",
        "first_layer: on_core_graded does the MACs of the first layer on its cores, where "
        "synapse.op takes time: give time_ns.synapse.mac",
    ),
    "a bounded queue that nobody vouches for": (
        "axon_out: {depth: unbounded}",
        "axon_out: {depth: {value: @8, source: null}}",
        "axon_out.depth: a bounded queue needs a source; without one write unbounded",
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_rule(what: str, tmp_path: Path) -> None:
    old, new, message = CASES[what]
    text, places = edited((old, new))
    assert errors_of(write(tmp_path, text)) == [f"small.yaml:{places[0]}: {message}"]


def test_additive_does_not_price_an_inactive_update(tmp_path: Path) -> None:
    text, places = edited(
        ("        update_inactive: {included_in: [neuron.access]}\n", ""),
        ("    update_inactive: 52", "    update_inactive: @52"),
        ("update_inactive: 5.3", "update_inactive: @5.3"),
        ("access: 6.0, update_inactive: null", "access: 6.0"),
    )
    time, energy = places
    assert errors_of(write(tmp_path, text), variant="additive") == [
        f"small.yaml:{time}: time_ns.neuron.update_inactive: is not read with neuron.accounting: "
        "additive; use neuron.access",
        f"small.yaml:{energy}: energy_pj.neuron.update_inactive: with neuron.accounting: additive "
        "an inactive neuron costs its access only: write {included_in: [neuron.access]}, "
        "or use exclusive",
    ]


@pytest.mark.parametrize("action", DigitalArch.ACTIONS)
def test_every_action_must_be_priced(action: Action, tmp_path: Path) -> None:
    lines = errors_of(write(tmp_path, edited()[0]), f"energy_pj.{action}=null")
    emitted = [line for line in lines if f"a digital core emits {action}, " in line]
    assert emitted == [
        f"--set energy_pj.{action}=null: energy_pj.{action}: a digital core emits {action}, which "
        "has no energy: give a value, {included_in: [..]} or unpublished"
    ]


def test_neurons_may_take_no_time_and_so_may_a_barrier(tmp_path: Path) -> None:
    text, _ = edited(
        ("{update_active: 8.4, update_inactive: 5.3}", "{update_active: 8.4, update_inactive: 0}"),
        ("{1: 100, 4: 200}", "{1: 0}"),
    )
    assert load_arch(str(write(tmp_path, text))).arch.timestep.barrier_ps(3) == 0


def test_included_in_a_hole_is_a_hole(tmp_path: Path) -> None:
    text, _ = edited(
        ("{lookup: {included_in: [synapse.op]}}", "{lookup: {included_in: [bntt.param_read]}}")
    )
    assert load_arch(str(write(tmp_path, text))).unpublished == ("energy_pj.bntt.param_read",)


BARRIERS = "semantics: pipelined_barrier\n  barrier_ns: {1: 100, 4: 200}"
SCHEDULES: dict[str, tuple[str, str, str]] = {
    "a schedule of other cores": (
        BARRIERS,
        "semantics: @layer_pipelined\n  overlap_fraction: 0.5",
        "timestep.semantics: a digital core cannot run layer_pipelined, but pipelined_barrier, "
        "pipelined_tick, layer_sequential or asynchronous",
    ),
    "no barrier where one is": (
        BARRIERS,
        "@semantics: pipelined_barrier",
        "timestep.barrier_ns: missing: pipelined_barrier needs it",
    ),
    "a tick under a barrier": (
        BARRIERS,
        f"{BARRIERS}\n  tick_us: @5",
        "timestep.tick_us: is not read by pipelined_barrier, but by pipelined_tick",
    ),
    "a tick of nothing": (
        BARRIERS,
        "semantics: pipelined_tick\n  tick_us: @0",
        "timestep.tick_us: must be whole picoseconds, at least 1, not 0 us",
    ),
    "half a picosecond of a tick": (
        BARRIERS,
        "semantics: pipelined_tick\n  tick_us: @0.0000015",
        "timestep.tick_us: must be whole picoseconds, at least 1, not 0.0000015 us",
    ),
    "a tick that the chip cannot keep": (
        BARRIERS,
        "semantics: pipelined_tick\n  tick_us: @5\n  tick_min_us: 10",
        "timestep.tick_us: 5 us is below the shortest tick of the chip, tick_min_us (10 us)",
    ),
    "all timesteps of a layer on a digital core": (
        BARRIERS,
        "semantics: layer_sequential\n  tick_batch: @true",
        "timestep.tick_batch: a digital core does one timestep at a time: leave it out",
    ),
}


@pytest.mark.parametrize("what", SCHEDULES)
def test_schedules(what: str, tmp_path: Path) -> None:
    old, new, message = SCHEDULES[what]
    text, (place, *_) = edited((old, new))
    (line,) = errors_of(write(tmp_path, text))
    if "missing" in message:
        assert line.endswith(message)
    else:
        assert line == f"small.yaml:{place}: {message}"


@pytest.mark.parametrize("semantics", ["pipelined_tick\n  tick_us: 5", "layer_sequential"])
def test_a_schedule_with_its_fields(semantics: str, tmp_path: Path) -> None:
    text, _ = edited((BARRIERS, f"semantics: {semantics}"))
    arch = load_arch(str(write(tmp_path, text))).arch
    assert arch.timestep.barrier_ps(3) == 0
    assert arch.timestep.semantics == semantics.split("\n")[0]


def test_a_schedule_by_override(tmp_path: Path) -> None:
    options = [
        "timestep.semantics=pipelined_tick",
        "timestep.barrier_ns=null",
        "timestep.tick_us=3",
    ]
    arch = load_arch(str(write(tmp_path, edited()[0])), overrides=options).arch
    assert arch.timestep.tick_ps == 3_000_000
