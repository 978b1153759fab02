"""A variant goes over its base field by field."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from hwsim.actions import Action
from hwsim.arch.load import load_arch
from hwsim.arch.provenance import Origin
from hwsim.arch.quantity import Included, Quantity
from tests.arch.files import TEXT, edited, errors_of, write


def test_blocks_merge_and_entries_are_replaced_whole(tmp_path: Path) -> None:
    base = load_arch(str(write(tmp_path, TEXT)))
    loaded = load_arch(str(write(tmp_path, TEXT)), "additive")
    energy = loaded.arch.energy_pj
    assert (base.arch.variant, loaded.arch.variant) == (None, "additive")
    assert base.sha256 == loaded.sha256
    assert energy.price(Action.NEURON_ACCESS) == Quantity(
        value=Decimal("51.2"), source="a fit", evidence="derived"
    )
    assert energy.price(Action.NEURON_UPDATE_INACTIVE) == Included(included_in=("neuron.access",))
    assert energy.price(Action.SYNAPSE_OP) == base.arch.energy_pj.price(Action.SYNAPSE_OP)
    assert loaded.arch.time_ns.time(Action.NEURON_UPDATE_INACTIVE) is None
    assert loaded.arch.time_ns.time(Action.NEURON_UPDATE_ACTIVE) is not None
    assert loaded.arch.neuron.scan == "all_mapped"


def test_the_source_of_a_variant_is_for_its_own_numbers(tmp_path: Path) -> None:
    origins = load_arch(str(write(tmp_path, TEXT)), "additive").origins
    assert origins["energy_pj.neuron.fire"] == Origin("a fit", "derived")
    assert origins["energy_pj.neuron.update_active"] == Origin("a paper", "measured")
    assert origins["core.neurons_max"] == Origin("a book", "published")


def test_a_variant_without_source_has_none(tmp_path: Path) -> None:
    text, places = edited(("neurons_max: 512", "neurons_max: @512"))
    loaded = load_arch(str(write(tmp_path, text)), "plain")
    assert loaded.arch.core.neurons_max == 512
    assert loaded.warnings == (
        f"{tmp_path}/small.yaml:{places[0]}: variants.plain.core.neurons_max: the number has no "
        "source and no evidence",
    )


def test_a_table_is_one_curve(tmp_path: Path) -> None:
    old = "    neuron: {accounting: additive}\n"
    text, _ = edited((old, f"{old}    timestep: {{barrier_ns: {{1: 7}}}}\n"))
    assert list(load_arch(str(write(tmp_path, text)), "additive").arch.timestep.barrier_ns) == [1]


def test_an_unknown_variant(tmp_path: Path) -> None:
    text, places = edited(("variants:", "@variants:"))
    assert errors_of(write(tmp_path, text), variant="aditive") == [
        f"small.yaml:{places[0]}: variants: no variant 'aditive'; there is additive and plain; "
        "did you mean additive?"
    ]
    bare = TEXT[: TEXT.index("variants:")]
    assert errors_of(write(tmp_path, bare), variant="plain") == [
        "small.yaml:1:1: variants: no variant 'plain'; the file has none"
    ]


def test_an_error_of_a_variant_stands_in_the_variant(tmp_path: Path) -> None:
    text, places = edited(("neurons_max: 512", "neurons_max: @0"))
    assert errors_of(write(tmp_path, text), variant="plain") == [
        f"small.yaml:{places[0]}: variants.plain.core.neurons_max: must be at least 1, not 0"
    ]
