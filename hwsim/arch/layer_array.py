"""What the files of chips that run one layer at a time on one array have in common.

docs/cores/layer_array.md says what is counted there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from hwsim.actions import Action
from hwsim.arch.count import Count
from hwsim.arch.quantity import Included, Quantity, QuantityEntry
from hwsim.arch.schema import Arch, Core, Memory

if TYPE_CHECKING:
    from hwsim.arch.chip_rules import Finding
    from hwsim.arch.provenance import Origin


class LayerArrayCore(Core):
    """An array that takes `activation_bits` of an activation at a time, with sums and membranes
    of `membrane_bits`. `weights: resident` has room for the whole network, `reload` takes the
    weights of a layer from DRAM in every pass."""

    rows: Count
    cols: Count
    weight_bits: Count
    membrane_bits: Count
    activation_bits: Count
    update_cycles: Count
    weights: Literal["resident", "reload"]

    def passes(self, bits: int) -> int:
        """Passes over the fan-in that an activation of so many bits takes."""
        return -(-bits // self.activation_bits)


class SizedMemory(Memory):
    """A memory of `kib` KiB."""

    kib: Count

    @property
    def bits(self) -> int:
        """Its capacity."""
        return self.kib * 1024 * 8


class Dram(Memory):
    """DRAM. With `gbit_per_s` a load of weights takes the time of its bits."""

    gbit_per_s: QuantityEntry | None = None


class LayerArrayArch(Arch):
    """A chip that runs one layer after another on one array."""

    SCHEDULES: ClassVar[tuple[str, ...]] = ("layer_sequential",)
    ACCUMULATE: ClassVar[Action]
    """The addition that the array does; MACs of layer 0 on the array are made of it."""

    core: LayerArrayCore
    input: Memory
    accumulator: Memory
    threshold: Memory
    dram: Dram

    def rules(self, origins: Mapping[str, Origin]) -> Iterator[Finding]:
        """What must hold between the fields of such a chip."""
        yield from self._clock()
        yield from self._membranes()
        yield from self._front_end()
        yield from self._prices()
        for axis in ("x", "y"):
            tiles = getattr(self.mesh, f"tiles_{axis}")
            if getattr(self.mesh, f"chip_tiles_{axis}") != tiles:
                words = f"must be tiles_{axis} ({tiles}): a {self.core.kind} array is one chip"
                yield ("mesh", f"chip_tiles_{axis}"), words
        if self.power_gated:
            words = f"a {self.core.kind} array is never gated: all of it works on each layer"
            yield ("power_gated",), words

    def _clock(self) -> Iterator[Finding]:
        if self.clock_mhz is None:
            yield ("clock_mhz",), f"missing: the times of a {self.core.kind} array are cycles"
        rate = self.dram.gbit_per_s
        if rate is not None and not rate.value:
            yield ("dram", "gbit_per_s"), "must be above 0; leave it out for loads without time"

    def _membranes(self) -> Iterator[Finding]:
        for name, memory in (("membrane", self.membrane), ("accumulator", self.accumulator)):
            if memory.word_bits < self.core.membrane_bits:
                yield (
                    (name, "word_bits"),
                    f"a word of {memory.word_bits} bits does not hold core.membrane_bits "
                    f"({self.core.membrane_bits})",
                )

    def _prices(self) -> Iterator[Finding]:
        for action in self.ACTIONS:
            price: Any = self.energy_pj.price(action)
            if isinstance(price, Quantity) and not price.value:
                yield (
                    ("energy_pj", *action.value.split(".")),
                    "0 is no energy: write {included_in: [..]} where another action pays for it, "
                    "or unpublished",
                )

    def _front_end(self) -> Iterator[Finding]:
        """The MACs of a front end are not additions of the array."""
        mac: Any = self.energy_pj.price(Action.SYNAPSE_MAC)
        path = ("energy_pj", *Action.SYNAPSE_MAC.split("."))
        if self.first_layer == "current_injected":
            if isinstance(mac, Included):
                yield path, "the MACs of a front end (first_layer) need a value of their own"
        elif isinstance(mac, Quantity) and mac.value:
            yield (
                path,
                f"with first_layer: on_core_graded a MAC is additions of the array: write "
                f"{{included_in: [{self.ACCUMULATE}]}}",
            )


COMMON: tuple[Action, ...] = (
    Action.SYNAPSE_OP,
    Action.SYNAPSE_MAC,
    Action.ACCUMULATOR_READ,
    Action.ACCUMULATOR_WRITE,
    Action.MEMBRANE_READ,
    Action.MEMBRANE_WRITE,
    Action.THRESHOLD_READ,
    Action.BNTT_PARAM_READ,
    Action.NEURON_UPDATE_ACTIVE,
    Action.NEURON_FIRE,
    Action.POOL_OP,
    Action.INPUT_WRITE,
    Action.BUFFER_SPIKE_READ,
    Action.BUFFER_SPIKE_WRITE,
    Action.DRAM_READ,
    Action.BARRIER_SYNC,
)
"""What every such array emits."""
