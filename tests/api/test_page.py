"""The code of docs/api.md prints what the page says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.api.page import PAGE, in_folder


def test_the_page_says_what_its_code_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert in_folder(tmp_path).splitlines() == PAGE.read_text(encoding="utf-8").splitlines()
