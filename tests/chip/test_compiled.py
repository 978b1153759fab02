"""The first run says that it compiles, later ones do not."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

from hwsim import cli
from hwsim.chip import compiled as module
from hwsim.trace.write import write_trace
from tests.trace.samples import toy_network, toy_trace

SOURCE = """
from numba import njit

@njit(cache=True)
def one(x):
    return x + 1
"""


def test_a_kernel_is_compiled_once_it_was_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "toy_kernel.py"
    path.write_text(SOURCE)
    spec = importlib.util.spec_from_file_location("toy_kernel", path)
    assert spec is not None
    assert spec.loader is not None
    toy = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(toy)
    monkeypatch.setitem(module.KERNELS, "burst", (toy.one,))
    assert not module.compiled("burst")
    assert not toy.one.signatures
    assert toy.one(1) == 2
    assert module.compiled("burst")
    later = path.stat().st_mtime_ns + 10**10
    os.utime(path, ns=(later, later))
    assert not module.compiled("burst")


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("quiet", [True, False])
def test_the_first_run_says_so(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    there: bool,
    quiet: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_trace(tmp_path / "trace", toy_trace(toy_network(1), 1))
    monkeypatch.setattr(module, "compiled", lambda transport, flow: there)
    words = ["hwsim", "run", "trace", "loihi_like", "--images", "1", "--json"]
    monkeypatch.setattr(sys, "argv", [*words, *(["-q"] if quiet else [])])
    cli.main()
    said = "compiling the chip model once; later runs start at once"
    assert (said in capsys.readouterr().err) == (not there and not quiet)
