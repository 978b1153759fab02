"""`--set NAME=VALUE`."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from hwsim.actions import Action
from hwsim.arch.load import LoadedArch, load_arch
from hwsim.arch.provenance import Origin
from hwsim.arch.quantity import ByFormat, Included, Quantity
from hwsim.errors import UsageError
from tests.arch.files import TEXT, errors_of, write

SET = Origin("--set", "assumed")


def load(folder: Path, *overrides: str, variant: str | None = None) -> LoadedArch:
    return load_arch(str(write(folder, TEXT)), variant, overrides)


def test_a_count(tmp_path: Path) -> None:
    loaded = load(tmp_path, "core.neurons_max=512", "axon_out.depth = 8")
    assert (loaded.arch.core.neurons_max, loaded.arch.axon_out.depth) == (512, 8)
    assert loaded.origins["core.neurons_max"] == loaded.origins["axon_out.depth"] == SET
    assert loaded.origins["core.axons_in_max"] == Origin("a book", "published")
    assert loaded.warnings == ()


def test_a_word_and_a_truth_value(tmp_path: Path) -> None:
    loaded = load(tmp_path, "first_layer_cached=true", "router.multicast=tree")
    assert loaded.arch.first_layer_cached
    assert loaded.arch.router.multicast == "tree"


def test_a_quantity_takes_nothing_of_the_old_one_along(tmp_path: Path) -> None:
    expected = Quantity(value=Decimal("9"), source="--set", evidence="assumed")
    for option in ("energy_pj.synapse.mac=9", "energy_pj.synapse.mac.value=9"):
        assert load(tmp_path, option).arch.energy_pj.price(Action.SYNAPSE_MAC) == expected


def test_a_quantity_with_a_source(tmp_path: Path) -> None:
    option = "leakage_uw_per_core={value: 3, source: my board, evidence: measured}"
    assert load(tmp_path, option).origins["leakage_uw_per_core"] == Origin("my board", "measured")


def test_a_part_of_an_entry(tmp_path: Path) -> None:
    loaded = load(tmp_path, "energy_pj.synapse.mac.low=0.2", "energy_pj.synapse.mac.source=x")
    assert loaded.arch.energy_pj.price(Action.SYNAPSE_MAC) == Quantity(
        value=Decimal("0.3"),
        source="x",
        evidence="measured",
        low=Decimal("0.2"),
        high=Decimal("0.5"),
    )


def test_a_format(tmp_path: Path) -> None:
    loaded = load(tmp_path, "time_ns.synapse.op.dense=4", variant="additive")
    entry = loaded.arch.time_ns.time(Action.SYNAPSE_OP)
    assert isinstance(entry, ByFormat)
    assert (entry.conv.value, entry.dense.value) == (Decimal("3.1"), 4)
    assert loaded.origins["time_ns.synapse.op.dense"] == SET
    assert loaded.origins["time_ns.synapse.op.conv"] == Origin("a stopwatch", None)


def test_a_key_of_a_table_falls_into_order(tmp_path: Path) -> None:
    loaded = load(tmp_path, "timestep.barrier_ns.2=150")
    assert {n: q.value for n, q in loaded.arch.timestep.barrier_ns.items()} == {
        1: 100,
        2: 150,
        4: 200,
    }
    assert loaded.origins["timestep.barrier_ns.4"] == Origin("a book", "published")
    assert loaded.origins["timestep.barrier_ns.2"] == SET


def test_a_whole_block_is_merged(tmp_path: Path) -> None:
    loaded = load(tmp_path, "mesh={tiles_x: 8, chip_tiles_x: 4}")
    assert (loaded.arch.mesh.tiles_x, loaded.arch.mesh.tiles_y, loaded.arch.mesh.chips) == (8, 2, 2)


def test_another_price_and_none(tmp_path: Path) -> None:
    loaded = load(tmp_path, "energy_pj.input.write={included_in: [synapse.mac]}")
    assert loaded.arch.energy_pj.price(Action.INPUT_WRITE) == Included(included_in=("synapse.mac",))
    assert load(tmp_path, "time_ns.router.inject=").arch.time_ns.time(Action.ROUTER_INJECT) is None


def test_later_ones_win_and_go_over_the_variant(tmp_path: Path) -> None:
    options = ("core.neurons_max=7", "core.neurons_max=8")
    assert load(tmp_path, *options, variant="plain").arch.core.neurons_max == 8


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("core.neurons_mx=3", "core.neurons_mx: unknown field; did you mean neurons_max?"),
        ("core.neurons_max=x", "core.neurons_max: must be a whole number, not 'x'"),
        ("neurons_max=3", "neurons_max: unknown field; did you mean core.neurons_max?"),
        ("core.kind.a=3", "core.kind: must be digital, not a block"),
        ("core=3", "core: must be a block of fields, not 3"),
        ("a.b.c=3", "a: unknown field"),
        ("energy_pj.synapse.op.valu=3", "energy_pj.synapse.op.valu: unknown field; did you mean"),
        ("energy_pj.synapse.op=[", "energy_pj.synapse.op: not valid YAML: while parsing"),
        ("energy_pj.synapse.op=!!int 3", "energy_pj.synapse.op: the tag !!int is not allowed"),
        ("energy_pj.synapse.op=-3", "energy_pj.synapse.op: must be at least 0, not -3"),
        ("router.service_ns=9", "router.service_ns: 9 ns is above the whole hop"),
        ("energy_pj.synapse.mac.low=3", "energy_pj.synapse.mac.low: 3 is above the value (0.3)"),
        ("timestep.barrier_ns.x=3", "timestep.barrier_ns.x: must be a whole number"),
        ("timestep.barrier_ns.0=3", "timestep.barrier_ns.0: must be at least 1"),
        ("variants.plain=3", "variants: unknown field; did you mean variant?"),
    ],
)
def test_errors_point_at_the_option(option: str, message: str, tmp_path: Path) -> None:
    (line,) = errors_of(write(tmp_path, TEXT), option)
    assert line.startswith(f"--set {option}: {message}")


@pytest.mark.parametrize("option", ["", "core.neurons_max", "=3", "core..x=3", ".x=3"])
def test_an_option_of_another_form_is_a_mistake_of_usage(option: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^--set .*: write --set NAME=VALUE"):
        load(tmp_path, option)


def test_all_options_at_once(tmp_path: Path) -> None:
    lines = errors_of(write(tmp_path, TEXT), "core.neurons_mx=3", "core.mapper=best")
    assert [line.split(": ")[0] for line in lines] == [
        "--set core.neurons_mx=3",
        "--set core.mapper=best",
    ]
