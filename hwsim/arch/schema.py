"""The architecture file as pydantic models; one class per block of the YAML.

Every physical number is a `Quantity` (docs/design.md, section 5); counts and sizes that are
structural (tiles, neurons, bits) are plain integers under the source of their block. Nothing
here has a default energy or time. Use `hwsim.arch.load.load_arch` to read a file.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StrictBool

from hwsim.arch.block import Block
from hwsim.arch.quantity import LeakageEntry, QuantityEntry, plain_number, ps
from hwsim.arch.tables import EnergyPj, TimeNs

LARGEST_COUNT = 2**31 - 1
LARGEST_PHYSICAL = 10**6
Count = Annotated[int, Field(strict=True, ge=1, le=LARGEST_COUNT)]


def _depth(value: object) -> object:
    whole = isinstance(value, int) and not isinstance(value, bool)
    if value == "unbounded" or (whole and 1 <= int(str(value)) <= LARGEST_COUNT):
        return value
    raise ValueError("must be a whole number from 1, or unbounded")


Depth = Annotated[int | Literal["unbounded"], BeforeValidator(_depth)]
Positive = Annotated[
    float, BeforeValidator(plain_number), Field(gt=0, le=LARGEST_PHYSICAL, allow_inf_nan=False)
]


class Timestep(Block):
    """How a timestep advances. `barrier_ns` maps tiles in use to the barrier's time: the
    largest key not above the number of tiles in use holds."""

    semantics: Literal["pipelined_barrier"]
    barrier_ns: dict[Count, QuantityEntry] = Field(min_length=1)

    def barrier_ps(self, tiles: int) -> int:
        """The barrier's time with so many tiles in use, in ps."""
        return ps(self.barrier_ns[max(key for key in self.barrier_ns if key <= max(tiles, 1))])


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
    """Limits of a digital core. `conv_axons: population` takes one input axon per input pixel
    (the channel travels in the packet), `discrete` one per input pixel and channel.
    `mapper` is the strategy that cuts layers into slices."""

    kind: Literal["digital"]
    neurons_max: Count
    synapse_mem_kib: Count
    axons_in_max: Count
    axons_out_max: Count
    weight_bits: Count
    membrane_bits: Count
    conv_axons: Literal["population", "discrete"]
    mapper: Literal["min_cores", "balance_synops"]


class Neuron(Block):
    """The scan. `accounting: exclusive` takes one of inactive and active time for a neuron,
    `additive` adds access, update and fire. `active_rule: by_timesteps` is
    `received_or_fired` for a network of one timestep and `layer_in_work` for more."""

    accounting: Literal["exclusive", "additive"]
    scan: Literal["all_mapped", "layers_in_work"]
    active_rule: Literal["received_or_fired", "layer_in_work", "by_timesteps"]


class Memory(Block):
    """A memory by the width of its word."""

    word_bits: Count


class SynapseMemory(Memory):
    """Weights, channel fastest: one tap of a spike reads the weights of the slice's channels
    in words of `word_bits`. `parallel` synaptic operations take one `time_ns.synapse.op`."""

    parallel: Count


class Membrane(Memory):
    """State across timesteps. `every_step`: a scanned neuron reads and writes its membrane in
    every step. `elide_first_read_last_write`: only in steps in which its layer works, and not
    the first read nor the last write of an image. With `ports` and `access_ns` a neuron takes at
    least ceil(accesses / ports) * access_ns."""

    policy: Literal["every_step", "elide_first_read_last_write"]
    ports: Count | None = None
    access_ns: QuantityEntry | None = None


class Bntt(Memory):
    """How BNTT's constants are held for T > 1: `scale_bias` reads 2 words an active neuron, so
    does `threshold` (leak and bias; the threshold itself is `threshold.read`). A network of one
    timestep is folded and reads none."""

    form: Literal["scale_bias", "threshold"]


class Axons(Block):
    """A queue of packets in core memory."""

    depth: Depth


class Router(Block):
    """Output-queued router, XY routing. `service_ns` is the time between two packets on an
    east, west, north or south port; the rest of a hop's published time is a constant delay."""

    routing: Literal["xy"]
    multicast: Literal["none", "tree"]
    packet_bits: Count
    fifo_depth: Depth
    service_ns: QuantityEntry | None = None


class Arch(Block):
    """A whole architecture, as resolved: variant and overrides already merged.

    `first_layer: current_injected` has a front end do the multiply-accumulates of layer 0 and
    write each of its neurons' input current; `on_core_graded` sends graded packets from a host
    at tile (0, 0).
    """

    schema_version: Literal[1]
    name: str
    variant: str | None = None
    projection: StrictBool = False
    node_nm: Positive
    voltage_v: Positive
    timestep: Timestep
    mesh: Mesh
    core: Core
    neuron: Neuron
    input: Memory
    synapse: SynapseMemory
    accumulator: Memory
    membrane: Membrane
    threshold: Memory
    bntt: Bntt
    first_layer: Literal["current_injected", "on_core_graded"]
    first_layer_cached: StrictBool
    axon_in: Axons
    axon_out: Axons
    router: Router
    time_ns: TimeNs
    energy_pj: EnergyPj
    leakage_uw_per_core: LeakageEntry
    power_gated: StrictBool
