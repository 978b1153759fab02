"""The chip that most rows are about."""

from __future__ import annotations

from hwsim.arch.digital import DigitalArch
from hwsim.arch.load import load_arch


def loihi_like(*overrides: str, variant: str | None = None) -> DigitalArch:
    """The shipped architecture, with fields set as `--set` does."""
    arch = load_arch("loihi_like", variant, overrides).arch
    assert isinstance(arch, DigitalArch)
    return arch
