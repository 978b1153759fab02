"""Write a trace to a folder, shard by shard, so that a whole test set never sits in memory."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from hwsim.errors import InvalidInput
from hwsim.staging import put_in_place, staging
from hwsim.trace.contents import blank_problems, content_problems, recorded, silent_problems
from hwsim.trace.layout import arrays_of, shape_problems
from hwsim.trace.meta import IMAGES_PER_SHARD, META, Meta, Shard, network_problems, shard_file
from hwsim.trace.read import open_trace
from hwsim.trace.shard import write_shard
from hwsim.trace.store import SpikeTrace, join

_OURS = re.compile(r"meta\.json|shard-\d{5,}\.npz")


def write_trace(
    folder: Path,
    chunks: SpikeTrace | Iterable[SpikeTrace],
    *,
    force: bool = False,
    images_per_shard: int = IMAGES_PER_SHARD,
) -> bool:
    """Write the images of `chunks`, in order, as the trace `folder`.

    The bytes depend only on the images, not on how they are cut into chunks. The folder appears
    whole or not at all. An identical trace that is already there is verified and kept, and False
    returned; another one is replaced only with `force`, and a folder with other files never.

    Raises InvalidInput where the chunks make no valid trace (a layer that never fires is none)
    or the folder is not to be replaced, HwsimError where the disk is full.
    """
    check_target(folder)
    with staging(folder) as fresh:
        stream = iter((chunks,) if isinstance(chunks, SpikeTrace) else chunks)
        meta = _write(fresh, _checked(folder, stream, force), images_per_shard)
        data = meta.to_bytes()
        (fresh / META).write_bytes(data)
        if (folder / META).is_file() and _same(folder, data):
            return False
        if not force:
            refuse_other(folder)
        put_in_place(fresh, folder)
    return True


def check_target(folder: Path) -> None:
    """Raise InvalidInput where `folder` is a file or holds files that are no trace's."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InvalidInput(f"{folder}: is a file, not a folder for a trace")
    foreign = sorted(path.name for path in folder.iterdir() if not _OURS.fullmatch(path.name))
    if foreign:
        raise InvalidInput(
            f"{folder}: holds {', '.join(foreign[:5])}, which is no part of a trace; "
            "choose another folder"
        )


def refuse_other(folder: Path) -> None:
    """Raise InvalidInput where `folder` holds anything: what is to be written is not that."""
    if folder.is_dir() and any(folder.iterdir()):
        raise InvalidInput(
            f"{folder}: holds another trace; replace it with --force or choose another folder"
        )


def _checked(folder: Path, chunks: Iterator[SpikeTrace], force: bool) -> Iterator[SpikeTrace]:
    """The chunks, each found to be sound and to belong to the first; empty ones left out."""
    first: SpikeTrace | None = None
    images = 0
    for chunk in chunks:
        if first is None:
            first = chunk
            _raise(network_problems(chunk.network))
            if not force:
                _refuse_early(folder, chunk)
        elif (chunk.network, chunk.origin) != (first.network, first.origin):
            raise InvalidInput("the chunks of a trace must share their network and origin")
        arrays = arrays_of(chunk)
        _raise(
            shape_problems(chunk.network, arrays) or content_problems(chunk.network, arrays, images)
        )
        images += chunk.images
        if chunk.images:
            yield chunk


def _write(fresh: Path, chunks: Iterator[SpikeTrace], images_per_shard: int) -> Meta:
    shards: list[Shard] = []
    seen: set[str] = set()
    last: SpikeTrace | None = None
    for trace in _regrouped(chunks, images_per_shard):
        path = fresh / shard_file(len(shards))
        arrays = arrays_of(trace)
        shards.append(write_shard(path, trace.network, arrays))
        seen |= recorded(arrays)
        last = trace
    if last is None:
        raise InvalidInput("a trace has at least one image; none was recorded")
    meta = Meta(last.network, last.origin, images_per_shard, tuple(shards))
    silent = silent_problems(meta.network, meta.spikes, meta.images)
    _raise([*silent, *blank_problems(seen)])
    return meta


def _regrouped(chunks: Iterator[SpikeTrace], size: int) -> Iterator[SpikeTrace]:
    """The same images in traces of `size`, the last one of what is left."""
    held: list[SpikeTrace] = []
    for chunk in chunks:
        held.append(chunk)
        while sum(part.images for part in held) >= size:
            whole = join(held)
            yield whole.part(0, size)
            held = [whole.part(size, whole.images)] if whole.images > size else []
    if held:
        yield join(held)


def _refuse_early(folder: Path, chunk: SpikeTrace) -> None:
    """Refuse after the first chunk, not after the last, what plainly is another trace."""
    try:
        present = open_trace(folder)
    except InvalidInput:
        refuse_other(folder)
        return
    if (present.network, present.origin) != (chunk.network, chunk.origin):
        refuse_other(folder)


def _same(folder: Path, data: bytes) -> bool:
    """Whether a whole, undamaged trace with this meta.json lies in `folder`."""
    if (folder / META).read_bytes() != data:
        return False
    try:
        for _ in open_trace(folder).chunks():
            pass
    except InvalidInput:
        return False
    return True


def _raise(problems: list[str]) -> None:
    if problems:
        raise InvalidInput("\n".join(problems))
