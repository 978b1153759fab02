"""SpikeSim's figures, exactly: table A of its VGG9, and random lists beside its arithmetic."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.validation.row import Row
from benchmarks.validation.spikesim import convolutions, convolutions_of, measure, preset, rows
from hwsim.chip.crossbar.area import area_um2
from hwsim.chip.crossbar.floor import floor
from tests.oracle import spikesim
from tests.oracle.spikesim import Conv


def test_figures_are_the_published_ones() -> None:
    """To the digits that are published; whole numbers exactly."""

    def published(row: Row) -> bool:
        digits = len(f"{row.published:g}".partition(".")[2])
        return round(row.ours, digits) == row.published

    found = rows()
    assert [row for row in found if not published(row)] == []
    assert len(found) == 38


def test_the_oracle_is_table_a() -> None:
    """Else both could be wrong alike."""
    assert round(float(spikesim.PE_CYCLE_PJ), 3) == 828.486
    assert sum(spikesim.pe_cycles(spikesim.VGG9)) == 3840
    assert round(float(sum(spikesim.energy_pj(spikesim.VGG9, 5))) / 1e6, 4) == 15.9069
    assert round(spikesim.latency_ns(spikesim.VGG9, 5) / 1e6, 4) == 62.8326
    assert round(float(sum(spikesim.area_um2(spikesim.VGG9).values())) / 1e6, 4) == 8.4255


def listed(layers: list[tuple[int, int]], side: int) -> list[Conv]:
    found, channels = [], 3
    for units, pool in layers:
        found.append(Conv(channels, units, side, side // pool))
        channels, side = units, side // pool
    return found


@st.composite
def lists(draw: st.DrawFn) -> tuple[list[tuple[int, int]], int]:
    """One to eight layers with any channels, pooled while there is something to pool."""
    side = draw(st.sampled_from((4, 6, 8, 12)))
    layers, left = [], side
    for _ in range(draw(st.integers(1, 8))):
        pool = draw(st.sampled_from((1, 2) if left % 2 == 0 else (1,)))
        layers.append((draw(st.integers(1, 200)), pool))
        left //= pool
    return layers, side


@given(lists(), st.integers(1, 3))
@settings(max_examples=40, deadline=None)
def test_any_list_of_layers(drawn: tuple[list[tuple[int, int]], int], timesteps: int) -> None:
    layers, side = drawn
    network, theirs, arch = convolutions(layers, timesteps, side), listed(layers, side), preset()
    ours = measure(network, arch)
    energies = spikesim.energy_pj(theirs, timesteps)
    assert [ours.energy.by_layer[x.name][0] for x in network.layers] == list(
        map(Fraction, energies)
    )
    assert ours.energy.total[0] == Fraction(sum(energies))
    assert ours.pe_cycles == tuple(timesteps * n for n in spikesim.pe_cycles(theirs))
    plan = floor(network, arch)
    assert [plan.pes_of_layer(n) for n in range(len(layers))] == spikesim.pes(theirs)
    assert area_um2(plan, arch) == spikesim.area_um2(theirs)
    latency_ps = 1000 * spikesim.latency_ns(theirs, timesteps)
    if timesteps == 1 or spikesim.ends_last(theirs):
        assert ours.latency_ps == latency_ps
    else:
        assert ours.latency_ps >= latency_ps


def test_vgg16_list() -> None:
    network = convolutions_of("vgg16", 2)
    theirs = listed([(x.out_shape[0], x.pool) for x in network.layers], 32)
    ours = measure(network, preset())
    assert ours.energy.total[0] == Fraction(sum(spikesim.energy_pj(theirs, 2)))
    assert ours.latency_ps == 1000 * spikesim.latency_ns(theirs, 2)
    assert spikesim.ends_last(theirs)
