"""The architecture file of an analog crossbar core: docs/cores/crossbar.md."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, StrictBool

from hwsim.actions import Action, Counted
from hwsim.arch.block import Block
from hwsim.arch.count import Count
from hwsim.arch.quantity import QuantityEntry, ps
from hwsim.arch.schema import Arch, Core, Memory

if TYPE_CHECKING:
    from hwsim.arch.chip_rules import Finding
    from hwsim.arch.provenance import Origin

BITS_MAX = 32


class CrossbarCore(Core):
    """Arrays of `rows` x `columns` cells, how they make up a PE and what one read of them does.

    A PE reads for `read_cycles` of `clock_mhz`, or for `read_ns`: one of the two is given.
    """

    kind: Literal["crossbar"]
    rows: Count
    columns: Count
    cell_bits: Count
    adc_bits: Count
    columns_per_adc: Count
    row_order: Literal["kernel_position", "im2col"]
    arrays_per_pe: Count | Literal["kernel"]
    array_reads: Literal["each_mux_step", "once"]
    conversions: Literal["per_pe", "per_array"]
    column_encoding: Literal["plain", "flipped"]
    subtracts_per_conversion: int = Field(strict=True, ge=0, le=1024)
    neuron_unit: Literal["per_pe", "per_block"]
    skip_zero_slice: StrictBool
    first_layer_reads: Literal[1, 8]
    weight_duplication: Literal["none", "balanced"]
    input_reuse: Literal["line_buffer", "reread"]
    work_resolution: Literal["conv", "pooled"]
    latency_unit: Literal["position", "element"]
    membrane_bits: Count
    neuron_memory_layers: Count | Literal["all"]
    input_memory_bits: Count
    read_cycles: Count | None = None
    read_ns: QuantityEntry | None = None

    @property
    def largest_code(self) -> int:
        """The largest sum of a column that an ADC tells from smaller ones."""
        return int(2**self.adc_bits)

    def largest_sum(self, rows: int) -> int:
        """The largest sum of a column with so many rows in use."""
        total = rows * (2**self.cell_bits - 1)
        return -(-total // 2) if self.column_encoding == "flipped" else int(total)

    def has_memory(self, layer: int) -> bool:
        """Whether the neurons of layer `layer` (from 0) have a membrane memory."""
        return self.neuron_memory_layers == "all" or layer < self.neuron_memory_layers


class CrossbarRouter(Block):
    """Spike packets between tiles, XY, counted without time and contention; `enabled: false`:
    there are none."""

    enabled: StrictBool
    routing: Literal["xy"]
    multicast: Literal["none", "tree"]
    packet_bits: Count


class CrossbarArch(Arch):
    """A chip of tiles of PEs of crossbar arrays.

    `mesh.cores_per_tile` are PEs. `spike_buffer` holds a layer's input bits, `psum_buffer` sums of
    a cached first layer. Prices of `crossbar.array_read` are of a whole array.
    """

    ACTIONS: ClassVar[tuple[Counted, ...]] = (
        Action.CROSSBAR_ROW_DRIVE,
        Action.CROSSBAR_ARRAY_READ,
        Action.CROSSBAR_SUBTRACT,
        Action.CROSSBAR_SHIFT_ADD,
        Action.ADC_CONVERT,
        Action.ADC_MUX,
        Action.PE_CYCLE,
        Action.MEMBRANE_READ,
        Action.MEMBRANE_WRITE,
        Action.BNTT_PARAM_READ,
        Action.NEURON_ACCESS,
        Action.NEURON_UPDATE_ACTIVE,
        Action.NEURON_FIRE,
        Action.POOL_OP,
        Action.INPUT_WRITE,
        Action.BUFFER_SPIKE_READ,
        Action.BUFFER_SPIKE_WRITE,
        Action.BUFFER_TILE_ACCESS,
        Action.BUFFER_TEMP_ACCESS,
        Action.BUFFER_FETCH,
        Action.BUFFER_PSUM_READ,
        Action.BUFFER_PSUM_WRITE,
        Action.HTREE_TRANSFER,
        Action.AXON_OUT_SEND,
        Action.ROUTER_INJECT,
        Action.ROUTER_HOP_X,
        Action.ROUTER_HOP_Y,
        Action.ROUTER_EJECT,
        Action.CHIP_LINK_SEND,
    )
    SCHEDULES: ClassVar[tuple[str, ...]] = ("layer_sequential", "layer_pipelined")

    core: CrossbarCore
    spike_buffer: Memory
    psum_buffer: Memory
    input: Memory
    router: CrossbarRouter
    first_layer: Literal["on_core_graded"]

    @property
    def read_ps(self) -> int:
        """One read of a PE, in ps."""
        if self.core.read_ns is not None:
            return ps(self.core.read_ns)
        assert self.core.read_cycles is not None
        assert self.clock_mhz is not None
        return round(self.core.read_cycles * 10**6 / self.clock_mhz)

    def word_bits(self, action: Counted) -> int:
        """Width of the word that a memory action touches."""
        return self._words[action]

    @property
    def _words(self) -> dict[Counted, int]:
        spikes, sums = self.spike_buffer.word_bits, self.psum_buffer.word_bits
        unit = self.core.columns // self.core.columns_per_adc
        return {
            Action.MEMBRANE_READ: self.membrane.word_bits,
            Action.MEMBRANE_WRITE: self.membrane.word_bits,
            Action.BNTT_PARAM_READ: self.bntt.word_bits,
            Action.INPUT_WRITE: self.input.word_bits,
            Action.BUFFER_SPIKE_READ: spikes,
            Action.BUFFER_SPIKE_WRITE: spikes,
            Action.BUFFER_PSUM_READ: sums,
            Action.BUFFER_PSUM_WRITE: sums,
            Action.BUFFER_TILE_ACCESS: self.core.rows,
            Action.BUFFER_FETCH: self.core.rows,
            Action.BUFFER_TEMP_ACCESS: unit * self.core.adc_bits,
        }

    def rules(self, origins: Mapping[str, Origin]) -> Iterator[Finding]:
        """What must hold between the fields of a crossbar chip."""
        core = self.core
        if core.columns % core.columns_per_adc:
            words = f"{core.columns_per_adc} does not divide core.columns ({core.columns})"
            yield ("core", "columns_per_adc"), words
        for name in ("cell_bits", "adc_bits"):
            if getattr(core, name) > BITS_MAX:
                yield ("core", name), f"must be at most {BITS_MAX}"
        if (core.read_cycles is None) == (core.read_ns is None):
            words = "give either core.read_cycles (of clock_mhz) or core.read_ns"
            yield ("core", "read_ns" if core.read_ns is not None else "read_cycles"), words
        elif core.read_cycles is not None and self.clock_mhz is None:
            yield ("core", "read_cycles"), "needs clock_mhz, of which it counts cycles"
        elif core.read_ns is not None and (core.read_ns.value * 1000) % 1:
            yield ("core", "read_ns"), "must be whole picoseconds (0.001 ns)"
        elif self.read_ps < 1:
            yield ("core", "read_ns"), "a read takes at least 1 ps"
        if self.power_gated:
            yield ("power_gated",), "must be false: a slice of a mapping stands for several PEs"
        if self.membrane.word_bits < core.membrane_bits:
            yield (
                ("membrane", "word_bits"),
                f"a word of {self.membrane.word_bits} bits does not hold a membrane of "
                f"core.membrane_bits ({core.membrane_bits})",
            )

    def doubts(self) -> Iterator[Finding]:
        """What may be meant, but makes the sums of a column wrong."""
        core = self.core
        largest = core.largest_sum(core.rows)
        if largest > core.largest_code:
            yield (
                ("core", "adc_bits"),
                f"{core.adc_bits} bits are too coarse for {core.rows} rows of {core.cell_bits}-bit "
                f"cells: sums of a column reach {largest}, those above {core.largest_code} clip "
                f"({_bits(largest)} bits would hold all)",
            )


def _bits(largest: int) -> int:
    """Fewest ADC bits that do not clip."""
    return (largest - 1).bit_length()
