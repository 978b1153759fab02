"""Damaged files end in InvalidInput, whatever bytes they hold."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim.errors import InvalidInput
from hwsim.trace.read import read_trace
from hwsim.trace.validate import validate
from hwsim.trace.write import write_trace
from tests.trace.samples import restate, toy_network, toy_trace

FILES = ("meta.json", "shard-00000.npz", "shard-00001.npz")


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound") / "t"
    write_trace(folder, toy_trace(toy_network(), 6), images_per_shard=4)
    return folder


def assert_invalid(folder: Path) -> None:
    assert validate(folder)
    with pytest.raises(InvalidInput):
        read_trace(folder)


@given(st.sampled_from(FILES), st.floats(0, 1, exclude_max=True))
@settings(max_examples=40, deadline=None)
def test_truncated(sound: Path, name: str, share: float) -> None:
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(shutil.copytree(sound, Path(parent) / "t"))
        data = (folder / name).read_bytes()
        if name == "meta.json":
            data = data.rstrip()
        (folder / name).write_bytes(data[: int(share * len(data))])
        assert_invalid(folder)


@given(st.sampled_from(FILES[1:]), st.floats(0, 1, exclude_max=True), st.integers(1, 255))
@settings(max_examples=40, deadline=None)
def test_a_byte_of_a_shard_changed(sound: Path, name: str, share: float, change: int) -> None:
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(shutil.copytree(sound, Path(parent) / "t"))
        data = bytearray((folder / name).read_bytes())
        data[int(share * len(data))] ^= change
        (folder / name).write_bytes(data)
        assert_invalid(folder)


@given(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=8), st.booleans())
@settings(max_examples=80, deadline=None)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_hostile_shards_with_a_right_hash(
    sound: Path, share: float, noise: bytes, cut: bool
) -> None:
    """Reading either works or names the problem: never another exception."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(shutil.copytree(sound, Path(parent) / "t"))
        shard = folder / FILES[1]
        data = shard.read_bytes()
        at = int(share * len(data))
        shard.write_bytes(data[:at] + noise + (b"" if cut else data[at + len(noise) :]))
        restate(folder, 0)
        for problem in validate(folder):
            assert problem.startswith(str(folder))


@given(st.floats(0, 1, exclude_max=True), st.binary(min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_hostile_meta(sound: Path, share: float, noise: bytes) -> None:
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(shutil.copytree(sound, Path(parent) / "t"))
        data = (folder / "meta.json").read_bytes()
        at = int(share * len(data))
        (folder / "meta.json").write_bytes(data[:at] + noise + data[at + len(noise) :])
        for problem in validate(folder):
            assert problem.startswith(str(folder))


@pytest.mark.parametrize("name", FILES)
def test_a_file_missing(sound: Path, tmp_path: Path, name: str) -> None:
    folder = Path(shutil.copytree(sound, tmp_path / "t"))
    (folder / name).unlink()
    assert_invalid(folder)


def test_shards_swapped(sound: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(sound, tmp_path / "t"))
    shutil.copy(folder / FILES[2], folder / FILES[1])
    (problem,) = validate(folder)
    assert "damaged, truncated or replaced: its sha256 is" in problem


def test_reading_imports_neither_torch_nor_pandas(sound: Path) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from hwsim.trace.read import open_trace, read_trace\n"
        "from hwsim.trace.validate import validate\n"
        "from hwsim.trace.commands import trace_command\n"
        f"folder = Path({str(sound)!r})\n"
        "assert read_trace(folder).images == 6 and not validate(folder)\n"
        "print(sorted({'torch', 'pandas', 'rich', 'matplotlib'} & set(sys.modules)))\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
