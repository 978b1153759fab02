"""What the architecture files of all core kinds have, as pydantic models; one class per block.

Every physical number is a `Quantity` (docs/design.md, section 5); counts and sizes that are
structural (tiles, neurons, bits) are plain integers under the source of their block. Nothing
here has a default energy or time. Use `hwsim.arch.load.load_arch` to read a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import StrictBool

from hwsim.actions import Counted
from hwsim.arch.block import Block
from hwsim.arch.count import Count, Positive
from hwsim.arch.quantity import LeakageEntry, QuantityEntry
from hwsim.arch.tables import EnergyPj, TimeNs, table
from hwsim.arch.timestep import Timestep

if TYPE_CHECKING:
    from hwsim.arch.chip_rules import Finding
    from hwsim.arch.provenance import Origin


class Mesh(Block):
    """`tiles_x` x `tiles_y` tiles of `cores_per_tile` cores; one real chip is
    `chip_tiles_x` x `chip_tiles_y` tiles of it. Tile (x, y) has index y * tiles_x + x, core k of
    a tile has index tile * cores_per_tile + k."""

    tiles_x: Count
    tiles_y: Count
    cores_per_tile: Count
    chip_tiles_x: Count
    chip_tiles_y: Count

    @property
    def cores(self) -> int:
        """Cores of the whole mesh."""
        return self.tiles_x * self.tiles_y * self.cores_per_tile

    @property
    def chips(self) -> int:
        """Real chips of the whole mesh."""
        return (self.tiles_x // self.chip_tiles_x) * (self.tiles_y // self.chip_tiles_y)


class Core(Block):
    """What is said of a core; its kind decides the rest of the file (`hwsim.arch.kinds`)."""

    kind: str


class Memory(Block):
    """A memory by the width of its word."""

    word_bits: Count


class Membrane(Memory):
    """State across timesteps. `every_step`: a neuron that is updated reads and writes its
    membrane. `elide_first_read_last_write`: not the first read nor the last write of an image."""

    policy: Literal["every_step", "elide_first_read_last_write"]


class Bntt(Memory):
    """How BNTT's constants are held for T > 1: `scale_bias` reads 2 words an active neuron, so
    does `threshold` (leak and bias; the threshold itself is `threshold.read`). A network of one
    timestep is folded and reads none."""

    form: Literal["scale_bias", "threshold"]


class Arch(Block):
    """A whole architecture, as resolved: variant and overrides already merged.

    A core kind subclasses it, with its own blocks and `core`; `energy_pj`, and `time_ns` where it
    has one, then hold just the kind's `ACTIONS`, the only ones that it may emit. `SCHEDULES` are
    the `timestep.semantics` that it can run.

    `first_layer: current_injected` has a front end do the multiply-accumulates of layer 0 and
    hand each of its neurons its input current; with `on_core_graded` the cores do them. `area_um2`
    is printed and not computed with.
    """

    ACTIONS: ClassVar[tuple[Counted, ...]] = ()
    SCHEDULES: ClassVar[tuple[str, ...]] = ()

    schema_version: Literal[1]
    name: str
    variant: str | None = None
    projection: StrictBool = False
    node_nm: Positive
    voltage_v: Positive
    clock_mhz: Positive | None = None
    timestep: Timestep
    mesh: Mesh
    core: Core
    membrane: Membrane
    bntt: Bntt
    first_layer: Literal["current_injected", "on_core_graded"]
    first_layer_cached: StrictBool
    energy_pj: EnergyPj
    leakage_uw_per_core: LeakageEntry
    power_gated: StrictBool
    area_um2: dict[str, QuantityEntry] | None = None

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        # Blocks are built when they are first used, hence with the tables of this kind.
        for field in cls.model_fields.values():
            base = next((t for t in (EnergyPj, TimeNs) if _is(field.annotation, t)), None)
            if base is not None:
                field.annotation = table(base, cls.__name__.removesuffix("Arch"), cls.ACTIONS)

    def word_bits(self, action: Counted) -> int:
        """Width of the word that a memory action touches: of the block named like its component."""
        memory = getattr(self, action.component)
        assert isinstance(memory, Memory)
        return memory.word_bits

    def rules(self, origins: Mapping[str, Origin]) -> Iterator[Finding]:
        """What must hold between the fields of this kind, beside what holds for every kind."""
        yield from ()

    def doubts(self) -> Iterator[Finding]:
        """What may be meant, but makes a result less than it seems."""
        yield from ()


def _is(annotation: object, base: type[Block]) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, base)
