"""Read a trace folder, shard by shard; everything that is read is checked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hwsim.errors import InvalidInput, UsageError
from hwsim.network.graph import Network
from hwsim.trace.contents import blank_problems, recorded, silent_problems
from hwsim.trace.layout import AnyArray, trace_of
from hwsim.trace.meta import META, Meta, digest, parse_meta
from hwsim.trace.shard import read_shard
from hwsim.trace.store import Origin, SpikeTrace, join


@dataclass(frozen=True)
class TraceFolder:
    """A trace on disk, opened: its meta.json is read, its shards are not.

    `sha256` is that of meta.json, which holds the hash of every shard: it identifies the trace.
    """

    path: Path
    meta: Meta
    sha256: str

    def __len__(self) -> int:
        """Images."""
        return self.meta.images

    @property
    def network(self) -> Network:
        """The network that was recorded."""
        return self.meta.network

    @property
    def origin(self) -> Origin:
        """Where the trace comes from."""
        return self.meta.origin

    def chunks(self, images: int | None = None) -> Iterator[SpikeTrace]:
        """The first `images` images (None: all), one trace a shard, each read when asked for.

        Raises InvalidInput with all that is wrong with a shard.
        """
        wanted = self.wanted(images)
        seen: set[str] = set()
        first = 0
        for number, shard in enumerate(self.meta.shards):
            if first >= wanted:
                return
            arrays = self._arrays(number)
            seen |= recorded(arrays)
            if first + shard.images == len(self) and (blank := blank_problems(seen)):
                raise InvalidInput("\n".join(f"{self.path}: {problem}" for problem in blank))
            trace = trace_of(self.network, self.origin, arrays)
            yield trace.part(0, wanted - first) if first + trace.images > wanted else trace
            first += trace.images

    def shard(self, number: int) -> SpikeTrace:
        """One shard's images. Raises InvalidInput with all that is wrong with it."""
        return trace_of(self.network, self.origin, self._arrays(number))

    def _arrays(self, number: int) -> dict[str, AnyArray]:
        shard = self.meta.shards[number]
        path = self.path / shard.file
        first = sum(before.images for before in self.meta.shards[:number])
        arrays, problems = read_shard(path, self.network, shard, first)
        if problems:
            raise InvalidInput("\n".join(f"{path}: {problem}" for problem in problems))
        return arrays

    def head(self, images: int | None = None) -> SpikeTrace:
        """The first `images` images (None: all) as one trace."""
        return join(list(self.chunks(images)))

    def problems(self) -> list[str]:
        """What meta.json and the list of files show to be wrong: layers that recorded no spike,
        shards that nothing lists.
        """
        silent = silent_problems(self.network, self.meta.spikes, len(self))
        problems = [f"{self.path / META}: {problem}" for problem in silent]
        listed = {shard.file for shard in self.meta.shards}
        for path in sorted(self.path.glob("shard-*")):
            if path.name not in listed:
                problems.append(f"{path}: not listed in {META}")
        return problems

    def wanted(self, images: int | None) -> int:
        """How many images to take: `images`, or all. Raises UsageError where there are fewer."""
        if images is None:
            return len(self)
        if not 1 <= images <= len(self):
            raise UsageError(f"--images {images}: {self.path} has {len(self)} (1 .. {len(self)})")
        return images


def open_trace(folder: Path) -> TraceFolder:
    """Open a trace; the shards are looked for, not read.

    Raises InvalidInput with all that is wrong with meta.json and the list of files, and where a
    layer recorded no spike in the whole trace.
    """
    opened = open_meta(folder)
    problems = opened.problems()
    for shard in opened.meta.shards:
        if not (folder / shard.file).is_file():
            problems.append(f"{folder / shard.file}: missing")
    if problems:
        raise InvalidInput("\n".join(problems))
    return opened


def open_meta(folder: Path) -> TraceFolder:
    """Open a trace whatever its shards are. Raises InvalidInput with all that is wrong with its
    meta.json.
    """
    data = _read_meta(folder)
    return TraceFolder(folder, parse_meta(data, str(folder / META)), digest(data))


def read_trace(folder: Path, images: int | None = None) -> SpikeTrace:
    """The first `images` images of a saved trace (None: all), in memory and checked.

    Raises InvalidInput as `open_trace` does, UsageError where the trace has fewer images.
    """
    return open_trace(folder).head(images)


def is_trace(path: Path) -> bool:
    """Whether `path` is to be read as a trace and not as a checkpoint: it is a folder."""
    return path.is_dir()


def _read_meta(folder: Path) -> bytes:
    if not folder.exists():
        raise InvalidInput(f"{folder}: no such trace")
    if not folder.is_dir():
        raise InvalidInput(f"{folder}: not a folder; a trace is one, with {META} in it")
    try:
        return (folder / META).read_bytes()
    except FileNotFoundError as error:
        raise InvalidInput(f"{folder}: no {META} in it: not a trace") from error
    except OSError as error:
        raise InvalidInput(f"{folder / META}: cannot be read: {error.strerror}") from error
