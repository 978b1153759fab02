"""A core kind of a user's own, by option and by entry point; the example of docs/plugin.md."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from hwsim import plugins
from hwsim.arch import kinds as schemas
from hwsim.chip import kinds
from hwsim.errors import HwsimError, InvalidInput, UsageError
from tests.chip.toy_kind import PAGE, block
from tests.test_cli import command, here

__all__ = ["command", "here"]


@pytest.fixture(autouse=True)
def _registries(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test registers and imports is gone behind it."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    held = [(known, dict(known)) for known in (kinds.KINDS, schemas.KINDS)]
    yield
    for known, before in held:
        known.clear()  # type: ignore[attr-defined]
        known.update(before)  # type: ignore[attr-defined]
    for name in [n for n in sys.modules if n == "toy_core" or n.startswith("plugin_")]:
        del sys.modules[name]


@pytest.fixture
def toy(here: Path) -> Path:
    (here / "toy_core.py").write_text(block("python"))
    (here / "toy.yaml").write_text(block("yaml"))
    return here


def test_the_example_runs(toy: Path, command) -> None:  # type: ignore[no-untyped-def]
    assert "hwsim run trained/vgg16_t1.pt toy.yaml --plugin toy_core" in PAGE
    words = ("net.pt", "toy.yaml", "--plugin", "toy_core")
    code, out, err = command("check", *words)
    assert (code, err) == (0, "")
    assert "a toy: every layer has one core" in out
    code, out, err = command("run", *words, "--images", "2", "--out", "run")
    assert code == 0, err
    assert "no accuracy is claimed" in err
    summary = json.loads((toy / "run" / "summary.json").read_text())
    assert (summary["correct"], summary["weights_modelled"]) == (None, False)
    assert summary["schedule"] == "layer_sequential"
    assert summary["single"]["energy_pj"]["by_component"]["toy"] > 0
    assert "a visit costs the same on every core" in summary["assumptions"]
    assert "toy" in (toy / "run" / "report.html").read_text()
    assert "array_busy_ns" in (toy / "run" / "figures" / "mesh.csv").read_text()


def test_all_commands_read_its_run(toy: Path, command) -> None:  # type: ignore[no-untyped-def]
    """A kind without synaptic operations, packets or memories, whose steps are passes."""
    words = ("net.pt", "toy.yaml", "--plugin", "toy_core", "--images", "2", "--out")
    assert command("run", *words, "a")[0] == 0
    overlap = ("semantics=layer_pipelined", "overlap_fraction=0.5")
    sets = [word for field in overlap for word in ("--set", f"timestep.{field}")]
    assert command("run", *words, "b", *sets, "--against", "a")[0] == 0

    code, out, _ = command("explain", "a", "energy.toy.visit")
    assert code == 0
    assert "count x price" in out
    code, out, _ = command("explain", "a", "energy.router.hop_x")
    assert code == 2
    code, out, _ = command("explain", "a", "counts.synops")
    assert (code, "synapse.op 0" in out) == (0, True)
    sequential, pipelined = (command("explain", run, "latency")[1] for run in "ab")
    assert ", a pass of conv1" in sequential
    assert "they overlap" not in sequential
    assert "they overlap" in pipelined
    page = (toy / "b" / "report.html").read_text()
    assert "A step is the pass of one layer" in page
    assert "last scan" not in page
    assert "Passes of different layers overlap" in page
    assert "<b>No accuracy</b>" in page
    assert ">synops<" not in page

    code, out, _ = command("diff", "a", "b")
    assert code == 0
    assert "arch.timestep.overlap_fraction: not there -> 0.5 (can move times)" in out
    assert "overlap" in out.split("stream")[0].split("arch.timestep")[-1]

    code, _, err = command("reproduce", "a")
    assert code == 2
    assert "made with --plugin toy_core, which must be named again" in err
    assert command("reproduce", "a", "--plugin", "toy_core")[0] == 0


def test_compare_with_a_shipped_chip(toy: Path, command) -> None:  # type: ignore[no-untyped-def]
    words = ("net.pt", "toy.yaml", "loihi_like", "--plugin", "toy_core", "--images", "1")
    code, out, err = command("compare", *words, "--out", "c")
    assert code == 0, err
    assert "toy.yaml: no ANN on this chip: the energy of one MAC there is not given" in " ".join(
        out.split()
    )
    found = json.loads((toy / "c" / "compare.json").read_text())
    mine, digital = found["pairs"]
    assert (mine["weights_modelled"], digital["weights_modelled"]) == (False, True)
    assert mine["ann"] is None
    assert mine["stream"]["energy_pj"]["per_correct"] is None
    assert mine["stream"]["memory_accesses"] == {}


def test_without_the_option_the_kind_is_unknown(toy: Path, command) -> None:  # type: ignore[no-untyped-def]
    code, _, err = command("check", "net.pt", "toy.yaml")
    assert code == 3
    assert "toy.yaml:9:14: core.kind: must be digital" in err
    assert ", not 'toy'" in err


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (None, UsageError, "no module of that name in the working folder or where Python looks"),
        ("x = 1", InvalidInput, "has no CORE_KIND; it must be an instance of hwsim.chip.kind."),
        ("CORE_KIND = 3", InvalidInput, "CORE_KIND is 3; it must be an instance"),
        ("import no_such_thing", InvalidInput, "cannot be imported: ModuleNotFoundError: No mod"),
        ("x = 1 / 0", InvalidInput, "cannot be imported: ZeroDivisionError: division by zero"),
        (
            block("python").replace('name = "toy"', 'name = "digital"'),
            InvalidInput,
            "there is a core kind 'digital' already",
        ),
    ],
)
def test_a_module_that_is_none(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str | None,
    error: type[HwsimError],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    name = f"plugin_{abs(hash(message))}"
    if text is not None:
        (tmp_path / f"{name}.py").write_text(text)
    with pytest.raises(error) as caught:
        plugins.load(name)
    assert str(caught.value).startswith(f"--plugin {name}: {message}")


def test_an_installed_package_needs_no_option(
    toy: Path, command, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.syspath_prepend(toy)
    good = EntryPoint("toy", "toy_core:CORE_KIND", plugins.GROUP)
    bad = EntryPoint("bad", "no_such_package:CORE_KIND", plugins.GROUP)
    monkeypatch.setattr(plugins, "entry_points", lambda group: [good, bad])
    code, out, err = command("check", "net.pt", "toy.yaml")
    assert code == 0
    assert "fits" in out
    assert err == (
        f"warning: entry point bad of {plugins.GROUP}: cannot be imported: ModuleNotFoundError: No "
        "module named 'no_such_package'\n"
    )
