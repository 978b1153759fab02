"""The command line end to end: results, exit codes, and that nothing is left half done."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hwsim import cli
from hwsim.network.checkpoint import save_checkpoint
from hwsim.training.images import Images
from hwsim.training.sample import sample_path, write_sample
from tests.network.nets import random_checkpoint

ARCH = "loihi_like"
STABLE = {
    "": "schema_version hwsim_version images correct timesteps transport exact schedule",
    "checkpoint": "file sha256 network dataset test_accuracy_percent weight_bits",
    "arch": "name variant sha256",
    "single": "latency_ns power_mw edp_pj_s energy_pj counts memory_accesses",
    "stream": "latency_ns initiation_interval_ns throughput_images_per_s power_mw edp_pj_s "
    "energy_pj counts memory_accesses",
    "mapping": "cores_used chips utilisation",
}
"""Keys of summary.json that outlive a version."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small checkpoint and its sample of images, which is the working one."""
    checkpoint = random_checkpoint(1)
    save_checkpoint(tmp_path / "net.pt", checkpoint)
    channels, height, width = checkpoint.network.input_shape
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (6, height, width, channels), np.uint8)
    labels = rng.integers(0, checkpoint.network.classes, 6)
    sample = sample_path(tmp_path, checkpoint.network.dataset)
    write_sample(sample, Images(pixels, labels, checkpoint.network.classes), 6)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def hwsim(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    """Run a command in this process; its exit code."""
    monkeypatch.setattr(sys, "argv", ["hwsim", *words])
    try:
        cli.main()
    except SystemExit as left:
        return int(left.code or 0)
    return 0


Run = tuple[int, str, str]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def call(*words: str) -> Run:
        code = hwsim(monkeypatch, *words)
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_json_is_summary_json_and_nothing_else(here: Path, command) -> None:  # type: ignore[no-untyped-def]
    code, out, _ = command("run", "net.pt", ARCH, "--images", "3", "--json", "--out", "run")
    assert code == 0
    summary = json.loads(out)
    assert summary == json.loads((here / "run" / "summary.json").read_text())
    for block, keys in STABLE.items():
        assert set(keys.split()) <= set(summary[block] if block else summary), block
    assert summary["images"] == 3


def test_a_saved_trace_gives_the_same_run_as_its_checkpoint(here: Path, command) -> None:  # type: ignore[no-untyped-def]
    assert command("trace", "net.pt", "--images", "4", "-o", "spikes")[0] == 0
    assert command("run", "net.pt", ARCH, "--images", "4", "--out", "one", "-q")[0] == 0
    assert command("run", "spikes", ARCH, "--images", "4", "--out", "two", "-q")[0] == 0
    for path in sorted((here / "one").rglob("*")):
        if path.is_file() and path.name != "manifest.json":
            twin = here / "two" / path.relative_to(here / "one")
            assert path.read_bytes() == twin.read_bytes(), path.name


def test_a_rerun_is_verified_and_kept(here: Path, command) -> None:  # type: ignore[no-untyped-def]
    assert command("run", "net.pt", ARCH, "--images", "2", "-q")[0] == 0
    (folder,) = (here / "reports").iterdir()
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert command("run", "net.pt", ARCH, "--images", "2", "-q")[0] == 0
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == before
    code, _, err = command("run", "net.pt", ARCH, "--images", "3", "--out", str(folder))
    assert code == 3
    assert "--force" in err


def test_transports_agree(here: Path, command) -> None:  # type: ignore[no-untyped-def]
    free = ("--set", "router.fifo_depth=unbounded")
    runs = [
        json.loads(command("run", "net.pt", ARCH, *ONE, *free, "--transport", name, "--json")[1])
        for name in ("packet", "burst")
    ]
    assert runs[0]["single"] == runs[1]["single"]
    assert runs[0]["stream"] == runs[1]["stream"]


def test_the_mapping_of_a_run_can_be_used_again(here: Path, command) -> None:  # type: ignore[no-untyped-def]
    assert command("run", "net.pt", ARCH, "--images", "1", "--out", "run")[0] == 0
    words = ("run", "net.pt", ARCH, "--images", "1", "--json", "--mapping", "run/mapping.json")
    code, out, _ = command(*words)
    assert code == 0
    assert json.loads(out)["mapping"]["strategy"] == "mapping.json"


def test_check_says_what_would_fit(here: Path, command) -> None:  # type: ignore[no-untyped-def]
    assert command("check", "net.pt", ARCH)[0] == 0
    code, out, err = command("check", "net.pt", ARCH, "--set", "core.synapse_mem_kib=1",
                             "--set", "mesh.tiles_x=8", "--set", "mesh.tiles_y=4",
                             "--set", "core.neurons_max=4")  # fmt: skip
    assert code == 4
    assert "does not fit" in out
    assert "needed" in err or "needs" in err


ONE = ("--images", "1")
BAD = {
    "no command": (("walk",), 2, "walk"),
    "no such checkpoint": (("run", "no.pt", ARCH), 3, "no.pt"),
    "an empty checkpoint": (("run", "empty.pt", ARCH), 3, "empty.pt"),
    "half a checkpoint": (("run", "half.pt", ARCH), 3, "half.pt"),
    "no such architecture": (("run", "net.pt", "loihi_lik"), 3, "loihi_like"),
    "a wrong override": (
        ("run", "net.pt", ARCH, "--set", "core.neurons_mx=3"), 3, "did you mean neurons_max"
    ),
    "no such variant": (("run", "net.pt", ARCH, "--variant", "sanafe"), 3, "sanafe_nahuku"),
    "strict": (("run", "net.pt", ARCH, "--strict"), 3, "unpublished"),
    "no data": (("run", "net.pt", ARCH, "--data", "nowhere"), 3, "nowhere"),
    "too many images": (("run", "net.pt", ARCH, "--images", "7"), 2, "6"),
    "no number": (("run", "net.pt", ARCH, "--images", "many"), 2, "many"),
    "a mapping that is none": (
        ("run", "net.pt", ARCH, *ONE, "--mapping", "empty.pt"), 3, "empty.pt"
    ),
    "too large for its cores": (("run", "net.pt", ARCH, *ONE, "--set", "core.neurons_max=1",
                                "--set", "mesh.tiles_y=4"), 4, "core.neurons_max"),
    "a budget": (("run", "net.pt", ARCH, *ONE, "--budget", "latency_us=0.001"), 5, "latency_us"),
    "a budget of nothing": (("run", "net.pt", ARCH, "--budget", "beauty=1"), 2, "latency_us"),
}  # fmt: skip


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_said_in_one_message(what: str, here: Path, command) -> None:  # type: ignore[no-untyped-def]
    words, expected, said = BAD[what]
    (here / "empty.pt").write_bytes(b"")
    data = (here / "net.pt").read_bytes()
    (here / "half.pt").write_bytes(data[: len(data) // 2])
    code, out, err = command(*words)
    assert code == expected, err
    assert said in err
    assert "Traceback" not in err
    if expected != 5:
        assert out == ""
        assert not (here / "reports").exists() or not any((here / "reports").iterdir())


def test_a_trace_of_another_network(here: Path, command) -> None:  # type: ignore[no-untyped-def]
    assert command("run", "net.pt", ARCH, "--images", "1", "--out", "run")[0] == 0
    other = json.loads((here / "run" / "mapping.json").read_text())
    other["layers"][0]["out_shape"] = [99, 1, 1]
    (here / "other.json").write_text(json.dumps(other))
    code, _, err = command("run", "net.pt", ARCH, *ONE, "--mapping", "other.json")
    assert code == 3
    assert "other.json" in err


def test_a_full_disk_leaves_nothing(here: Path, command, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    code, _, err = command("run", "net.pt", ARCH, "--images", "1", "--out", "run")
    assert code == 1
    assert "run" in err
    assert not (here / "run").exists()
    assert [path.name for path in here.iterdir() if path.name.startswith(".")] == []


def test_an_interrupt_leaves_nothing(here: Path, command, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    from hwsim.chip import course

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(course, "enter_scans", interrupt)
    code, out, err = command("run", "net.pt", ARCH, "--images", "1", "--out", "run")
    assert (code, out) == (130, "")
    assert "interrupted" in err
    assert not (here / "run").exists()


def test_a_trace_is_replayed_and_checked_without_torch(here: Path, command) -> None:  # type: ignore[no-untyped-def]
    assert command("trace", "net.pt", "--images", "2", "-o", "spikes")[0] == 0
    script = (
        "import sys; from hwsim import cli\n"
        "def call(*words):\n"
        "    sys.argv = ['hwsim', *words]\n"
        "    cli.main()\n"
        f"call('check', 'net.pt', '{ARCH}')\n"
        f"call('run', 'spikes', '{ARCH}', '--images', '2', '-q')\n"
        "assert 'torch' not in sys.modules\n"
        "assert 'pandas' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("timesteps", [1, 3])
def test_membrane_accesses_follow_the_policy(timesteps: int, here: Path, command) -> None:  # type: ignore[no-untyped-def]
    """Tran & Hoang's point: at T = 1 no state crosses a timestep; else 2 N (T - 1) accesses."""
    network = random_checkpoint(timesteps).network
    save_checkpoint(here / "net.pt", random_checkpoint(timesteps))
    words = ("run", "net.pt", ARCH, *ONE, "--json", "--set")
    neurons = sum(layer.neurons for layer in network.layers)
    steps = {"single": timesteps + len(network.layers) - 1, "stream": timesteps}
    elided = json.loads(command(*words, "membrane.policy=elide_first_read_last_write")[1])
    scanned = json.loads(command(*words, "membrane.policy=every_step")[1])
    for experiment in ("single", "stream"):
        for action in ("membrane.read", "membrane.write"):
            count = elided[experiment]["memory_accesses"][action]["count"]
            assert count == neurons * (timesteps - 1)
            count = scanned[experiment]["memory_accesses"][action]["count"]
            assert count == neurons * steps[experiment]
        for result in (elided, scanned):
            assert result[experiment]["memory_accesses"]["accumulator.read"]["count"] > 0
