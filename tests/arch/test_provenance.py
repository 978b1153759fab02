"""Every number knows its source, and no source reaches a number that it does not speak of."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from hwsim.actions import Action
from hwsim.arch.load import LoadedArch, load_arch
from hwsim.arch.provenance import Origin
from hwsim.arch.quantity import ByFormat, Quantity
from tests.arch.files import TEXT, edited, errors_of, write


def load(folder: Path, *edits: tuple[str, str], variant: str | None = None) -> LoadedArch:
    return load_arch(str(write(folder, edited(*edits)[0])), variant)


def test_the_nearest_block_wins(tmp_path: Path) -> None:
    origins = load(tmp_path).origins
    assert origins["core.neurons_max"] == Origin("a book", "published")
    assert origins["core.membrane_bits"] == Origin("a talk", "assumed")
    assert origins["timestep.barrier_ns.4"] == Origin("a book", "published")
    assert origins["energy_pj.synapse.op"] == Origin("a paper", "measured")
    assert origins["energy_pj.synapse.mac"] == Origin("a paper", "measured")
    assert origins["leakage_uw_per_core"] == Origin("a book", "published")


def test_origins_and_entries_agree(tmp_path: Path) -> None:
    loaded = load(tmp_path, variant="additive")
    entry = loaded.arch.time_ns.time(Action.SYNAPSE_OP)
    assert isinstance(entry, ByFormat)
    assert entry.conv == Quantity(value=Decimal("3.1"), source="a stopwatch")
    assert loaded.origins["time_ns.synapse.op.conv"] == Origin("a stopwatch", None)
    assert "axon_in.depth" not in loaded.origins


def test_a_source_of_its_own_takes_no_evidence_along(tmp_path: Path) -> None:
    text, places = edited(("op: 23.6", "op: {value: @23.6, source: my guess}"))
    loaded = load_arch(str(write(tmp_path, text)))
    assert loaded.origins["energy_pj.synapse.op"] == Origin("my guess", None)
    path = tmp_path / "small.yaml"
    message = "energy_pj.synapse.op: the number has no evidence"
    assert loaded.warnings == (f"{path}:{places[0]}: {message}",)


def test_evidence_of_its_own_keeps_the_source(tmp_path: Path) -> None:
    loaded = load(tmp_path, ("op: 23.6", "op: {value: 23.6, evidence: derived}"))
    assert loaded.origins["energy_pj.synapse.op"] == Origin("a paper", "derived")


def test_numbers_without_origin_are_warnings_and_errors_under_strict(tmp_path: Path) -> None:
    text, places = edited(
        ("source: a book\nevidence: published\n", ""),
        ("voltage_v: 0.75", "voltage_v: @0.75"),
        ("4: 200}", "4: @200}"),
        ("fifo_depth: 16", "fifo_depth: @16"),
        ("816", "@816"),
    )
    path = write(tmp_path, text)
    located = dict(
        zip(
            ("voltage_v", "timestep.barrier_ns.4", "router.fifo_depth", "leakage_uw_per_core"),
            places,
            strict=True,
        )
    )
    warnings = load_arch(str(path)).warnings
    for name, place in located.items():
        assert f"{path}:{place}: {name}: the number has no source and no evidence" in warnings
    assert not [line for line in warnings if "energy_pj" in line or "membrane_bits" in line]


def test_strict_makes_warnings_and_holes_fatal(tmp_path: Path) -> None:
    text, places = edited(
        ("voltage_v: 0.75", "voltage_v: {value: @0.75, source: null}"),
        ("param_read: unpublished", "param_read: @unpublished"),
    )
    path = write(tmp_path, text)
    assert len(load_arch(str(path)).warnings) == 1
    lines = errors_of(path, strict=True)
    assert lines == [
        f"small.yaml:{places[0]}: voltage_v: the number has no source",
        f"small.yaml:{places[1]}: energy_pj.bntt.param_read: unpublished",
    ]


def test_a_block_keeps_its_note_and_not_its_source(tmp_path: Path) -> None:
    arch = load(tmp_path, ("  source: a paper", "  source: a paper\n  note: old chip")).arch
    assert (arch.energy_pj.note, arch.energy_pj.source, arch.source) == ("old chip", None, None)


def test_the_text_of_the_tests_has_no_warnings(tmp_path: Path) -> None:
    assert load_arch(str(write(tmp_path, TEXT))).warnings == ()
