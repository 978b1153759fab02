"""Energies by size, width and node of an SRAM: the table, between its points, and in files."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwsim.arch.load import LoadedArch, load_arch
from hwsim.arch.quantity import Quantity
from hwsim.arch.scaling import ACCESSES, TABLE, Access, Sram, leave_one_out
from tests.arch.files import edited, errors_of, write

ROWS = [
    tuple(map(Decimal, line.split(",")))
    for line in TABLE.read_text().splitlines()
    if line[0].isdigit()
]
READ = "{sram: {kib: 64, width_bits: 64, node_nm: 28, access: read}}"


def energy(kib: object, width: object, node: object, access: Access = "read") -> Decimal:
    return Sram(*(Decimal(str(n)) for n in (kib, width, node)), access).energy_pj()


def test_the_points_of_the_table_are_exact() -> None:
    assert len(ROWS) == 24
    for kib, width, node, *energies in ROWS:
        found = [Sram(kib, width, node, access).energy_pj() for access in ACCESSES]
        assert found == energies


def test_between_two_points_by_hand() -> None:
    # 32 KiB is half way from 16 to 64 on a logarithmic axis: the geometric mean.
    assert energy(32, 64, 65) == Decimal(str(round((21.0 * 47.0) ** 0.5, 2)))
    # In the middle of the edge from (8 KiB, 32 bit) to (16 KiB, 64 bit).
    middle = energy(2**3.5, 2**5.5, 45, "write")
    assert float(middle) == pytest.approx((4.79 * 10.7) ** 0.5, rel=1e-3)
    assert float(energy(64, 64, (28 * 45) ** 0.5)) == pytest.approx((9.99 * 25.9) ** 0.5, rel=1e-3)


@given(
    st.floats(16, 128), st.floats(16, 128), st.floats(7, 65), st.sampled_from(ACCESSES)
)  # fmt: skip
def test_more_memory_costs_more(one: float, other: float, node: float, access: Access) -> None:
    small, large = sorted((one, other))
    assert energy(small, 64, node, access) <= energy(large, 64, node, access)


@given(st.floats(7, 65), st.floats(7, 65), st.sampled_from(ROWS), st.sampled_from(ACCESSES))
def test_a_coarser_node_costs_more(
    one: float, other: float, row: tuple[Decimal, ...], access: Access
) -> None:
    fine, coarse = sorted((one, other))
    assert energy(row[0], row[1], fine, access) <= energy(row[0], row[1], coarse, access)


def test_the_error_that_the_source_states_is_that_of_the_table() -> None:
    errors = [abs(float(error)) for error in leave_one_out()]
    # 4 inner nodes of 4 shapes, and 64 KiB between 16 and 128 at 6 nodes; reads and writes.
    assert len(errors) == 2 * (4 * 4 + 6)
    source = Sram(Decimal(64), Decimal(64), Decimal(28), "read").source()
    assert f"within {100 * max(errors):.0f} %" in source
    assert f"{100 * sum(errors) / len(errors):.0f} % on average" in source
    page = (Path(__file__).parents[2] / "docs/arch-format.md").read_text()
    assert f"{100 * max(errors):.0f} % at most and {100 * sum(errors) / len(errors):.0f} %" in page


def test_one_left_out_point_by_hand() -> None:
    first = next(leave_one_out())  # 8 KiB, 14 nm, between 7 and 22 nm
    share = 0.6053  # ln(14 / 7) / ln(22 / 7)
    assert float(first) == pytest.approx(1.03 ** (1 - share) * 1.82**share / 1.45 - 1, abs=1e-3)


@pytest.mark.parametrize(
    ("kib", "width", "node", "said"),
    [
        (8, 64, 28, "16 to 128 KiB in words of 64 bit, 8 KiB in words of 32 bit"),
        (256, 64, 28, "16 to 128 KiB"),
        (64, 32, 28, "8 KiB in words of 32 bit"),
        (64, 128, 28, "16 to 128 KiB"),
        (64, 64, 5, "nodes from 7 to 65 nm"),
        (64, 64, 90, "nodes from 7 to 65 nm"),
    ],
)
def test_nothing_is_extrapolated(kib: int, width: int, node: int, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        energy(kib, width, node)


def price(loaded: LoadedArch) -> Quantity:
    found = loaded.arch.energy_pj.input.write  # type: ignore[attr-defined]
    assert isinstance(found, Quantity)
    return found


def test_a_file_may_name_the_sram(tmp_path: Path) -> None:
    path = write(tmp_path, edited(("input: {write: 1}", f"input: {{write: {READ}}}"))[0])
    loaded = load_arch(str(path))
    found = price(loaded)
    assert (found.value, found.evidence) == (Decimal("9.99"), "derived")
    assert str(found.source).startswith("a read of 64 bit in 64 KiB at 28 nm, interpolated")
    assert loaded.origins["energy_pj.input.write"].evidence == "derived"
    assert loaded.warnings == ()


@pytest.mark.parametrize(
    ("option", "value"),
    [
        (f"energy_pj.input.write={READ}", "9.99"),
        ("energy_pj.input.write.sram.kib=128", "13.9"),
        ("energy_pj.input.write.sram={kib: 8, width_bits: 32, node_nm: 7, access: write}", "0.68"),
        ("energy_pj.input.write=2", "2"),
    ],
)
def test_what_if(tmp_path: Path, option: str, value: str) -> None:
    path = write(tmp_path, edited(("input: {write: 1}", f"input: {{write: {READ}}}"))[0])
    assert price(load_arch(str(path), overrides=[option])).value == Decimal(value)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            "{sram: @{kib: 64, width_bits: 64, node_nm: 5, access: read}}",
            "energy_pj.input.write.sram: the table has nodes from 7 to 65 nm",
        ),
        (
            "{@value: 3, sram: {kib: 64, width_bits: 64, node_nm: 28, access: read}}",
            "energy_pj.input.write.value: an entry has a value or an sram, not both",
        ),
        (
            "{sram: {@kb: 64, kib: 64, width_bits: 64, node_nm: 28, access: read}}",
            "energy_pj.input.write.sram.kb: unknown field; did you mean kib?",
        ),
        (
            "{sram: {kib: @-1, width_bits: 64, node_nm: 28, access: read}}",
            "energy_pj.input.write.sram.kib: must be a number above 0, not -1",
        ),
        (
            "{sram: {kib: 64, width_bits: 64, node_nm: 28, access: @reed}}",
            "energy_pj.input.write.sram.access: must be read or write, not 'reed'",
        ),
        (
            "{@sram: {kib: 64, width_bits: 64, access: read}}",
            "energy_pj.input.write.sram.node_nm: missing",
        ),
        (
            "{sram: @64}",
            "energy_pj.input.write.sram: must be a block of kib, width_bits, node_nm and access",
        ),
    ],
)
def test_what_is_wrong_with_an_sram_is_located(tmp_path: Path, entry: str, said: str) -> None:
    text, (place,) = edited(("input: {write: 1}", f"input: {{write: {entry}}}"))
    (line,) = errors_of(write(tmp_path, text))
    assert line.startswith(f"small.yaml:{place}: {said}")


def test_an_sram_is_of_an_energy_only(tmp_path: Path) -> None:
    text, (place,) = edited(("synapse: {op: 3.5}", f"synapse: {{op: @{READ}}}"))
    lines = errors_of(write(tmp_path, text))
    assert any(place.split(":")[0] in line and "time_ns.synapse.op" in line for line in lines)
