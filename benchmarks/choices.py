"""What the choices of two kinds of cores cost on the shipped network: the tables that
docs/cores/crossbar.md and docs/cores/binary_crossbar.md show.

    python -m benchmarks.choices
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.findings import table
from benchmarks.marked import replaced
from hwsim import pipeline, process
from hwsim.actions import Action
from hwsim.arch.load import load_arch
from hwsim.progress import silent
from hwsim.report.summary import summary
from hwsim.trial import Trace

IMAGES = 4
NETWORK = Path("trained/vgg16_t1.pt")
CORES = Path("docs/cores")

CROSSBAR: tuple[tuple[str, str | None, tuple[str, ...]], ...] = (
    ("base", None, ()),
    ("base, `work_resolution: conv`", None, ("core.work_resolution=conv",)),
    (
        "`event_driven`, but `skip_zero_slice: false`",
        "event_driven",
        ("core.skip_zero_slice=false",),
    ),
    ("`event_driven`", "event_driven", ()),
    (
        "`event_driven`, `row_order: im2col`, `arrays_per_pe: 9`",
        "event_driven",
        ("core.row_order=im2col", "core.arrays_per_pe=9"),
    ),
    ("`isaac32`", "isaac32", ()),
    ("`isaac32`, `weight_duplication: none`", "isaac32", ("core.weight_duplication=none",)),
)
"""Row, variant and overrides of rram_spikesim_like."""

FIRES = ("any_input", "output_fires")
"""Choices of core.partial_fires of truenorth_like."""


@cache
def spikes() -> Trace:
    """Of the first images of the sample."""
    return pipeline.load_trace(NETWORK, IMAGES, None, silent)


def outcome(
    name: str, variant: str | None, overrides: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, int]]:
    """The summary of a run, and how often each action happened in its `single`, all images."""
    run = pipeline.replay(spikes(), load_arch(name, variant, overrides))
    activity = run.single.activity
    return summary(run), {
        action.value: int(activity.per_image(action).sum()) for action in run.arch.arch.ACTIONS
    }


def crossbars() -> str:
    """Energy, array reads and latency of an image on analog crossbars."""
    rows = []
    for row, variant, overrides in CROSSBAR:
        said, done = outcome("rram_spikesim_like", variant, overrides)
        alone = said["single"]
        reads = done[Action.CROSSBAR_ARRAY_READ.value] / IMAGES
        rows.append(
            (
                row,
                f"{alone['energy_pj']['total'] / 1e6:.2f}",
                f"{alone['energy_pj']['by_layer']['conv1'] / 1e6:.2f}",
                f"{alone['energy_pj']['by_component']['router'] / 1e6:.2f}",
                f"{reads / 1e3:,.0f}",
                f"{alone['latency_ns']['mean'] / 1e6:.3g} ms",
            )
        )
    header = (
        "",
        "energy, uJ",
        "of it layer 1",
        "of it routers",
        "array reads (k)",
        "latency alone",
    )
    return table(header, rows)


def binary_crossbars() -> str:
    """What an image does and takes on TrueNorth-like cores by when a partial neuron fires."""
    columns = []
    for choice in FIRES:
        said, done = outcome("truenorth_like", None, (f"core.partial_fires={choice}",))
        alone, stream = (said[experiment] for experiment in ("single", "stream"))
        columns.append(
            (
                f"{done[Action.NEURON_FIRE.value] / IMAGES:,.0f}",
                f"{alone['counts']['synops'] / 1e6:.1f} M",
                f"{alone['counts']['packet_hops'] / 1e6:.1f} M",
                f"{alone['energy_pj']['total'] / 1e6:,.0f} uJ",
                f"{stream['energy_pj']['total'] / 1e6:,.0f} uJ",
            )
        )
    names = (
        "neurons that fire, copies and partial ones",
        "synaptic operations",
        "packet hops",
        "energy, `single` (31 ms)",
        "energy, `stream` (1 ms)",
    )
    header = ("", *(f"`{choice}`" for choice in FIRES))
    return table(header, zip(names, *columns, strict=True))


def main() -> None:
    """Write both tables into their pages."""
    process.tune()  # as the command does
    for page, text in (("crossbar.md", crossbars()), ("binary_crossbar.md", binary_crossbars())):
        path = CORES / page
        path.write_text(replaced(path.read_text("utf-8"), "choices", text), "utf-8")


if __name__ == "__main__":
    main()
