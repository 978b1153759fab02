"""mapping.json: there and back, and what damaged or foreign files say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hwsim.errors import InvalidInput
from hwsim.mapping.digital import map_network
from hwsim.mapping.store import dumps, load, save
from tests.mapping.chips import VGG16, chip, conv, network


def test_a_mapping_comes_back(tmp_path: Path) -> None:
    mapping = map_network(VGG16, chip())
    path = tmp_path / "mapping.json"
    save(mapping, VGG16, path)
    loaded = load(path, VGG16)
    assert loaded == replace(mapping, strategy="mapping.json")
    assert path.read_text() == dumps(mapping, VGG16)
    assert map_network(VGG16, chip(), loaded) is loaded


def test_slices_may_come_in_any_order(tmp_path: Path) -> None:
    mapping = map_network(VGG16, chip())
    data = json.loads(dumps(mapping, VGG16))
    data["slices"].reverse()
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps(data))
    assert load(path, VGG16).slices == mapping.slices


def test_a_mapping_of_another_network_says_how_it_differs(tmp_path: Path) -> None:
    small, wide = (network(conv("a", (1, 4, 4), channels)) for channels in (2, 3))
    path = tmp_path / "mapping.json"
    save(map_network(small, chip()), small, path)
    with pytest.raises(InvalidInput) as error:
        load(path, wide)
    assert str(error.value) == (
        f"{path}: made for network net, not for net: layer a has out_shape [2, 4, 4] "
        "instead of [3, 4, 4]"
    )
    with pytest.raises(InvalidInput, match="2 layers instead of 16"):
        load(path, VGG16)


BROKEN: list[tuple[dict[str, Any], str]] = [
    ({"schema_version": 2}, "schema_version 2, this version reads 1"),
    ({"schema_version": None}, "schema_version None"),
    ({"layers": None}, "it names no layers"),
    ({"layers": [1, 2]}, "layer 0 is not a layer"),
    ({"slices": []}, "no slices"),
    ({"slices": None}, "not iterable"),
    ({"slices": [{}]}, "core is missing"),
    ({"slices": [{"core": 1.5}]}, "core 1.5 is not a whole number"),
    ({"slices": [{"core": 0, "layer": -1}]}, "layer -1 is not a whole number"),
    ({"slices": [{"core": 0, "layer": 0, "y": [0]}]}, "not enough values"),
    ({"slices": [{"core": 0, "layer": 0, "y": [3, 3]}]}, r"\[3, 3\) is not a range"),
    ({"tiles_x": 0}, "tiles_x 0 must be >= 1"),
    ({"tiles_x": "16"}, "tiles_x '16' is not a whole number"),
    ({"colour": 3}, "colour"),
    ({"tiles_x": 1, "tiles_y": 1, "cores_per_tile": 1}, "outside the mesh of 1 cores"),
]


@pytest.mark.parametrize(("change", "message"), BROKEN)
def test_damaged_files_name_themselves_and_the_damage(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    net = network(conv("a", (1, 4, 4), 2))
    path = tmp_path / "broken.json"
    path.write_text(json.dumps({**json.loads(dumps(map_network(net, chip()), net)), **change}))
    with pytest.raises(InvalidInput, match=message) as error:
        load(path, net)
    assert str(error.value).startswith(f"{path}: ")


@pytest.mark.parametrize("text", ["", "{", "[]", "3", "[" * 100_000, "\xff"])
def test_files_that_are_no_mapping(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(InvalidInput, match=r"broken.json: "):
        load(path, VGG16)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"nowhere\.json"):
        load(tmp_path / "nowhere.json", VGG16)
