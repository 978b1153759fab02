"""`core.kind` picks the schema of a file; what is of another kind is said to be."""

from __future__ import annotations

from pathlib import Path

import pytest

from hwsim.actions import Action, PluginAction, components
from hwsim.arch import kinds
from hwsim.arch.load import load_arch
from hwsim.arch.messages import listed
from tests.arch.files import TEXT, edited, errors_of, write
from tests.chip.toy_kind import ToyArch


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds.KINDS, "toy", ToyArch)


@pytest.mark.usefixtures("toy")
def test_an_unknown_kind_is_all_that_is_said(tmp_path: Path) -> None:
    text, (place,) = edited(("kind: digital", "kind: @digitall"), ("name: small", "name: 7"))
    assert errors_of(write(tmp_path, text)) == [
        f"small.yaml:{place}: core.kind: must be {listed(kinds.KINDS)}, not 'digitall'; did you "
        "mean digital?"
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  kind: digital\n", "", "core.kind: missing"),
        (TEXT[TEXT.index("core:\n") : TEXT.index("neuron:")], "", "core: missing"),
        (
            TEXT[TEXT.index("core:\n") : TEXT.index("neuron:")],
            "core: 3\n",
            "core: must be a block of fields, not 3",
        ),
    ],
)
def test_no_kind(old: str, new: str, message: str, tmp_path: Path) -> None:
    (line,) = errors_of(write(tmp_path, edited((old, new))[0]))
    assert line.endswith(f": {message}")


@pytest.mark.usefixtures("toy")
def test_a_field_of_another_kind(tmp_path: Path) -> None:
    text, (place,) = edited(("  kind: digital", "  kind: digital\n  @unit_ps: 3"))
    assert errors_of(write(tmp_path, text)) == [
        f"small.yaml:{place}: core.unit_ps: is a field of toy cores"
    ]


@pytest.mark.usefixtures("toy")
def test_an_action_of_another_kind(tmp_path: Path) -> None:
    text, (place,) = edited(("  barrier: {sync: 0}", "  barrier: {sync: 0}\n  @toy: {visit: 3}"))
    assert errors_of(write(tmp_path, text)) == [
        f"small.yaml:{place}: energy_pj.toy: is a field of toy cores"
    ]


def test_area_is_a_table_by_name(tmp_path: Path) -> None:
    text, _ = edited(
        ("power_gated: false", "power_gated: false\narea_um2: {core: 410000, source: a talk}")
    )
    loaded = load_arch(str(write(tmp_path, text)))
    assert loaded.arch.area_um2 is not None
    assert loaded.arch.area_um2["core"].value == 410000
    assert loaded.origins["area_um2.core"].source == "a talk"


def test_the_name_of_a_plugin_action() -> None:
    action = PluginAction("mine.read", memory=True)
    assert (action, action.value, action.component) == ("mine.read", "mine.read", "mine")
    assert action.memory
    assert not PluginAction("mine.go").memory
    for name in ("mine", "mine.", ".go", "mine.a.b", "my own.go", "router.go"):
        with pytest.raises(ValueError, match=name):
            PluginAction(name)


def test_components_keep_the_order() -> None:
    found = components([Action.NEURON_FIRE, PluginAction("mine.go"), Action.NEURON_ACCESS])
    assert found == {"neuron": ("fire", "access"), "mine": ("go",)}
