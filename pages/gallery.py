"""The figures of docs/gallery.md: which of the paper's, in which order, and what each shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hwsim import units
from hwsim.compare.figures.drawn import slug
from pages.results import Family, Json, Results, accuracy, state, words

STREAM = ("stream", "energy_pj", "mean")


@dataclass(frozen=True)
class Entry:
    """A figure: its file without ending, and a sentence with its numbers."""

    name: str
    title: str
    caption: str

    @property
    def markdown(self) -> str:
        """Heading, picture, sentence and the data behind it."""
        picture = f"![{self.title}](figures/{self.name}.svg)"
        data = f"[data](figures/{self.name}.csv)"
        return f"## {self.title}\n\n{picture}\n\n{units.micro(self.caption)} ({data})"


def gallery(results: Results) -> str:
    """The block of docs/gallery.md."""
    return "\n\n".join(entry.markdown for entry in entries(results))


def entries(results: Results) -> list[Entry]:
    """Against T on every chip, each layer of the longest and the shortest network on the first
    chip, then what all pairs share."""
    family = results.family
    ran = {chip: pairs for chip in results.chips if (pairs := results.fitting(chip))}
    found = [_energy(family, chip, pairs) for chip, pairs in ran.items()]
    found += [
        _accesses(family, c, pairs) for c, pairs in ran.items() if words(pairs[0][1]["stream"])
    ]
    found.append(_rates(family, results))
    for chip, pairs in list(ran.items())[:1]:
        both = [pairs[0], pairs[-1]] if len(pairs) > 1 else pairs
        found += [_layers(chip, network, pair) for network, pair in both]
    return [*found, _plane(family, results), *_overall(results, ran)]


Ran = list[tuple[Json, Json]]


def _against(pairs: Ran, *path: str) -> str:
    """`T = 5: 1 mJ, T = 1: 0.2 mJ`, an energy under keys of each pair."""

    def at(pair: Json) -> str:
        for key in path:
            pair = pair[key]
        return units.energy(float(str(pair)))

    return ", ".join(f"T = {network['timesteps']}: {at(pair)}" for network, pair in pairs)


def _energy(family: Family, chip: str, pairs: Ran) -> Entry:
    return Entry(
        f"energy_by_timesteps-{slug(*family, chip)}",
        f"Energy against T on {chip}",
        "Energy of an image, stacked by groups of components, alone on the chip and in a stream, "
        f"with the standard deviation over images. In a stream: {_against(pairs, *STREAM)}.",
    )


def _accesses(family: Family, chip: str, pairs: Ran) -> Entry:
    known = ", ".join(f"T = {network['timesteps']}: {state(pair)}" for network, pair in pairs)
    return Entry(
        f"accesses_by_timesteps-{slug(*family, chip)}",
        f"Memory accesses against T on {chip}",
        "Memory words that an image touches: state across timesteps, sums within one, weights; the "
        "line is what T timesteps cannot do without, and what stands above it is the chip's "
        f"policy. State, in a stream: {known}.",
    )


def _rates(family: Family, results: Results) -> Entry:
    rates = ", ".join(f"T = {n['timesteps']}: {units.percent(n['rate'])}" for n in results.networks)
    return Entry(
        f"rates_by_layer-{slug(*family)}",
        "Spike rate of each layer",
        "Spikes of a neuron and timestep in every layer, a line a T. R, the share of all dense "
        f"MACs whose input spikes, summed over the timesteps: {rates}.",
    )


def _layers(chip: str, network: Json, pair: Json) -> Entry:
    return Entry(
        f"energy_by_layer-{slug(network['name'], chip)}",
        f"Layers at T = {network['timesteps']} on {chip}",
        "Energy of each layer in a stream, stacked by groups of components (`chip` is what no "
        f"layer caused), and its spike rate; {units.energy(pair['stream']['energy_pj']['mean'])} "
        "in all.",
    )


def _plane(family: Family, results: Results) -> Entry:
    known = ", ".join(f"T = {n['timesteps']}: {accuracy(n)}" for n in results.networks)
    return Entry(
        f"energy_latency-{slug(*family)}",
        "Energy, latency and accuracy",
        "Energy of an image against its latency, a line a chip, a point a T, with the accuracy on "
        f"the whole test set: {known}.",
    )


def _overall(results: Results, ran: dict[str, Ran]) -> Iterator[Entry]:
    shortest = results.networks[-1]
    at_shortest = {
        chip: pair
        for chip, pairs in ran.items()
        for network, pair in pairs
        if network["name"] == shortest["name"]
    }

    def each(*path: str) -> str:
        ends = {chip: _against([(shortest, pair)], *path) for chip, pair in at_shortest.items()}
        return ", ".join(f"{chip} {text.split(': ')[1]}" for chip, text in ends.items())

    def share(family: str) -> str:
        found = {
            chip: pair["stream"]["energy_pj"]["shares"].get(family)
            for chip, pair in at_shortest.items()
        }
        return ", ".join(f"{chip} {units.percent(value)}" for chip, value in found.items())

    steps = shortest["timesteps"]
    yield Entry(
        "shares",
        "Where the energy goes",
        "Shares of compute, memory, network, synchronisation and leakage of every pair, as far as "
        f"its table prices them apart. Leakage at T = {steps}, in a stream: {share('leakage')}.",
    )
    yield Entry(
        f"chips-{slug(shortest['name'])}",
        "The chips side by side",
        f"Energy by family, latency and interval of {shortest['name']} on every chip. Alone: "
        f"{each('single', 'energy_pj', 'mean')}; in a stream: {each(*STREAM)}.",
    )
    proxy = shortest["proxies"]["float32"]
    yield Entry(
        "proxy_and_system",
        "The papers' proxy and the system",
        "What the papers count (4.6 pJ a MAC, 0.9 pJ an addition) beside the whole system and the "
        f"int8 ANN on the same memories. At T = {steps} the proxy says "
        f"{units.energy(proxy['snn_pj'])}, {units.plain(proxy['ratio'], 3)} times less than its "
        f"ANN; the chips take, in a stream: {each(*STREAM)}.",
    )
