"""Whatever a file says, loading ends in an architecture or in located lines."""

from __future__ import annotations

import re
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.arch.load import load_arch
from hwsim.arch.quantity import DIGITS, Quantity, ps
from hwsim.errors import HwsimError, InvalidInput
from tests.arch.files import TEXT

LINES = TEXT.split("\n")
LOCATED = re.compile(r"(\S*small\.yaml:\d+:\d+|--set .*?): \S")
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(
        st.sampled_from(["value", "source", "conv", "included_in", "1", "x"]),
        st.integers() | st.text(max_size=3),
        max_size=2,
    ),
)
PATHS = [
    "core.neurons_max", "core.kind", "core", "mesh.tiles_x", "energy_pj.synapse.op", "energy_pj",
    "energy_pj.synapse", "energy_pj.neuron.fire", "time_ns.router.hop_x", "timestep.barrier_ns",
    "timestep.barrier_ns.1", "router.service_ns", "router.fifo_depth", "leakage_uw_per_core",
    "source", "evidence", "energy_pj.evidence", "name", "membrane.ports", "power_gated", "node_nm",
]  # fmt: skip


def loads_or_says_where(text: str, *overrides: str, variant: str | None = None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            loaded = load_arch(str(path), variant, overrides)
        except InvalidInput as error:
            said = str(error)
        else:
            said = ""
            path.write_text(yaml.safe_dump(loaded.resolved, sort_keys=False), encoding="utf-8")
            assert load_arch(str(path)).arch == loaded.arch
    assert all(LOCATED.match(line) for line in said.split("\n") if said), said


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_lines_lost_doubled_and_swapped(data: st.DataObject) -> None:
    lines = list(LINES)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 2))
        match data.draw(st.sampled_from(["lose", "double", "swap", "indent", "cut"])):
            case "lose":
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "swap":
                lines[at], lines[at + 1] = lines[at + 1], lines[at]
            case "indent":
                lines[at] = "  " + lines[at]
            case "cut":
                lines[at] = lines[at][: len(lines[at]) // 2]
    variant = data.draw(st.sampled_from([None, "additive", "plain"]))
    loads_or_says_where("\n".join(lines), variant=variant)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PATHS), VALUES)
def test_any_value_anywhere(path: str, value: Any) -> None:
    written = yaml.safe_dump(value, default_flow_style=True, width=10**6).split("\n...")[0]
    loads_or_says_where(TEXT, f"{path}={written}")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    loads_or_says_where(text.replace("\r", " "))
    try:
        loads_or_says_where(TEXT, text.replace("\n", " "))
    except HwsimError as error:
        assert error.exit_code == 2  # noqa: PT017


@given(st.integers(0, 10**9))
def test_picoseconds_are_exact(picoseconds: int) -> None:
    assert ps(Quantity(value=Decimal(picoseconds) / 1000)) == picoseconds


@given(st.decimals(0, 10**6, places=6))
def test_numbers_are_the_decimals_that_were_written(value: Decimal) -> None:
    assert len(value.as_tuple().digits) <= DIGITS
    assert Quantity(value=float(value)).value == value == Quantity(value=value).value  # type: ignore[arg-type]
