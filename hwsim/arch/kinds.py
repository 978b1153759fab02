"""The core kinds that an architecture file can be of: the one list of their schema classes."""

from __future__ import annotations

from hwsim.arch.binary_crossbar import BinaryCrossbarArch
from hwsim.arch.crossbar import CrossbarArch
from hwsim.arch.digital import DigitalArch
from hwsim.arch.schema import Arch
from hwsim.arch.sram_cim import SramCimArch
from hwsim.arch.systolic import SystolicArch

KINDS: dict[str, type[Arch]] = {
    "digital": DigitalArch,
    "crossbar": CrossbarArch,
    "sram_cim": SramCimArch,
    "systolic": SystolicArch,
    "binary_crossbar": BinaryCrossbarArch,
}
"""`core.kind` -> the class of such a file."""
