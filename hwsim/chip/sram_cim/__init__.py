"""Digital compute in SRAM, weights and membranes fused: docs/cores/sram_cim.md."""

from hwsim.chip.sram_cim.kind import SramCim

__all__ = ["SramCim"]
