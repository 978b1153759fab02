"""SpikeSim's figures for VGG9 on CIFAR-10, out of the ordinary count, schedule and prices.

Its network is a list of convolutions; as a `Network` the last of them is the readout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from benchmarks.validation.row import Row
from hwsim.actions import Action
from hwsim.activity import Tally
from hwsim.arch.crossbar import CrossbarArch
from hwsim.arch.load import load_arch
from hwsim.chip import burst
from hwsim.chip.crossbar.area import area_um2
from hwsim.chip.crossbar.floor import floor
from hwsim.chip.crossbar.kind import Crossbar
from hwsim.energy import Energy, price
from hwsim.network.graph import Layer, Network
from hwsim.network.vgg import LAYOUTS
from hwsim.trace.synthetic import synthetic_trace

PRESET = "rram_spikesim_like"
SOURCE = "SpikeSim ela_spikesim.py at c2627bc, run unchanged"
WEIGHT_BITS = 4
KIND = Crossbar()


@dataclass(frozen=True)
class Measured:
    """What one image costs: exact energies in pJ and latency in ps, PE cycles by layer."""

    energy: Energy
    latency_ps: int
    pe_cycles: tuple[int, ...]


def convolutions(
    layers: Sequence[tuple[int, int]], timesteps: int, side: int = 32, channels: int = 3
) -> Network:
    """A network of 3 x 3 convolutions, (channels, pool) each, with 4-bit weights."""
    made: list[Layer] = []
    shape = channels, side, side
    for number, (units, pool) in enumerate(layers, start=1):
        layer = Layer(
            f"conv{number}", "conv", shape, (units, *shape[1:]), (3, 3), padding=1, pool=pool,
            spiking=number < len(layers),
        )  # fmt: skip
        made.append(layer)
        shape = layer.pooled_shape
    return Network("convolutions", "none", timesteps, tuple(made), weight_bits=WEIGHT_BITS)


def convolutions_of(name: str, timesteps: int) -> Network:
    """The convolutions of a VGG, without its fully connected layers."""
    layout = LAYOUTS[name]
    layers = [
        (entry, 2 if layout[place + 1 : place + 2] == ("P",) else 1)
        for place, entry in enumerate(layout)
        if isinstance(entry, int)
    ]
    return convolutions(layers, timesteps)


@cache
def preset(*overrides: str) -> CrossbarArch:
    """The preset's architecture."""
    arch = load_arch(PRESET, overrides=overrides).arch
    assert isinstance(arch, CrossbarArch)
    return arch


def measure(network: Network, arch: CrossbarArch) -> Measured:
    """Replay and count one image without spikes: SpikeSim's figures do not depend on them."""
    trace = synthetic_trace(network, 0.0, 1, 0)
    mapping = KIND.place(network, arch)
    activity = KIND.count(trace, mapping, arch, "single")
    course = KIND.course(trace, mapping, arch, "single")
    while course.step < course.steps:
        for _, replayed in course.advance(burst.transport):
            assert not replayed.differences(activity)
    timing = course.timing()
    tally = Tally.of(activity, mapping)
    energy = price(tally, timing.interval_ps, mapping, arch, network)
    cycles = tally.places[Action.PE_CYCLE][0, :-1]
    return Measured(energy, int(timing.latency_ps[0]), tuple(cycles.tolist()))


def rows() -> list[Row]:
    """Every figure of table A, and what conv resolution changes."""
    arch, found = preset(), []

    def add(claim: str, published: float, ours: Fraction | float, unit: str) -> None:
        found.append(Row(claim, published, float(ours), unit, "regression", SOURCE))

    energies = (3.1814, 6.3628, 9.5442, 12.7255, 15.9069)
    latencies = (12.5665, 25.1331, 37.6996, 50.2661, 62.8326)
    for steps, uj, ms in zip(range(1, 6), energies, latencies, strict=True):
        measured = measure(convolutions_of("vgg9", steps), arch)
        add(f"VGG9, T = {steps}: energy", uj, measured.energy.total[0] / 10**6, "uJ")
        add(f"VGG9, T = {steps}: latency", ms, Fraction(measured.latency_ps, 10**9), "ms")
    layers = (4.2418, 1.0605, 2.1209, 1.0605, 2.1209, 4.2418, 1.0605)
    for number, uj in enumerate(layers, start=1):
        ours = measured.energy.by_layer[f"conv{number}"][0] / 10**6
        add(f"VGG9, T = 5: energy of layer {number}", uj, ours, "uJ")
    network = convolutions_of("vgg9", 1)
    plan, once = floor(network, arch), measure(network, arch)
    add("VGG9: PEs", 48, plan.pes, "")
    add("VGG9: tiles", 6, -(-plan.pes // arch.mesh.cores_per_tile), "")
    add("VGG9: PE cycles a timestep", 3840, sum(once.pe_cycles), "")
    shares = {
        "buffer.tile_access": 47.92, "htree.transfer": 18.96, "adc.convert": 15.69,
        "crossbar.array_read": 15.33, "adc.mux": 0.73, "neuron.access": 0.62, "buffer.fetch": 0.56,
        "buffer.temp_access": 0.19,
    }  # fmt: skip
    for action, percent in shares.items():
        ours = 100 * once.energy.by_action[action][0] / once.energy.total[0]
        add(f"VGG9: share of {action} in the energy", percent, ours, "%")
    areas = area_um2(plan, arch)
    assert areas is not None
    total = sum(areas.values())
    add("VGG9: area", 8.4255, float(total) / 10**6, "mm2")
    parts = {
        "H-tree": 30.88, "input memory": 30.63, "neuron memory": 26.88, "subtract": 7.64,
        "PEs": 3.50, "tile buffer": 0.43, "temp buffer": 0.03,
    }  # fmt: skip
    for part, percent in parts.items():
        add(f"VGG9: share of {part} in the area", percent, float(100 * areas[part] / total), "%")
    physical = measure(convolutions_of("vgg16", 1), preset("core.work_resolution=conv"))
    add("VGG16 before its pools: PE cycles a timestep", 9472, sum(physical.pe_cycles), "")
    energy = physical.energy.total[0] / 10**6
    add("VGG16 before its pools: energy a timestep", 7.85, energy, "uJ")
    return found
