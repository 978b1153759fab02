"""The shipped networks on the shipped chips: both transports, and totals that must not drift.

`python -m tests.test_shipped` rewrites the golden files after a change that is meant to move
them.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hwsim import pipeline
from hwsim.activity import Experiment
from hwsim.arch.load import load_arch
from hwsim.chip import burst, packet
from hwsim.chip.schedule import replay
from hwsim.mapping.digital import map_network
from hwsim.progress import silent
from hwsim.report.summary import summary
from hwsim.trial import Trace

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
NETWORK = ROOT / "trained" / "vgg16_t1.pt"
CHIPS = (
    ("loihi_like", None),
    ("loihi_like", "sanafe_nahuku"),
    ("sram_cim_digital", None),
    ("systolic_sata", None),
    ("systolic_sata", "ptb28"),
    ("rram_spikesim_like", None),
    ("rram_spikesim_like", "event_driven"),
    ("rram_spikesim_like", "isaac32"),
    ("truenorth_like", None),
    ("future_scaled", None),
)
OTHERS = (*(f"vgg16_t{t}" for t in range(2, 6)), "vgg16_cifar100_t1")
IMAGES = {NETWORK: 4, **{NETWORK.with_stem(name): 1 for name in OTHERS}}
"""Shipped network -> how many images of the sample it is run with."""
CASES = [(network, *chip) for network in IMAGES for chip in CHIPS]


@pytest.mark.parametrize("experiment", ["single", "stream"])
def test_a_whole_image_takes_the_same_picoseconds(experiment: Experiment) -> None:
    arch = load_arch("loihi_like", overrides=["router.fifo_depth=unbounded"]).arch
    trace = pipeline.load_trace(NETWORK, 1, None, silent)
    mapping = map_network(trace.network, arch)
    slow = replay(trace, mapping, arch, experiment, packet.transport)
    fast = replay(trace, mapping, arch, experiment, burst.transport)
    assert slow.activity.differences(fast.activity) == []
    assert slow.timing.scan_ps.tolist() == fast.timing.scan_ps.tolist()
    assert slow.timing.absorb_ps.tolist() == fast.timing.absorb_ps.tolist()
    assert slow.timing.latency_ps.tolist() == fast.timing.latency_ps.tolist()
    for kind, load in fast.timing.loads.items():
        twin = slow.timing.loads[kind]
        assert load.busy_ps.tolist() == twin.busy_ps.tolist(), kind
        assert load.max_queue.tolist() == twin.max_queue.tolist(), kind


@cache
def spikes(network: Path) -> Trace:
    """Of the first images of the sample, recorded once for all chips."""
    return pipeline.load_trace(network, IMAGES[network], None, silent)


def totals(network: Path, name: str, variant: str | None) -> dict[str, Any]:
    """Headline numbers of the first images of the sample."""
    numbers = summary(pipeline.replay(spikes(network), load_arch(name, variant)))
    kept: dict[str, Any] = {key: numbers[key] for key in ("images", "correct", "mapping")}
    for experiment in ("single", "stream"):
        block = numbers[experiment]
        kept[experiment] = {
            "latency_ns": block["latency_ns"]["mean"],
            "energy_pj": {
                key: block["energy_pj"][key] for key in ("total", "by_component", "by_layer")
            },
            "counts": block["counts"],
        }
    return kept


def golden_file(network: Path, name: str, variant: str | None) -> Path:
    return GOLDEN / f"{network.stem}-{name}{f'-{variant}' if variant else ''}.json"


@pytest.mark.parametrize(("network", "name", "variant"), CASES)
def test_totals_do_not_drift(network: Path, name: str, variant: str | None) -> None:
    kept = json.loads(golden_file(network, name, variant).read_text())
    assert totals(network, name, variant) == kept


def main() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for case in CASES:
        text = json.dumps(totals(*case), indent=1, sort_keys=True) + "\n"
        golden_file(*case).write_text(text)


if __name__ == "__main__":
    main()
