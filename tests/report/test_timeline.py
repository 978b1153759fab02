"""The Chrome trace: by the rules of Perfetto's importer, and through its parser where it is."""

from __future__ import annotations

import gzip
import json
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from hwsim.chip.timeline import Timeline, Window, record
from hwsim.errors import InvalidInput, UsageError
from hwsim.progress import silent
from hwsim.report.chrome_trace import chrome_trace
from hwsim.report.timeline import TimelineFile, parse_window
from tests.chip.test_timeline import case

Event = dict[str, Any]


def found() -> Timeline:
    return record(*case(first_layer="on_core_graded"), Window("stream", 0, 3))


def trace_bytes() -> bytes:
    spikes, placed, _ = case(first_layer="on_core_graded")
    return chrome_trace(found(), placed, spikes.network)


@pytest.fixture(scope="module")
def events() -> list[Event]:
    shown: list[Event] = json.loads(trace_bytes())["traceEvents"]
    return shown


def test_every_event_is_one_that_perfetto_takes(events: list[Event]) -> None:
    """What its JSON importer asks: a phase; integers of time, which it multiplies by 1000; numbers
    of processes and threads over 0; numbers in counters; names by metadata events."""
    for event in events:
        assert event["ph"] in "XCM"
        assert event["pid"] > 0
        assert event["name"]
        if event["ph"] != "M":
            assert isinstance(event["ts"], int)
            assert event["ts"] >= 0
        if event["ph"] == "X":
            assert isinstance(event["dur"], int)
            assert event["dur"] > 0
            assert event["tid"] > 0
        if event["ph"] == "C":
            assert all(isinstance(value, int) for value in event["args"].values())


def test_no_slices_overlap_on_a_track_and_counters_end_at_zero(events: list[Event]) -> None:
    slices: dict[int, list[Event]] = {}
    counters: dict[tuple[int, str], list[int]] = {}
    owners: dict[int, int] = {}
    for event in events:
        if event["ph"] == "X":
            slices.setdefault(event["tid"], []).append(event)
            assert owners.setdefault(event["tid"], event["pid"]) == event["pid"]
        elif event["ph"] == "C":
            counters.setdefault((event["pid"], event["name"]), []).append(event["args"]["waiting"])
    for track in slices.values():
        assert all(a["ts"] + a["dur"] <= b["ts"] for a, b in pairwise(track))
    assert counters
    assert all(min(values) == values[-1] == 0 for values in counters.values())


def test_every_server_is_a_named_track_with_all_its_time(events: list[Event]) -> None:
    spikes, placed, _ = case(first_layer="on_core_graded")
    names = {
        (e["name"], e.get("tid", e["pid"])): e["args"]["name"]
        for e in events
        if e["name"] in ("process_name", "thread_name")
    }
    busy: dict[tuple[str, str], int] = {}
    for event in events:
        if event["ph"] == "X":
            of = names["process_name", event["pid"]], names["thread_name", event["tid"]]
            busy[of] = busy.get(of, 0) + event["dur"]
    expected: dict[tuple[str, str], int] = {}
    for track in found().tracks:
        if track.place == -1:
            owner = "host"
        elif track.of_core:
            part = placed.slices[track.place]
            owner = f"core {part.core} ({spikes.network.layers[part.layer].name})"
        else:
            owner = f"tile ({track.place % 2}, {track.place // 2})"
        expected[owner, track.kind] = sum(s.duration_ps for s in track.services)
    assert busy.pop(("steps", "steps")) == sum(step.duration_ps for step in found().steps)
    assert busy == {of: ps for of, ps in expected.items() if ps}


def test_perfettos_own_parser(tmp_path: Path, events: list[Event]) -> None:
    """Through `perfetto.trace_processor`: the same slices, in its nanoseconds."""
    api = pytest.importorskip("perfetto.trace_processor", reason="pip install perfetto")
    binary = shutil.which("trace_processor_shell")
    if binary is None:
        pytest.skip(
            "the perfetto package downloads its parser, trace_processor_shell, when it is first "
            "used; put one on the PATH. The importer's rules are tested above"
        )
    path = tmp_path / "timeline.json"
    path.write_bytes(trace_bytes())
    config = api.TraceProcessorConfig(bin_path=binary)
    with api.TraceProcessor(trace=str(path), config=config) as parser:
        rows = list(
            parser.query("select count(*) as n, sum(dur) as ns, max(depth) as depth from slice")
        )
        problems = list(
            parser.query("select name from stats where severity = 'error' and value > 0")
        )
    slices = [event for event in events if event["ph"] == "X"]
    assert (rows[0].n, rows[0].depth) == (len(slices), 0)
    assert rows[0].ns == 1000 * sum(event["dur"] for event in slices)
    assert problems == []


def test_the_file_is_whole_zipped_by_its_name_and_not_replaced(tmp_path: Path) -> None:
    spikes, placed, chip = case()
    for name in ("t.json", "t.json.gz"):
        file = TimelineFile(tmp_path / name, Window())
        file.write(spikes, placed, chip, silent)
        with pytest.raises(InvalidInput, match="exists; replace it with --force"):
            TimelineFile(tmp_path / name, Window())
        TimelineFile(tmp_path / name, Window(), force=True)
    plain = (tmp_path / "t.json").read_bytes()
    assert gzip.decompress((tmp_path / "t.json.gz").read_bytes()) == plain
    assert json.loads(plain)["otherData"]["time"].startswith("1 us shown is 1 ps")


def test_windows_as_typed() -> None:
    assert parse_window("3:5", None) == Window("single", 3, 5)
    assert parse_window("single:0:1", "7") == Window("single", 0, 1, frozenset({7}))
    assert parse_window("stream:2:9", "3,7,10-12") == Window(
        "stream", 2, 9, frozenset({3, 7, 10, 11, 12})
    )


@pytest.mark.parametrize("steps", ["3", "3:", "a:b", "both:1:2", "1:2:3", "-1:2", "stream:1:2:3"])
def test_steps_that_are_none(steps: str) -> None:
    with pytest.raises(UsageError, match=f"--timeline-steps {steps}: write A:B"):
        parse_window(steps, None)


@pytest.mark.parametrize("cores", ["", "a", "3-", "-3", "1,,2"])
def test_cores_that_are_none(cores: str) -> None:
    with pytest.raises(UsageError, match=r"--timeline-cores .*: write numbers and ranges"):
        parse_window("0:1", cores)
