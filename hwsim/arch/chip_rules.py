"""What must hold between the sizes and choices of any architecture."""

from __future__ import annotations

from collections.abc import Iterator

from hwsim.arch import time_rules
from hwsim.arch.messages import listed
from hwsim.arch.schema import Arch
from hwsim.arch.timestep import NEEDS, READS

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


def schedule(arch: Arch) -> Iterator[Finding]:
    """The core can run the schedule, which has all of its fields and none of another."""
    timestep = arch.timestep
    name = timestep.semantics
    if name not in arch.SCHEDULES:
        words = f"a {arch.core.kind} core cannot run {name}, but {listed(arch.SCHEDULES)}"
        yield ("timestep", "semantics"), words
        return
    for field in dict.fromkeys(f for fields in (*NEEDS.values(), *READS.values()) for f in fields):
        given = getattr(timestep, field) is not None
        if given and field not in (*NEEDS[name], *READS[name]):
            users = [user for user in NEEDS if field in (*NEEDS[user], *READS[user])]
            yield ("timestep", field), f"is not read by {name}, but by {listed(users, 'and')}"
        elif not given and field in NEEDS[name]:
            yield ("timestep", field), f"missing: {name} needs it"


def timestep(arch: Arch) -> Iterator[Finding]:
    """The times of the schedule are whole picoseconds and in order."""
    step = arch.timestep
    for name in ("tick_us", "tick_min_us"):
        tick = getattr(step, name)
        if tick is not None and ((tick.value * 1_000_000) % 1 or not tick.value):
            yield ("timestep", name), f"must be whole picoseconds, at least 1, not {tick.value} us"
    if step.tick_us and step.tick_min_us and step.tick_us.value < step.tick_min_us.value:
        words = f"{step.tick_us.value} us is below the shortest tick of the chip, "
        yield ("timestep", "tick_us"), f"{words}tick_min_us ({step.tick_min_us.value} us)"
    if step.barrier_ns:
        yield from time_rules.by_tiles(("timestep", "barrier_ns"), step.barrier_ns)
