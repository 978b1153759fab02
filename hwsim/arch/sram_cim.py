"""The architecture file of a digital compute-in-SRAM chip (docs/cores/sram_cim.md)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import StrictBool

from hwsim.actions import Action, Counted
from hwsim.arch.count import Count
from hwsim.arch.layer_array import COMMON, LayerArrayArch, LayerArrayCore
from hwsim.arch.schema import Memory

if TYPE_CHECKING:
    from hwsim.arch.chip_rules import Finding
    from hwsim.arch.provenance import Origin


class SramCimCore(LayerArrayCore):
    """A macro: `rows` x `cols` cells of weights over `membrane_rows` rows of membranes.

    `rows_per_cycle` rows are added at a time, with `skip_zero_rows` only those that a spike
    reaches. A core of the mesh is one macro.
    """

    kind: Literal["sram_cim"]
    membrane_rows: Count
    rows_per_cycle: Count
    skip_zero_rows: StrictBool


class SramCimArch(LayerArrayArch):
    """A mesh of macros that hold weights and membranes."""

    ACCUMULATE: ClassVar[Action] = Action.CIM_ACCUMULATE
    ACTIONS: ClassVar[tuple[Counted, ...]] = (
        *COMMON,
        Action.CIM_ROW_READ,
        Action.CIM_ROW_WRITE,
        Action.CIM_ACCUMULATE,
        Action.CIM_REDUCE,
    )

    core: SramCimCore
    buffer: Memory

    def rules(self, origins: Mapping[str, Origin]) -> Iterator[Finding]:
        """What must hold between the fields of such a chip."""
        yield from super().rules(origins)
        core = self.core
        for name, bits in (
            ("weight_bits", core.weight_bits),
            ("membrane_bits", core.membrane_bits),
        ):
            if bits > core.cols:
                words = f"{bits} bits do not fit into core.cols ({core.cols} columns)"
                yield ("core", name), words
