"""Where the energy goes, in five families of actions.

An action that the table prices inside others counts where it is priced: where `synapse.op` holds
the reads of weights, these are in `compute`. `inside_others` names them.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from fractions import Fraction

from hwsim.arch.quantity import Included
from hwsim.arch.schema import Arch
from hwsim.energy import LEAKAGE
from hwsim.report.why.rows import BillLine

_NETWORK = ("axon_in", "axon_out", "router", "chip_link", "htree")


@dataclass(frozen=True)
class Family:
    """A family with its colour (Okabe and Ito's, safe for colour-blind readers) and hatch."""

    name: str
    colour: str
    hatch: str


FAMILIES = (
    Family("compute", "#0072b2", ""),
    Family("memory", "#e69f00", "///"),
    Family("network", "#009e73", "---"),
    Family("synchronisation", "#cc79a7", "xx"),
    Family("leakage", "#999999", "\\\\\\"),
)


def family_of(action: str, memories: Container[str]) -> str:
    """The family of an action (or of `leakage`): `memory` if it is one of the `memories`, which
    touch a memory word, else by its component."""
    if action == LEAKAGE:
        return "leakage"
    if action in memories:
        return "memory"
    component = action.split(".")[0]
    if component in _NETWORK:
        return "network"
    return "synchronisation" if component == "barrier" else "compute"


def shares(lines: Iterable[BillLine], memories: Container[str]) -> dict[str, Fraction]:
    """Family -> share of the energy of the lines; empty where that is zero."""
    sums = {family.name: Fraction() for family in FAMILIES}
    for line in lines:
        sums[family_of(line.action, memories)] += line.energy
    total = sum(sums.values())
    return {name: pj / total for name, pj in sums.items()} if total else {}


def inside_others(arch: Arch) -> dict[str, tuple[str, ...]]:
    """Memory and network actions that the table prices inside an action of another family."""
    found = {}
    memories = {action.value for action in arch.ACTIONS if action.memory}
    for action in arch.ACTIONS:
        said = arch.energy_pj.price(action)
        if not isinstance(said, Included):
            continue
        mine = family_of(action.value, memories)
        hosts = {family_of(host, memories) for host in said.included_in}
        if hosts != {mine}:
            found[action.value] = said.included_in
    return found
