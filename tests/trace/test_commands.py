"""`hwsim trace` from the outside."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hwsim.errors import HwsimError, InvalidInput, UsageError
from hwsim.network.checkpoint import save_checkpoint
from hwsim.trace.commands import trace_command
from hwsim.trace.read import open_trace
from hwsim.trace.write import write_trace
from hwsim.training.sample import sample_path, write_sample
from tests.trace.samples import toy_network, toy_trace
from tests.trace.test_record import checkpoint, pixels


def call(*arguments: str | Path) -> Result:
    result = CliRunner().invoke(trace_command, [str(a) for a in arguments])
    if isinstance(result.exception, HwsimError):
        raise result.exception
    return result


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    save_checkpoint(tmp_path / "toy.pt", checkpoint())
    write_sample(sample_path(tmp_path, "cifar10"), pixels())
    return tmp_path / "toy.pt"


def test_record_then_check(saved: Path, tmp_path: Path) -> None:
    recorded = call(saved, "--images", "7", "-o", tmp_path / "t")
    assert recorded.exit_code == 0
    lines = recorded.stdout.splitlines()
    assert lines[0] == f"{tmp_path}/t: toy, T = 1, 7 images"
    assert lines[1] == "recorded from toy.pt on the first 7 of cifar10's test split"
    assert lines[2] == f"sha256 {open_trace(tmp_path / 't').sha256}"
    assert [line.split()[:2] for line in lines[5:]] == [
        ["conv1", "5,120"],
        ["fc1", "9"],
        ["total", "5,129"],
    ]
    checked = call("--check", tmp_path / "t")
    assert checked.stdout == recorded.stdout + "valid\n"
    with_checkpoint = call(saved, "--check", tmp_path / "t")
    assert with_checkpoint.stdout.endswith(f"valid, and of {saved}\n")


def test_recording_again_keeps_the_trace(saved: Path, tmp_path: Path) -> None:
    first = call(saved, "-o", tmp_path / "t")
    again = call(saved, "-o", tmp_path / "t")
    assert first.stdout == again.stdout
    assert again.stderr == f"{tmp_path}/t: already holds this trace; verified and kept\n"
    with pytest.raises(InvalidInput, match="another trace"):
        call(saved, "--images", "3", "-o", tmp_path / "t")
    assert call(saved, "--images", "3", "-o", tmp_path / "t", "--force").exit_code == 0
    assert len(open_trace(tmp_path / "t")) == 3


def test_check_says_what_is_wrong(saved: Path, tmp_path: Path) -> None:
    write_trace(tmp_path / "t", toy_trace(toy_network()))
    with pytest.raises(InvalidInput, match=r"another checkpoint: recorded from toy\.pt"):
        call(saved, "--check", tmp_path / "t")
    (tmp_path / "t" / "shard-00000.npz").write_bytes(b"")
    with pytest.raises(InvalidInput, match="damaged, truncated or replaced"):
        call("--check", tmp_path / "t")
    with pytest.raises(InvalidInput, match="none: no such trace"):
        call("--check", tmp_path / "none")
    with pytest.raises(InvalidInput, match=r"none\.pt: cannot be read"):
        call(tmp_path / "none.pt", "--check", tmp_path / "t")


def test_usage(saved: Path, tmp_path: Path) -> None:
    for arguments in ([], [saved], ["-o", tmp_path / "t"]):
        with pytest.raises(UsageError, match="hwsim trace CHECKPOINT -o DIR"):
            call(*arguments)
    with pytest.raises(UsageError, match="--check DIR writes nothing"):
        call("--check", tmp_path / "t", "-o", tmp_path / "u")
    with pytest.raises(UsageError, match="leave out -o, --data, --timesteps and --force"):
        call("--check", tmp_path / "t", "--timesteps", "1")
    with pytest.raises(UsageError, match="--timesteps 2: the network has 1 to 1"):
        call(saved, "--timesteps", "2", "-o", tmp_path / "t")
    with pytest.raises(UsageError, match=r"--timesteps two: a number from 1, gamma, or gamma:"):
        call(saved, "--timesteps", "two", "-o", tmp_path / "t")
    for count in ("0", "-3", "some", "1.5", "9" * 30):
        result = call(saved, "--images", count, "-o", tmp_path / "t")
        assert result.exit_code == 2
        assert f"'{count}' is not a number from 1, nor 'all'" in result.stderr


def test_a_folder_with_other_files_is_refused_before_recording(saved: Path) -> None:
    with pytest.raises(InvalidInput, match="which is no part of a trace"):
        call(saved.parent / "no-checkpoint.pt", "-o", saved.parent)
