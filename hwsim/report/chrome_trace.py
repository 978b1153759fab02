"""A timeline as a Chrome trace (JSON), which Perfetto and chrome://tracing open.

Such a trace counts in microseconds and viewers keep nanoseconds at best, so picoseconds would be
rounded and services overlap. Here 1 us shown is 1 ps of the chip: 1 s shown is 1 us.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any

from hwsim.chip.chip import HOST
from hwsim.chip.timeline import Timeline, Track
from hwsim.chip.timing import CORE_SERVERS, LINKS, TILE_SERVERS
from hwsim.mapping.mapping import Mapping
from hwsim.network.graph import Network

Event = dict[str, Any]

ORDER = (*CORE_SERVERS, *TILE_SERVERS, *LINKS)
"""Of the tracks of a core or tile."""
QUEUES = {"synapses": "axon_in", "axon_out": "axon_out"}
"""The memory in which the packets wait that a core's server takes; a router's are FIFOs."""
SCALE = "1 us shown is 1 ps of the chip, 1 s shown is 1 us"


def chrome_trace(timeline: Timeline, mapping: Mapping, network: Network) -> bytes:
    """One process a core, host or tile, one thread a server, one counter a queue; the steps on top.

    The same bytes for the same timeline.
    """
    window = timeline.window
    said = {"time": SCALE, "experiment": window.experiment, "transport": "packet"}
    lines = (
        json.dumps(event, separators=(",", ":")) for event in _events(timeline, mapping, network)
    )
    body = ",\n".join(lines)
    return f'{{"traceEvents":[\n{body}\n],\n"otherData":{json.dumps(said)}}}\n'.encode()


def _events(timeline: Timeline, mapping: Mapping, network: Network) -> Iterator[Event]:
    numbers = count(1)
    yield from _steps(timeline, network, next(numbers))
    owners: dict[tuple[int, int], list[Track]] = {}
    for track in timeline.tracks:
        owners.setdefault(_owner(track, mapping), []).append(track)
    for owner in sorted(owners):
        pid = next(numbers)
        tracks = sorted(owners[owner], key=lambda track: ORDER.index(track.kind))
        name = _name(tracks[0], mapping, network)
        yield from _process(pid, name)
        for track in tracks:
            # Thread numbers are unique in the whole trace, as those of an operating system are.
            yield from _server(track, pid, next(numbers))


def _owner(track: Track, mapping: Mapping) -> tuple[int, int]:
    """The host, then cores by index, then tiles."""
    if not track.of_core:
        return 2, track.place
    return (0, 0) if track.place == HOST else (1, int(mapping.cores[track.place]))


def _name(track: Track, mapping: Mapping, network: Network) -> str:
    if track.place == HOST:
        return "host"
    if track.of_core:
        part = mapping.slices[track.place]
        return f"core {part.core} ({network.layers[part.layer].name})"
    return f"tile ({track.place % mapping.tiles_x}, {track.place // mapping.tiles_x})"


def _process(pid: int, name: str) -> Iterable[Event]:
    yield {"ph": "M", "pid": pid, "name": "process_name", "args": {"name": name}}
    yield {"ph": "M", "pid": pid, "name": "process_sort_index", "args": {"sort_index": pid}}


def _thread(pid: int, tid: int, name: str) -> Iterable[Event]:
    yield {"ph": "M", "pid": pid, "tid": tid, "name": "thread_name", "args": {"name": name}}
    yield {
        "ph": "M", "pid": pid, "tid": tid, "name": "thread_sort_index", "args": {"sort_index": tid}
    }  # fmt: skip


def _server(track: Track, pid: int, tid: int) -> Iterator[Event]:
    if track.services:
        yield from _thread(pid, tid, track.kind)
    for service in track.services:
        event = {
            "ph": "X", "pid": pid, "tid": tid, "ts": service.start_ps, "dur": service.duration_ps,
            "name": service.label,
        }  # fmt: skip
        if service.packet is not None:
            event["args"] = {"packet": service.packet}
        yield event
    queue = f"{QUEUES.get(track.kind, f'{track.kind} FIFO')} (packets)"
    for time_ps, waiting in track.waiting:
        yield {"ph": "C", "pid": pid, "ts": time_ps, "name": queue, "args": {"waiting": waiting}}


def _steps(timeline: Timeline, network: Network, pid: int) -> Iterator[Event]:
    yield from _process(pid, "steps")
    yield from _thread(pid, pid, "steps")
    for step in timeline.steps:
        work = {
            layer.name: f"image {task[0]}, timestep {task[1]}"
            for layer, task in zip(network.layers, step.tasks.layers, strict=True)
            if task is not None
        }
        parts = [(f"step {step.number}", step.start_ps, step.work_ps, work)]
        rest = step.duration_ps - step.work_ps
        parts.append((timeline.rest, step.start_ps + step.work_ps, rest, {}))
        for name, start, duration, args in parts:
            if duration:
                yield {
                    "ph": "X", "pid": pid, "tid": pid, "ts": start, "dur": duration, "name": name,
                    "args": args,
                }  # fmt: skip
