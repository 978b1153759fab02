"""The examples of docs/arch-format.md do what the page says."""

from __future__ import annotations

import re
from pathlib import Path

from hwsim.arch.load import load_arch
from hwsim.arch.provenance import Origin
from tests.arch.files import TEXT, edited, errors_of, write

PAGE = (Path(__file__).parents[2] / "docs" / "arch-format.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_errors(tmp_path: Path) -> None:
    text, places = edited(("  neurons_max: 1024", "  @neurons_mx: 1024"), ("op: 23.6", "op: @-1"))
    lines = errors_of(write(tmp_path, text), "core.mapper=best")
    (shown,) = blocks("text")
    assert places == ["13:3", "41:9"]
    assert set(shown.splitlines()) <= set(lines)


def test_the_entries(tmp_path: Path) -> None:
    text = edited(("hop_x: 3.0, hop_y: 4.0", "@"))[0]
    old = "  router: {inject: 0.85, eject: 0.85, }\n"
    assert old in text
    entries = "".join(f"    {line}\n" for line in blocks("yaml")[0].splitlines())
    new = f"  router:\n    inject: 0.85\n    eject: 0.85\n{entries}"
    loaded = load_arch(str(write(tmp_path, text.replace(old, new))))
    assert loaded.origins["energy_pj.router.hop_y"] == Origin("Davies 2018, Table 2", "published")


def test_the_variant(tmp_path: Path) -> None:
    text = TEXT[: TEXT.index("variants:")] + blocks("yaml")[1]
    loaded = load_arch(str(write(tmp_path, text)), "fitted")
    assert loaded.origins["energy_pj.synapse.op"] == Origin("our board, 2024", "measured")
    assert loaded.warnings == ()


def test_the_overrides() -> None:
    options = re.findall(r'^    --set "?(.*?)"?$', PAGE, re.MULTILINE)
    assert len(options) == 4
    for option in options:
        load_arch("loihi_like", None, [option])


def test_python() -> None:
    scope: dict[str, object] = {}
    (code,) = blocks("python")
    exec(code, scope)
    loaded = scope["loaded"]
    assert repr(loaded.origins["core.neurons_max"]) in code  # type: ignore[attr-defined]
