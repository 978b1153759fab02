"""One assumption, the field that switches it, and the list of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Placement = Literal["placed", "serpentine", "random"]
Network = Literal["shipped", "first", "two"]


@dataclass(frozen=True)
class Switch:
    """`field` is what a user sets. It becomes `overrides` of the architecture, or another
    variant, transport or placement. `network` is what it is measured on: the shipped one of T = 1,
    its first image only (the packet transport is slow), or the one of `two` timesteps, where T = 1
    would show nothing."""

    assumption: str
    field: str
    overrides: tuple[str, ...] = ()
    variant: str | None = None
    transport: str = "burst"
    placement: Placement = "placed"
    network: Network = "shipped"


def _set(assumption: str, *overrides: str, network: Network = "shipped") -> Switch:
    field = ", ".join(f"`{override.replace('=', ': ', 1)}`" for override in overrides)
    return Switch(assumption, field, overrides, network=network)


SWITCHES = (
    _set("routers' FIFOs have room for all", "router.fifo_depth=unbounded"),
    _set("a step scans only layers with a timestep in work", "neuron.scan=layers_in_work"),
    _set("every neuron of a layer in work is active", "neuron.active_rule=layer_in_work"),
    _set("cores without neurons do not leak", "power_gated=true"),
    _set("no core leaks", "leakage_uw_per_core=unpublished"),
    _set("the host sends the image as graded packets", "first_layer=on_core_graded"),
    Switch("slices along a serpentine, without swaps", "`--mapping FILE`", placement="serpentine"),
    Switch("slices on random cores", "`--mapping FILE`", placement="random"),
    _set("as few cores as possible", "core.mapper=min_cores"),
    _set("one packet forks on its way to several cores", "router.multicast=tree"),
    _set("four synaptic operations at once", "synapse.parallel=4"),
    _set("one layer at a time on the chip", "timestep.semantics=layer_sequential"),
    _set(
        "no membrane read at t = 0, no write at the last",
        "membrane.policy=elide_first_read_last_write",
    ),
    Switch(
        "SANA-FE's regression on silicon instead of Davies' Table 2", "`loihi_like:sanafe_nahuku`",
        variant="sanafe_nahuku",
    ),
    Switch(
        "routers' FIFOs of 16 places hold packets back", "`--transport packet`",
        transport="packet", network="first",
    ),
    Switch(
        "and axon-in holds 16 packets a core", "`axon_in.depth: 16`, `--transport packet`",
        ("axon_in.depth=16",), transport="packet", network="first",
    ),
    _set("a neuron is active where it received or fired",
         "neuron.active_rule=received_or_fired", network="two"),
    _set("the front end multiplies once an image", "first_layer_cached=true", network="two"),
    _set(
        "no membrane read at t = 0, no write at the last",
        "membrane.policy=elide_first_read_last_write", network="two",
    ),
)  # fmt: skip
