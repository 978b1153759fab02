"""The architecture file as pydantic models; one class per block of the YAML.

Every physical number is a `Quantity` (docs/design.md, section 5); counts and sizes that are
structural (tiles, neurons, bits) are plain integers under the source of their block. Nothing
here has a default energy or time. Use `hwsim.arch.load.load_arch` to read a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field, PositiveInt, create_model

from hwsim.actions import COMPONENTS, Action
from hwsim.arch.quantity import FROZEN, ByFormat, Evidence, Price, Quantity, Unpublished

Depth = PositiveInt | Literal["unbounded"]


class Block(BaseModel):
    """A block of the file; its `source` and `evidence` hold for the numbers inside."""

    model_config = FROZEN
    source: str | None = None
    evidence: Evidence | None = None
    note: str | None = None


class Timestep(Block):
    """How a timestep advances. `barrier_ns` maps tiles in use to the barrier's time: the
    largest key not above the number of tiles in use holds."""

    semantics: Literal["pipelined_barrier"]
    barrier_ns: dict[PositiveInt, Quantity] = Field(min_length=1)


class Mesh(Block):
    """`tiles_x` x `tiles_y` tiles of `cores_per_tile` cores; one real chip is
    `chip_tiles_x` x `chip_tiles_y` tiles of it. Tile (x, y) has index y * tiles_x + x, core k of
    a tile has index tile * cores_per_tile + k."""

    tiles_x: PositiveInt
    tiles_y: PositiveInt
    cores_per_tile: PositiveInt
    chip_tiles_x: PositiveInt
    chip_tiles_y: PositiveInt

    @property
    def cores(self) -> int:
        """Cores of the whole mesh."""
        return self.tiles_x * self.tiles_y * self.cores_per_tile


class Core(Block):
    """Limits of a digital core. `conv_axons: population` takes one input axon per input pixel
    (the channel travels in the packet), `discrete` one per input pixel and channel.
    `mapper` is the strategy that cuts layers into slices."""

    kind: Literal["digital"]
    neurons_max: PositiveInt
    synapse_mem_kib: PositiveInt
    axons_in_max: PositiveInt
    axons_out_max: PositiveInt
    weight_bits: PositiveInt
    membrane_bits: PositiveInt
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

    word_bits: PositiveInt


class SynapseMemory(Memory):
    """Weights, channel fastest: one tap of a spike reads the weights of the slice's channels
    in words of `word_bits`. `parallel` synaptic operations take one `time_ns.synapse.op`."""

    parallel: PositiveInt


class Membrane(Memory):
    """State across timesteps. `every_step`: a scanned neuron reads and writes its membrane in
    every step. `elide_first_read_last_write`: only in steps in which its layer works, and not
    the first read nor the last write of an image. With `ports` and `access_ns` a neuron takes at
    least ceil(accesses / ports) * access_ns."""

    policy: Literal["every_step", "elide_first_read_last_write"]
    ports: PositiveInt | None = None
    access_ns: Quantity | None = None


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
    packet_bits: PositiveInt
    fifo_depth: Depth
    service_ns: Quantity | None = None


def _component_models(suffix: str, value: object, default: object) -> dict[str, type[Block]]:
    return {
        component: create_model(  # type: ignore[call-overload]
            f"{component.title().replace('_', '')}{suffix}",
            __base__=Block,
            **{action: (value, default) for action in actions},
        )
        for component, actions in COMPONENTS.items()
    }


class _Table(Block):
    def _entry(self, action: Action) -> object:
        component, name = action.value.split(".")
        block = getattr(self, component)
        return None if block is None else getattr(block, name)


class EnergyBlock(_Table):
    """Base of the energy table."""

    def price(self, action: Action) -> Price | None:
        """What the file says of an action; None where it says nothing."""
        return self._entry(action)  # type: ignore[return-value]


class TimeBlock(_Table):
    """Base of the time table."""

    def time(self, action: Action) -> Quantity | ByFormat | None:
        """The published latency of an action; None where the stage takes no time."""
        return self._entry(action)  # type: ignore[return-value]


if TYPE_CHECKING:
    EnergyPj, TimeNs = EnergyBlock, TimeBlock
else:
    EnergyPj = create_model(
        "EnergyPj",
        __base__=EnergyBlock,
        __doc__="Energy per action in pJ: a value, `included_in`, or `unpublished`.",
        **{
            component: (model | None, None)
            for component, model in _component_models("Energy", Price | None, None).items()
        },
    )
    TimeNs = create_model(
        "TimeNs",
        __base__=TimeBlock,
        __doc__="Time per action in ns; an absent action takes none.",
        **{
            component: (model | None, None)
            for component, model in _component_models("Time", Quantity | ByFormat | None, None).items()
        },
    )


class Arch(Block):
    """A whole architecture, as resolved: variant and overrides already merged.

    `first_layer: current_injected` has a front end do the multiply-accumulates of layer 0 and
    write each of its neurons' input current; `on_core_graded` sends graded packets from a host
    at tile (0, 0).
    """

    schema_version: Literal[1]
    name: str
    variant: str | None = None
    projection: bool = False
    node_nm: float
    voltage_v: float
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
    first_layer_cached: bool
    axon_in: Axons
    axon_out: Axons
    router: Router
    time_ns: TimeNs
    energy_pj: EnergyPj
    leakage_uw_per_core: Quantity | Unpublished
    power_gated: bool
