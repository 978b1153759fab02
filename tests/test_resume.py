"""A run that is killed goes on where it was and ends in the same bytes."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwsim import cli, pipeline, resume
from hwsim.activity import Tally
from hwsim.arch.load import load_arch
from hwsim.chip import burst
from hwsim.chip.timing import Timing
from hwsim.report.activity_csv import activity_csv
from hwsim.report.energy_csv import energy_csv
from hwsim.report.images_csv import images_csv
from hwsim.report.latency_csv import latency_csv
from hwsim.report.manifest import content_hash, json_bytes
from hwsim.report.overflows import overflows_csv
from hwsim.report.summary import summary
from hwsim.result import Run
from hwsim.resume import Unfinished
from hwsim.saved import read_arrays, write_arrays
from hwsim.trace.write import write_trace
from hwsim.trial import Trial
from tests.oracle.cases import Case, cases
from tests.trace.samples import toy_network, toy_trace

IMAGES = 5
FIRST = ("current_injected", "on_core_graded")
CSVS = (activity_csv, energy_csv, images_csv, latency_csv, overflows_csv)


class Killed(BaseException):
    """What no handler of errors sees."""


class Kill:
    """A `tell` that raises when a replay's step `step` of both experiments together is done."""

    def __init__(self, step: int, error: type[BaseException] = Killed) -> None:
        self.left, self.error = step, error

    def __call__(self, what: str, done: int, total: int) -> None:
        if "replay" in what:
            self.left -= 1
            if self.left < 0:
                raise self.error


@pytest.fixture(autouse=True)
def _eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Save behind every step."""
    monkeypatch.setattr(resume, "EVERY_S", 0.0)
    monkeypatch.setattr(resume, "SHARE", float("inf"))


def written(run: Run) -> list[bytes]:
    """All that a report is made of."""
    return [content_hash(run).encode(), json_bytes(summary(run)), *(csv(run) for csv in CSVS)]


def saved_trace(folder: Path, timesteps: int, seed: int = 0) -> Path:
    path = folder / f"trace-{timesteps}-{seed}"
    write_trace(path, toy_trace(toy_network(timesteps), IMAGES, seed), images_per_shard=2)
    return path


def go(trace: Path, parent: Path | None, tell=lambda *_: None, first: str = FIRST[0], **options):  # type: ignore[no-untyped-def]
    """A run and what was said; `options` are those of the pipeline."""
    said: list[str] = []
    kept = Unfinished(parent, said.append)
    arch = load_arch("loihi_like", None, [f"first_layer={first}"])
    run = pipeline.run(trace, arch, "all", tell=tell, unfinished=kept, **options)
    return run, kept, said


def state(parent: Path) -> list[Path]:
    return sorted(path for path in parent.glob(".unfinished-*/*") if path.is_file())


@pytest.mark.parametrize("first", FIRST)
@pytest.mark.parametrize("timesteps", [1, 3])
def test_killed_runs_end_in_the_same_bytes(tmp_path: Path, timesteps: int, first: str) -> None:
    trace = saved_trace(tmp_path, timesteps)
    whole = written(go(trace, None, first=first)[0])
    steps = (timesteps + 2 + (first == FIRST[1]) + timesteps) * IMAGES
    for step in {1, 2, steps // 3, steps // 2, 2 * steps // 3, steps - 1}:
        with pytest.raises(Killed):
            go(trace, tmp_path, Kill(step), first)
        assert state(tmp_path)
        run, kept, said = go(trace, tmp_path, first=first)
        assert written(run) == whole
        assert "going on" in said[0]
        kept.remove()
        assert not list(tmp_path.glob(".unfinished*"))


def test_a_run_that_is_killed_again_and_again(tmp_path: Path) -> None:
    trace = saved_trace(tmp_path, 1)
    whole = written(go(trace, None)[0])
    for _ in range(100):
        try:
            run, _, _ = go(trace, tmp_path, Kill(2))
        except Killed:
            continue
        assert written(run) == whole
        return
    pytest.fail("it never ended")


@settings(max_examples=80, deadline=None)
@given(case=cases(), data=st.data(), experiment=st.sampled_from(("single", "stream")))
def test_any_step_any_chunk_any_chip(case: Case, data: st.DataObject, experiment: str) -> None:
    one = Trial(case.trace, case.mapping, case.arch, experiment)  # type: ignore[arg-type]
    whole = one.run(burst.transport, lambda done, total: None)
    steps = one.step
    before, behind = (data.draw(st.integers(1, 4)) for _ in range(2))
    at = data.draw(st.integers(1, steps))

    def trial(saved, chunk: int) -> Trial:  # type: ignore[no-untyped-def]
        return Trial(case.trace, case.mapping, case.arch, experiment, saved, chunk)  # type: ignore[arg-type]

    broken = trial(None, before)

    def stop(done: int, total: int) -> None:
        if done == at:
            raise Killed

    with pytest.raises(Killed):
        broken.run(burst.transport, stop)
    assert broken.whole
    with tempfile.TemporaryDirectory() as folder:
        write_arrays(Path(folder) / "state.npz", broken.arrays())
        saved = read_arrays(Path(folder) / "state.npz")
    again = trial(saved, behind).run(burst.transport, lambda done, total: None)
    assert plain(*again) == plain(*whole)


def plain(timing: Timing, tally: Tally) -> list[object]:
    times = (timing.scan_ps, timing.absorb_ps, timing.latency_ps, timing.interval_ps)
    loads = [
        (kind, load.busy_ps.tolist(), load.served.tolist(), load.max_queue.tolist())
        for kind, load in timing.loads.items()
    ]
    counts = [{a: v.tolist() for a, v in kind.items()} for kind in (tally.totals, tally.places)]
    return [*(values.tolist() for values in times), loads, timing.overflows, counts]


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def of_another_chip(path: Path) -> None:
    with np.load(path) as file:
        arrays = dict(file)
    arrays["course.delivered"] = arrays["course.delivered"][1:]
    np.savez(path, allow_pickle=False, **arrays)


def of_another_run(path: Path) -> None:
    with np.load(path) as file:
        arrays = dict(file)
    np.savez(path, allow_pickle=False, **{**arrays, "inputs": np.array(["0" * 64])})


def pickled(path: Path) -> None:
    np.savez(path, inputs=np.array([Killed], object))


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def without_steps(path: Path) -> None:
    with np.load(path) as file:
        arrays = dict(file)
    del arrays["course.scan_ps"]
    np.savez(path, allow_pickle=False, **arrays)


def of_other_images(path: Path) -> None:
    with np.load(path) as file:
        arrays = dict(file)
    arrays["reduction.places"] = arrays["reduction.places"][:, 1:]
    np.savez(path, allow_pickle=False, **arrays)


DAMAGES = (
    truncated, flipped, of_another_chip, of_another_run, pickled, a_folder, without_steps,
    of_other_images, lambda path: path.write_bytes(b""), lambda path: path.write_text("no"),
)  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_state_is_ignored(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    trace = saved_trace(tmp_path, 1)
    whole = written(go(trace, None)[0])
    with pytest.raises(Killed):
        go(trace, tmp_path, Kill(8))
    (path,) = state(tmp_path)
    damage(path)
    run, _, said = go(trace, tmp_path)
    assert written(run) == whole
    assert str(path) in said[0]
    assert "ignored" in said[0]


def test_a_state_of_other_inputs_is_not_used(tmp_path: Path) -> None:
    trace = saved_trace(tmp_path, 1)
    with pytest.raises(Killed):
        go(trace, tmp_path, Kill(8))
    (before,) = state(tmp_path)
    data = before.read_bytes()
    others = (
        (saved_trace(tmp_path, 1, seed=1), {}),
        (trace, {"seed": 1}),
        (trace, {"first": FIRST[1]}),
        (trace, {"transport": "packet"}),
    )
    for source, options in others:
        _, kept, said = go(source, tmp_path, **options)
        assert said == []
        kept.remove()
    assert state(tmp_path) == [before]
    assert before.read_bytes() == data


def test_a_place_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    trace = saved_trace(tmp_path, 1)
    (tmp_path / "file").write_text("")
    run, kept, said = go(trace, tmp_path / "file")
    kept.remove()
    assert written(run) == written(go(trace, None)[0])
    assert ["cannot be written" in line for line in said if "ignored" not in line] == [True]


def test_a_run_shorter_than_the_interval_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace, parent = saved_trace(tmp_path, 1), tmp_path / "reports"
    monkeypatch.setattr(resume, "EVERY_S", 1000.0)
    go(trace, parent)
    for error in (Killed, KeyboardInterrupt):
        with pytest.raises(error):
            go(trace, parent, Kill(8, error))
    assert not parent.exists()


def test_ctrl_c_saves_what_is_behind_the_last_save(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = saved_trace(tmp_path, 1)
    with pytest.raises(Killed):
        go(trace, tmp_path, Kill(2))
    monkeypatch.setattr(resume, "EVERY_S", 1000.0)
    with pytest.raises(KeyboardInterrupt):
        go(trace, tmp_path, Kill(4, KeyboardInterrupt))
    said = go(trace, tmp_path)[2]
    assert "after 7 steps" in said[0]


@pytest.mark.parametrize("where", ["enter_scans", "enter_front_end"])
def test_ctrl_c_amid_a_step_waits_for_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    from hwsim.chip import course

    trace = saved_trace(tmp_path, 1)
    whole = written(go(trace, None)[0])
    enter, calls = getattr(course, where), []

    def pressed(*arguments: object) -> None:
        calls.append(1)
        if len(calls) == 6:
            os.kill(os.getpid(), signal.SIGINT)
        enter(*arguments)

    monkeypatch.setattr(course, where, pressed)
    with pytest.raises(KeyboardInterrupt):
        go(trace, tmp_path)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    run, _, said = go(trace, tmp_path)
    assert "after 6 steps" in said[0]
    assert written(run) == whole


def test_the_command_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trace, wanted = saved_trace(tmp_path, 1), Path("whole")
    monkeypatch.chdir(tmp_path)

    command_line = ("run", str(trace), "loihi_like", "--images", "all")

    def command(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["hwsim", *command_line, *words])
        try:
            cli.main()
        except SystemExit as left:
            return int(left.code or 0)
        return 0

    replayed = pipeline.run
    assert command("--out", str(wanted), "-q") == 0

    def interrupted(*arguments: object, **named: object):  # type: ignore[no-untyped-def]
        *before, _, kept = arguments
        return replayed(*before, Kill(9, KeyboardInterrupt), kept, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "run", interrupted)
    assert command() == 130
    assert "the same command goes on" in capsys.readouterr().err
    (kept,) = {path.parent for path in state(tmp_path / "reports")}
    (kept / ".single.npz.killed").write_bytes(b"half of what was being writ")
    monkeypatch.setattr(pipeline, "run", replayed)
    assert command() == 0
    assert "going on" in capsys.readouterr().err
    (folder,) = (tmp_path / "reports").iterdir()
    for path in sorted(wanted.rglob("*")):
        if path.is_file() and path.name != "manifest.json":
            assert path.read_bytes() == (folder / path.relative_to(wanted)).read_bytes()
