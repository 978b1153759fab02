"""A systolic array with buffers and DRAM: docs/cores/systolic.md."""

from hwsim.chip.systolic.kind import Systolic

__all__ = ["Systolic"]
