"""An ANN by a chip's own table, by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from hwsim.actions import Action
from hwsim.arch.schema import Arch
from hwsim.compare.ann import Ann, ann_of, on_chip
from hwsim.compare.charges import charges
from hwsim.trace.analog import AnalogCounts
from hwsim.trace.store import Origin
from tests import toys

HIDDEN = toys.linear("fc1", 6, 20)
READOUT = toys.linear("fc2", 20, 3, spiking=False)
NETWORK = toys.network(HIDDEN, READOUT)
INSIDE_OP = {"included_in": ["synapse.op"]}
ACCESSES = ("synapse.weight_read", "accumulator.read", "accumulator.write")


def arch(energies: dict[str, Any], **options: Any) -> Arch:
    return toys.arch(energies_pj=energies, **options)


def total(chip: Arch, *, front_end: bool = False) -> Fraction:
    found = charges(chip, READOUT, 8, front_end=front_end)
    return sum((charge.pj for charge in found), Fraction())


def test_everything_priced_apart() -> None:
    """Three 8-bit weights of a tap are three words of 8 bits: one word a MAC."""
    chip = arch({"synapse.mac": 0.3, "synapse.weight_read": 2, "accumulator.read": 5,
                 "accumulator.write": 7, "synapse.op": 100})  # fmt: skip
    assert total(chip) == Fraction("14.3")
    assert total(chip, front_end=True) == Fraction("0.3")


def test_words_of_a_tap_are_shared() -> None:
    """Three 16-bit weights in words of 8 bits: six words for three MACs."""
    (read,) = [
        c for c in charges(arch({}), READOUT, 16, front_end=False)
        if c.action == Action.SYNAPSE_WEIGHT_READ
    ]  # fmt: skip
    assert read.per_mac == 2


def test_accesses_inside_an_operation_cost_one_operation() -> None:
    chip = arch({"synapse.mac": 0.3, "synapse.op": 23.6, **dict.fromkeys(ACCESSES, INSIDE_OP)})
    assert total(chip) == Fraction("23.9")
    assert total(chip, front_end=True) == Fraction("0.3")
    notes = {c.action.value: c.note for c in charges(chip, READOUT, 8, front_end=False)}
    assert notes["synapse.op"] == f"for {', '.join(ACCESSES)}, which lie inside it"


def test_accesses_inside_the_mac_cost_nothing_more() -> None:
    inside = {action: {"included_in": ["synapse.mac"]} for action in ACCESSES}
    assert total(arch({"synapse.mac": 3, "synapse.op": 23.6, **inside})) == 3


def test_what_is_unpublished_is_said() -> None:
    chip = arch({"synapse.mac": 3, "accumulator.read": "unpublished", "accumulator.write": 0,
                 "synapse.weight_read": {"included_in": ["axon_in.lookup"]}})  # fmt: skip
    found = charges(chip, READOUT, 8, front_end=False)
    assert {c.action.value: c.note for c in found if c.unpaid} == {
        "accumulator.read": "unpublished: not charged",
        "synapse.weight_read": "inside axon_in.lookup: not charged",
    }
    assert sum(c.pj for c in found) == 3


def test_a_chip_without_mac_energy_has_no_ann() -> None:
    assert on_chip(arch({"synapse.mac": "unpublished"}), NETWORK, None) is None


@pytest.mark.parametrize("first", ["current_injected", "on_core_graded"])
def test_both_kinds_by_hand(first: str) -> None:
    """120 and 60 MACs of 1 pJ, with 3 pJ of accesses each where the core does them."""
    chip = arch({}, first_layer=first)
    ann = Ann("ann.pt", (Fraction(100), Fraction(21)), None, 2, None)
    found = on_chip(chip, NETWORK, ann)
    assert found is not None
    each = 1 if first == "current_injected" else 4
    assert found.dense_pj == 120 * each + 60 * 4
    assert found.zero_skipping_pj == 100 * each + 21 * 4
    alone = on_chip(chip, NETWORK, None)
    assert alone is not None
    assert alone.zero_skipping_pj is None


def test_means_of_what_was_counted() -> None:
    counted = AnalogCounts(
        network=NETWORK,
        origin=Origin("net_ann.pt", "0" * 64, 91.5, "toy"),
        labels=np.array([0, 1]),
        predictions=np.array([0, 2]),
        dense_macs=np.array([120, 60]),
        nonzero_macs=np.array([[100, 20], [101, 22]]),
        inputs=np.array([6, 20]),
        nonzero_inputs=np.array([[5, 7], [5, 7]]),
    )
    expected = Ann("net_ann.pt", (Fraction(201, 2), Fraction(21)), 1, 2, 91.5)
    assert ann_of(counted) == expected
    unknown = replace(counted, labels=np.array([0, -1]))
    assert ann_of(unknown).correct is None
