from __future__ import annotations

import errno
import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hwsim.errors import HwsimError, InvalidInput
from hwsim.report import write as writing
from hwsim.report.files import render
from hwsim.report.write import write_run
from hwsim.result import Run
from tests.report.runs import run


@pytest.fixture(autouse=True)
def rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures take a second; that they are the same every time is tested in test_files."""
    monkeypatch.setattr(writing, "render", _render)


@cache
def _rendered(timesteps: int) -> dict[str, bytes]:
    return render(run(timesteps=timesteps))


def _render(what: Run, earlier: None) -> dict[str, bytes]:
    return dict(_rendered(what.network.timesteps))


def write(
    tmp_path: Path, what: Run | None = None, out: Path | None = None, force: bool = False
) -> Path:
    argv = ["hwsim", "run", "toy.pt", "toy.yaml"]
    return write_run(what or run(), out, argv, 1.5, force, tmp_path / "reports")


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_the_folder_is_named_by_its_content(tmp_path: Path) -> None:
    folder = write(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert folder == tmp_path / "reports" / f"synthetic-toy-{manifest['content_hash'][:8]}"
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_the_manifest_describes_the_folder(tmp_path: Path) -> None:
    folder = write(tmp_path)
    found = contents(folder)
    manifest = json.loads(found.pop("manifest.json"))
    assert manifest["argv"] == ["hwsim", "run", "toy.pt", "toy.yaml"]
    assert manifest["wall_s"] == 1.5
    assert manifest["inputs"]["images"]["count"] == 3
    assert manifest["inputs"]["checkpoint"]["sha256"] == run().origin.sha256
    assert manifest["files"] == {
        name: hashlib.sha256(data).hexdigest() for name, data in found.items()
    }


def test_two_places_hold_the_same_bytes(tmp_path: Path) -> None:
    assert contents(write(tmp_path / "a")) == contents(write(tmp_path / "b"))


def test_an_identical_run_is_kept(tmp_path: Path) -> None:
    folder = write(tmp_path)
    before = (folder / "manifest.json").stat()
    (folder / "notes.txt").write_text("mine")
    assert write(tmp_path) == folder
    after = (folder / "manifest.json").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert (folder / "notes.txt").read_text() == "mine"


def test_another_run_is_refused_without_force(tmp_path: Path) -> None:
    out = tmp_path / "mine"
    write(tmp_path, out=out)
    before = contents(out)
    with pytest.raises(InvalidInput, match=r"holds another run .*--force"):
        write(tmp_path, run(timesteps=1), out)
    assert contents(out) == before
    assert write(tmp_path, run(timesteps=1), out, force=True) == out
    assert json.loads((out / "summary.json").read_text())["timesteps"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_damaged_run_is_refused_and_named(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "summary.json").write_text("{}")
    with pytest.raises(InvalidInput, match=r"summary\.json differs"):
        write(tmp_path)
    write(tmp_path, force=True)
    assert json.loads((folder / "summary.json").read_text())["images"] == 3


def test_force_never_deletes_what_hwsim_did_not_write(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.tex").write_text("years of work")
    with pytest.raises(InvalidInput, match="no run of hwsim"):
        write(tmp_path, out=foreign, force=True)
    mixed = write(tmp_path, out=tmp_path / "mixed")
    (mixed / "figures" / "notes.txt").write_text("mine")
    with pytest.raises(InvalidInput, match=r"figures/notes\.txt"):
        write(tmp_path, run(timesteps=1), mixed, force=True)
    assert (foreign / "thesis.tex").exists()
    assert (mixed / "figures" / "notes.txt").exists()


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InvalidInput, match="is a file"):
        write(tmp_path, out=tmp_path / "file", force=True)
    with pytest.raises(InvalidInput, match="cannot be written"):
        write(tmp_path, out=tmp_path / "file" / "run")


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert (write(tmp_path, out=tmp_path / "empty") / "summary.json").is_file()


def test_a_relative_path_without_a_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert write(tmp_path, out=Path("run")) == Path("run")
    assert (tmp_path / "run" / "summary.json").is_file()


@pytest.mark.parametrize("existing", [False, True])
def test_a_full_disk_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, existing: bool
) -> None:
    out = tmp_path / "mine"
    if existing:
        write(tmp_path, run(timesteps=1), out)
    before = contents(tmp_path)
    fail_after(monkeypatch, 5, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    with pytest.raises(HwsimError, match="No space left on device"):
        write(tmp_path, out=out, force=True)
    assert contents(tmp_path) == before
    assert {path.name for path in tmp_path.iterdir()} == ({"mine"} if existing else set())


@pytest.mark.parametrize("existing", [False, True])
def test_ctrl_c_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, existing: bool
) -> None:
    out = tmp_path / "mine"
    if existing:
        write(tmp_path, run(timesteps=1), out)
    before = contents(tmp_path)
    fail_after(monkeypatch, 5, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, out=out, force=True)
    assert contents(tmp_path) == before
    assert {path.name for path in tmp_path.iterdir()} == ({"mine"} if existing else set())


def test_a_failed_rename_puts_the_old_run_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = write(tmp_path, run(timesteps=1), tmp_path / "mine")
    before = contents(out)
    rename = Path.rename

    def failing(self: Path, target: Any) -> Path:
        if self.name == "new":
            raise OSError(errno.EIO, "broken disk")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(InvalidInput, match="broken disk"):
        write(tmp_path, out=out, force=True)
    assert contents(out) == before


def fail_after(monkeypatch: pytest.MonkeyPatch, calls: int, error: BaseException) -> None:
    """`os.fsync` fails at its call number `calls` + 1."""
    done: list[int] = []
    fsync = os.fsync

    def failing(descriptor: int) -> None:
        if len(done) == calls:
            raise error
        done.append(descriptor)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
