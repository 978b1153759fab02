"""The core kinds that hwsim can run."""

from __future__ import annotations

from typing import Any

from hwsim.arch.schema import Arch
from hwsim.chip.binary_crossbar.kind import BinaryCrossbar
from hwsim.chip.crossbar.kind import Crossbar
from hwsim.chip.digital import Digital
from hwsim.chip.kind import CoreKind
from hwsim.chip.sram_cim import SramCim
from hwsim.chip.systolic import Systolic

KINDS: dict[str, CoreKind[Any]] = {
    kind.name: kind for kind in (Digital(), Crossbar(), SramCim(), Systolic(), BinaryCrossbar())
}
"""`core.kind` -> the kind."""


def kind_of(arch: Arch) -> CoreKind[Any]:
    """The core kind of a chip."""
    return KINDS[arch.core.kind]
