"""The editor's schema: in step with the code, and with the files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from hwsim.arch import json_schema, shipped
from hwsim.arch.load import load_arch
from tests.arch.files import TEXT, edited
from tests.arch.schema_check import fits
from tests.arch.test_errors import CASES

# Mistakes that only the loader sees; to YAML 1.1, which editors may speak, `no` is false.
ONLY_LOADED = {"an energy of too many digits", "an empty table", "a truth value"}


def valid(text: str) -> bool:
    value: Any = yaml.safe_load(text)
    schema = json_schema.schema()
    return fits(value, schema, schema)


def test_the_committed_file_is_in_step() -> None:
    committed = (shipped.folder() / "arch.schema.json").read_text(encoding="utf-8")
    assert committed == json_schema.text(), (
        "run: python -m hwsim.arch.json_schema > arch_configs/arch.schema.json"
    )


@pytest.mark.parametrize("name", shipped.names())
def test_shipped_files_fit_it(name: str) -> None:
    text = (shipped.folder() / f"{name}.yaml").read_text(encoding="utf-8")
    assert valid(text)
    assert text.startswith("# yaml-language-server: $schema=arch.schema.json\n")


def test_the_resolved_form_fits_it(tmp_path: Path) -> None:
    for name in shipped.names():
        assert valid(yaml.safe_dump(load_arch(name).resolved))


def test_a_file_fits_it() -> None:
    assert valid(TEXT)


@pytest.mark.parametrize("what", [what for what in CASES if what not in ONLY_LOADED])
def test_mistakes_do_not_fit_it(what: str) -> None:
    old, new, _ = CASES[what]
    text, _ = edited((old, new))
    assert not valid(text)
