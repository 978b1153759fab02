"""docs/trace-format.md says what the code does."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from hwsim.network.graph import Layer, Network
from hwsim.trace.meta import FORMAT_VERSION, Shard, parse_meta
from hwsim.trace.read import open_trace, read_trace
from hwsim.trace.store import Origin
from hwsim.trace.validate import validate

PAGE = Path(__file__).parents[2] / "docs" / "trace-format.md"


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    return tmp_path / "toy-trace"


def test_the_example_writes_a_valid_trace(example: Path) -> None:
    assert validate(example) == []
    trace = read_trace(example)
    assert trace.images == 3
    assert trace.network.timesteps == 2
    assert trace.network.layers[0].pooled_shape == (3, 2, 2)


def test_the_example_is_opened_as_what_it_says(example: Path) -> None:
    opened = open_trace(example)
    assert opened.origin == Origin("toy.h5", "", None, "noise")
    assert opened.meta.to_bytes() != (example / "meta.json").read_bytes()
    assert parse_meta(opened.meta.to_bytes(), "meta.json") == opened.meta


def test_the_page_is_of_this_version() -> None:
    assert f"# The trace format, version {FORMAT_VERSION}\n" in PAGE.read_text()


@pytest.mark.parametrize("kind", [Network, Layer, Origin, Shard])
def test_every_field_is_on_the_page(kind: type) -> None:
    """A new field is a new format version: raise FORMAT_VERSION and describe it."""
    text = PAGE.read_text()
    missing = [field.name for field in fields(kind) if f"`{field.name}`" not in text]
    assert not missing
