"""What each layer is, where it lies and what it did: one row a layer."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from hwsim.actions import Counted
from hwsim.report.groups import by_layer_and_group
from hwsim.result import Outcome, Run

CHIP = "chip"
"""The row of what no layer causes by itself."""


@dataclass(frozen=True)
class LayerRow:
    """A layer under one experiment, or the chip (no shape, no cores). Means per image.

    `rate` is spikes per neuron of the network and timestep; `bits` are those of each component's
    memory words.
    """

    name: str
    shape: str
    neurons: int
    cores: int
    rate: Fraction | None
    counts: dict[Counted, Fraction]
    bits: dict[str, Fraction]
    energy: Fraction
    groups: dict[str, Fraction]


def layer_rows(run: Run, outcome: Outcome) -> list[LayerRow]:
    """The layers in order, the chip last."""
    sums = outcome.activity.by_layer()
    groups = by_layer_and_group(outcome.energy)
    names = [*(layer.name for layer in run.network.layers), CHIP]
    return [
        _row(
            run,
            number,
            {action: Fraction(int(values[number]), run.images) for action, values in sums.items()},
            groups.get(name, {}),
        )
        for number, name in enumerate(names)
    ]


def _row(
    run: Run, number: int, counts: dict[Counted, Fraction], groups: dict[str, Fraction]
) -> LayerRow:
    bits: dict[str, Fraction] = {}
    for action in run.memories:
        touched = counts[action] * run.arch.arch.word_bits(action)
        bits[action.component] = bits.get(action.component, Fraction()) + touched
    energy = sum(groups.values(), Fraction())
    if number == len(run.network.layers):
        return LayerRow(CHIP, "", 0, 0, None, counts, bits, energy, groups)
    layer = run.network.layers[number]
    channels, height, width = layer.out_shape
    places = layer.neurons * run.network.timesteps * run.images
    return LayerRow(
        name=layer.name,
        shape=f"{channels} x {height} x {width}",
        neurons=layer.neurons,
        cores=len(run.mapping.of_layer(number)),
        rate=Fraction(int(run.fired[:, number].sum()), places) if layer.spiking else None,
        counts=counts,
        bits=bits,
        energy=energy,
        groups=groups,
    )
