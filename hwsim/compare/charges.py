"""What one multiply-accumulate of an int8 ANN costs by an architecture's own table.

Each MAC multiplies, reads its weight, and reads and writes its sum; nothing is held in a register
between two MACs, as a synaptic operation of the same chip holds nothing. Where the table prices
these accesses inside `synapse.op`, which cannot be split, each MAC is charged one `synapse.op` for
them (an addition too much) beside its `synapse.mac`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hwsim.actions import Action
from hwsim.arch.digital import DigitalArch
from hwsim.arch.quantity import ByFormat, Included, Quantity
from hwsim.arch.schema import Arch
from hwsim.network.graph import Layer

MAC, OP = Action.SYNAPSE_MAC, Action.SYNAPSE_OP


@dataclass(frozen=True)
class Charge:
    """An action that a MAC needs, `per_mac` times. `price_pj` is None where it is charged
    elsewhere or nowhere; `note` says so."""

    action: Action
    per_mac: Fraction
    price_pj: Decimal | None
    note: str

    @property
    def unpaid(self) -> bool:
        """Whether it costs nothing here because no price is known."""
        return self.note.endswith("not charged")

    @property
    def pj(self) -> Fraction:
        """Of one MAC."""
        return self.per_mac * Fraction(self.price_pj or 0)


def charges(arch: Arch, layer: Layer, weight_bits: int, *, front_end: bool) -> list[Charge]:
    """Of one MAC of a layer. `front_end`: it multiplies outside the chip's memories, as the first
    layer of a spiking network with `current_injected` does. Empty where the chip has no MAC energy,
    or cores of another kind: their tables price no access of one MAC.

    The weights of a tap lie side by side and start a word, as docs/counting.md has them.
    """
    if not isinstance(arch, DigitalArch) or _price(arch, MAC, layer) is None:
        return []
    channels = layer.out_shape[0]
    words = -(-channels * weight_bits // arch.synapse.word_bits)
    needed = {MAC: Fraction(1)}
    if not front_end:
        needed |= {
            Action.SYNAPSE_WEIGHT_READ: Fraction(words, channels),
            Action.ACCUMULATOR_READ: Fraction(1),
            Action.ACCUMULATOR_WRITE: Fraction(1),
        }
    found = [_charge(arch, layer, action, amount, needed) for action, amount in needed.items()]
    inside = [
        c.action for c in found if c.price_pj is None and OP in _hosts(arch, c.action) - {*needed}
    ]
    if inside and (price := _price(arch, OP, layer)) is not None:
        held = ", ".join(inside)
        found.append(Charge(OP, Fraction(1), price, f"for {held}, which lie inside it"))
    return found


def _charge(
    arch: Arch, layer: Layer, action: Action, amount: Fraction, needed: dict[Action, Fraction]
) -> Charge:
    price = _price(arch, action, layer)
    if price is not None:
        return Charge(action, amount, price, "priced")
    hosts = _hosts(arch, action)
    if not hosts:
        return Charge(action, amount, None, "unpublished: not charged")
    own = hosts & {*needed}
    if own:
        return Charge(action, amount, None, f"inside {', '.join(sorted(own))}")
    if OP in hosts:
        return Charge(action, amount, None, f"inside {OP}, charged instead")
    return Charge(action, amount, None, f"inside {', '.join(sorted(hosts))}: not charged")


def _hosts(arch: Arch, action: Action) -> set[str]:
    said = arch.energy_pj.price(action)
    return set(said.included_in) if isinstance(said, Included) else set()


def _price(arch: Arch, action: Action, layer: Layer) -> Decimal | None:
    said = arch.energy_pj.price(action)
    if isinstance(said, ByFormat):
        said = said.of(layer.kind)
    return said.value if isinstance(said, Quantity) else None
