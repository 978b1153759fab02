"""A trace appears whole or not at all, and only where nothing of value is."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hwsim.errors import HwsimError, InvalidInput
from hwsim.trace import shard, write
from hwsim.trace.store import SpikeTrace
from hwsim.trace.validate import validate
from hwsim.trace.write import write_trace
from tests.trace.samples import files, toy_network, toy_trace


@pytest.fixture
def trace() -> SpikeTrace:
    return toy_trace(toy_network(), 6)


@pytest.fixture
def other() -> SpikeTrace:
    return toy_trace(toy_network(), 6, seed=1)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_same_trace_same_bytes(tmp_path: Path, trace: SpikeTrace) -> None:
    write_trace(tmp_path / "a", trace)
    write_trace(tmp_path / "b", toy_trace(toy_network(), 6))
    assert files(tmp_path / "a") == files(tmp_path / "b")
    assert names(tmp_path / "a") == ["meta.json", "shard-00000.npz"]


def test_memory_layout_does_not_change_the_bytes(tmp_path: Path, trace: SpikeTrace) -> None:
    write_trace(tmp_path / "a", trace)
    fortran = replace(trace, readout=np.asfortranarray(trace.readout))
    write_trace(tmp_path / "b", fortran)
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_shards_are_plain_npz(tmp_path: Path, trace: SpikeTrace) -> None:
    write_trace(tmp_path / "a", trace)
    with np.load(tmp_path / "a" / "shard-00000.npz", allow_pickle=False) as file:
        assert list(file) == ["L00.conv1", "L01.fc1", "input", "readout", "labels"]
        np.testing.assert_array_equal(file["L00.conv1"], trace.spikes[0])


def test_the_folder_has_usual_permissions(tmp_path: Path, trace: SpikeTrace) -> None:
    write_trace(tmp_path / "a", trace)
    (tmp_path / "b").mkdir()
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_parents_are_made_and_an_empty_folder_filled(tmp_path: Path, trace: SpikeTrace) -> None:
    (tmp_path / "x" / "y").mkdir(parents=True)
    assert write_trace(tmp_path / "x" / "y", trace)
    assert write_trace(tmp_path / "p" / "q", trace)
    assert validate(tmp_path / "x" / "y") == validate(tmp_path / "p" / "q") == []


def test_an_identical_trace_is_kept(tmp_path: Path, trace: SpikeTrace) -> None:
    write_trace(tmp_path / "a", trace)
    before = (tmp_path / "a" / "meta.json").stat()
    assert write_trace(tmp_path / "a", trace) is False
    assert write_trace(tmp_path / "a", trace, force=True) is False
    assert (tmp_path / "a" / "meta.json").stat().st_ino == before.st_ino
    assert names(tmp_path) == ["a"]


def test_a_damaged_one_is_not_kept_but_forced(tmp_path: Path, trace: SpikeTrace) -> None:
    write_trace(tmp_path / "a", trace)
    sound = files(tmp_path / "a")
    (tmp_path / "a" / "shard-00000.npz").write_bytes(b"short")
    with pytest.raises(InvalidInput, match="replace it with --force"):
        write_trace(tmp_path / "a", trace)
    assert write_trace(tmp_path / "a", trace, force=True)
    assert files(tmp_path / "a") == sound


def test_another_trace_is_kept_without_force(
    tmp_path: Path, trace: SpikeTrace, other: SpikeTrace
) -> None:
    write_trace(tmp_path / "a", trace, images_per_shard=2)
    before = files(tmp_path / "a")
    with pytest.raises(InvalidInput, match="a: holds another trace; replace it with --force"):
        write_trace(tmp_path / "a", other)
    assert files(tmp_path / "a") == before
    assert write_trace(tmp_path / "a", other, force=True)
    assert names(tmp_path / "a") == ["meta.json", "shard-00000.npz"]
    assert names(tmp_path) == ["a"]


def test_a_plainly_other_trace_is_refused_after_the_first_chunk(
    tmp_path: Path, trace: SpikeTrace
) -> None:
    write_trace(tmp_path / "a", trace)
    asked = []

    def chunks() -> Iterator[SpikeTrace]:
        for image in range(6):
            asked.append(image)
            origin = replace(trace.origin, images="others")
            yield replace(trace.part(image, image + 1), origin=origin)

    with pytest.raises(InvalidInput, match="another trace"):
        write_trace(tmp_path / "a", chunks())
    assert asked == [0]


@pytest.mark.parametrize("force", [False, True])
def test_a_folder_with_other_files_is_never_replaced(
    tmp_path: Path, trace: SpikeTrace, force: bool
) -> None:
    write_trace(tmp_path / "a", trace)
    (tmp_path / "a" / "thesis.tex").write_text("years of work")
    with pytest.raises(InvalidInput, match=r"a: holds thesis\.tex, which is no part of a trace"):
        write_trace(tmp_path / "a", trace, force=force)
    (tmp_path / "file").touch()
    with pytest.raises(InvalidInput, match="file: is a file, not a folder"):
        write_trace(tmp_path / "file", trace, force=force)


def interrupted(trace: SpikeTrace, error: BaseException) -> Iterator[SpikeTrace]:
    yield trace.part(0, 3)
    raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1), InvalidInput("x")])
def test_interrupted_leaves_nothing(
    tmp_path: Path, trace: SpikeTrace, other: SpikeTrace, error: BaseException
) -> None:
    with pytest.raises(type(error)):
        write_trace(tmp_path / "a", interrupted(trace, error), images_per_shard=2)
    assert names(tmp_path) == []
    write_trace(tmp_path / "a", other)
    before = files(tmp_path / "a")
    with pytest.raises(type(error)):
        write_trace(tmp_path / "a", interrupted(trace, error), images_per_shard=2, force=True)
    assert names(tmp_path) == ["a"]
    assert files(tmp_path / "a") == before


def test_a_full_disk(tmp_path: Path, trace: SpikeTrace, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = 0

    def full(*arguments: Any, **options: Any) -> None:
        nonlocal calls
        calls += 1
        if calls > 7:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        original(*arguments, **options)

    original = shard.npy.write_array
    monkeypatch.setattr(shard.npy, "write_array", full)
    with pytest.raises(HwsimError, match="a: No space left on device; nothing was left") as caught:
        write_trace(tmp_path / "a", trace, images_per_shard=2)
    assert caught.value.exit_code == 1
    assert names(tmp_path) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_of_the_system(
    tmp_path: Path, trace: SpikeTrace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def onto_full(path: Path, *arguments: Any) -> Any:
        path.symlink_to("/dev/full")
        return original(path, *arguments)

    original = write.write_shard
    monkeypatch.setattr(write, "write_shard", onto_full)
    with pytest.raises(HwsimError, match=r"a: No space left on device; nothing was left there"):
        write_trace(tmp_path / "a", trace)
    assert names(tmp_path) == []


def test_a_rename_that_fails_puts_the_old_trace_back(
    tmp_path: Path, trace: SpikeTrace, other: SpikeTrace, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_trace(tmp_path / "a", trace)
    before = files(tmp_path / "a")
    rename = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(InvalidInput, match="a: cannot be written: Operation not permitted"):
        write_trace(tmp_path / "a", other, force=True)
    assert files(tmp_path / "a") == before
    assert names(tmp_path) == ["a"]


def test_a_parent_that_is_a_file(tmp_path: Path, trace: SpikeTrace) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidInput, match="cannot be written"):
        write_trace(tmp_path / "file" / "a", trace)


def broken(trace: SpikeTrace, what: str) -> SpikeTrace:
    silent = tuple(np.zeros_like(layer) for layer in trace.spikes)
    labels, network = trace.labels.copy(), trace.network
    labels[4] = 4
    named = replace(network.layers[0], name="a b")
    return {
        "layer conv1 recorded no spikes in any of 6 images": replace(
            trace, spikes=silent, readout=np.zeros_like(trace.readout)
        ),
        "labels: image 4: label 4 is outside 0 .. 3": replace(trace, labels=labels),
        "L00.conv1: uint8 (6, 1, 4), expected uint8 (6, 2, 4)": replace(
            trace, spikes=(trace.spikes[0][:, :1], trace.spikes[1])
        ),
        "input: int64 (6, 1, 9), expected int8 (6, 1, 9)": replace(
            trace, inputs=trace.inputs.astype(np.int64)  # type: ignore[arg-type]
        ),
        "input: zero in every image": replace(trace, inputs=np.zeros_like(trace.inputs)),
        "layer name 'a b': use 1 to 64 of": replace(
            trace, network=replace(network, layers=(named, *network.layers[1:]))
        ),
        "a trace has at least one image": trace.part(0, 0),
    }[what]  # fmt: skip


@pytest.mark.parametrize(
    "what",
    [
        "layer conv1 recorded no spikes in any of 6 images",
        "labels: image 4: label 4 is outside 0 .. 3",
        "L00.conv1: uint8 (6, 1, 4), expected uint8 (6, 2, 4)",
        "input: int64 (6, 1, 9), expected int8 (6, 1, 9)",
        "input: zero in every image",
        "layer name 'a b': use 1 to 64 of",
        "a trace has at least one image",
    ],
)
def test_nothing_invalid_is_written(tmp_path: Path, trace: SpikeTrace, what: str) -> None:
    chunks = broken(trace, what)
    with pytest.raises(InvalidInput) as caught:
        write_trace(
            tmp_path / "a",
            (chunks.part(0, 3), chunks.part(3, 6)) if what.startswith("labels") else chunks,
        )
    assert what in str(caught.value)
    assert names(tmp_path) == []


def test_chunks_of_two_networks(tmp_path: Path, trace: SpikeTrace) -> None:
    with pytest.raises(InvalidInput, match="must share their network and origin"):
        write_trace(tmp_path / "a", [trace, toy_trace(toy_network(1), 2)])
    assert names(tmp_path) == []
