"""What must hold between the sizes and choices of an architecture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hwsim.arch.provenance import Origin
from hwsim.arch.schema import Arch

Finding = tuple[tuple[str | int, ...], str]
"""A path, and what is wrong there."""

CORES_MAX = 2**20


def mesh(arch: Arch) -> Iterator[Finding]:
    """Real chips tile the mesh, and the mesh is one that can be simulated."""
    mesh = arch.mesh
    for axis, tiles, chip in (
        ("x", mesh.tiles_x, mesh.chip_tiles_x),
        ("y", mesh.tiles_y, mesh.chip_tiles_y),
    ):
        if tiles % chip:
            words = f"{chip} does not divide tiles_{axis} ({tiles}): a mesh is whole chips"
            yield ("mesh", f"chip_tiles_{axis}"), words
    if mesh.cores > CORES_MAX:
        yield ("mesh",), f"{mesh.cores} cores; at most {CORES_MAX} can be simulated"


def memories(arch: Arch) -> Iterator[Finding]:
    """Words hold what is kept in them, and a timed memory is timed completely."""
    if arch.membrane.word_bits < arch.core.membrane_bits:
        yield (
            ("membrane", "word_bits"),
            f"a word of {arch.membrane.word_bits} bits does not hold a membrane of "
            f"core.membrane_bits ({arch.core.membrane_bits})",
        )
    if (arch.membrane.ports is None) != (arch.membrane.access_ns is None):
        there, absent = "ports", "access_ns"
        if arch.membrane.ports is None:
            there, absent = absent, there
        yield ("membrane", there), f"needs membrane.{absent} beside it: give both or neither"


def depths(arch: Arch, origins: Mapping[str, Origin]) -> Iterator[Finding]:
    """A queue in core memory is bounded only where somebody says so."""
    for name, depth in (("axon_in", arch.axon_in.depth), ("axon_out", arch.axon_out.depth)):
        if depth != "unbounded" and origins.get(f"{name}.depth", Origin()).source is None:
            words = "a bounded queue needs a source; without one write unbounded"
            yield (name, "depth"), words
