"""What tokens gain over a barrier on loihi_like: `python -m benchmarks.asynchronous`.

The same network, mapping and spikes in both schedules: the shipped VGG16 (T = 1), and a small
convolutional network with T = 3 and random spikes, cut into many slices.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.findings import table
from benchmarks.marked import replaced
from hwsim import process
from hwsim.activity import Experiment
from hwsim.arch.digital import DigitalArch
from hwsim.arch.load import load_arch
from hwsim.chip.schedule import replay
from hwsim.chip.timing import Timing
from hwsim.chip.transports import TRANSPORTS
from hwsim.mapping.digital import map_network
from hwsim.network.graph import Layer, Network
from hwsim.pipeline import load_trace
from hwsim.progress import silent
from hwsim.trace.store import Origin, SpikeTrace

FREE = ("timestep.semantics=asynchronous", "timestep.barrier_ns=null")
PAGE = Path("docs/cores/digital.md")
IMAGES = 4
RATE = 0.15
"""Share of neurons of the small network that fire in a timestep."""


def small() -> SpikeTrace:
    """Six convolutions and a readout, T = 3, spikes independent of each other."""
    shape, layers = (3, 16, 16), []
    for number, (channels, pool) in enumerate(
        [(16, 1), (16, 2), (32, 1), (32, 2), (64, 1), (64, 2)]
    ):
        out = (channels, *shape[1:])
        layers.append(Layer(f"conv{number}", "conv", shape, out, (3, 3), padding=1, pool=pool))
        shape = layers[-1].pooled_shape
    layers.append(Layer("out", "linear", shape, (10, 1, 1), shape[1:], spiking=False))
    network = Network("small", "none", 3, tuple(layers))
    rng = np.random.default_rng(0)
    spikes = tuple(
        np.packbits(rng.random((IMAGES, 3, layer.neurons)) < RATE, axis=-1, bitorder="little")
        for layer in network.spiking_layers
    )
    inputs = rng.integers(-127, 128, (IMAGES, 1, network.layers[0].inputs)).astype(np.int8)
    readout = np.zeros((IMAGES, 10), np.int64)
    origin = Origin("random", "0" * 64, None, "random")
    return SpikeTrace(network, origin, spikes, inputs, readout, np.full(IMAGES, -1, np.int64))


def both(trace: SpikeTrace, overrides: tuple[str, ...], experiment: Experiment) -> list[Timing]:
    """The timing with the barrier, and with tokens, on one mapping."""
    stepped, free = (
        load_arch("loihi_like", overrides=[*overrides, *more]).arch for more in ((), FREE)
    )
    assert isinstance(stepped, DigitalArch)
    mapping = map_network(trace.network, stepped)
    return [
        replay(trace, mapping, arch, experiment, TRANSPORTS["burst"]).timing
        for arch in (stepped, free)
    ]


def gains() -> str:
    """Both schedules beside each other."""
    shipped = load_trace(Path("trained/vgg16_t1.pt"), IMAGES, None, silent)
    assert isinstance(shipped, SpikeTrace)
    cases = (
        ("VGG16, T = 1", shipped, ()),
        ("small, T = 3", small(), ("core.neurons_max=128",)),
    )
    rows = []
    for name, trace, overrides in cases:
        for experiment in ("single", "stream"):
            timings = both(trace, overrides, experiment)  # type: ignore[arg-type]
            for word, field in (("latency", "latency_ps"), ("interval", "interval_ps")):
                if (experiment, word) == ("single", "interval"):
                    continue
                one, two = (float(getattr(t, field).mean()) / 1e6 for t in timings)
                figures = (f"{one:.2f}", f"{two:.2f}", f"{one / two:.2f}x")
                rows.append((name, f"{word}, {experiment}", *figures))
    return table(("network", "", "barrier, us", "tokens, us", "gain"), rows)


def main() -> None:
    """Write the table of docs/cores/digital.md."""
    process.tune()  # as the command does
    PAGE.write_text(replaced(PAGE.read_text("utf-8"), "asynchronous", gains()), "utf-8")


if __name__ == "__main__":
    main()
