"""Which words of `hwsim compare` are networks and which are architectures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hwsim.arch import shipped
from hwsim.arch.messages import did_you_mean, listed
from hwsim.errors import UsageError


@dataclass(frozen=True)
class ArchName:
    """An architecture as typed: a file or a shipped name, and one of its variants or None."""

    file: str
    variant: str | None

    def __str__(self) -> str:
        return self.file if self.variant is None else f"{self.file}:{self.variant}"


def tell_apart(words: Sequence[str]) -> tuple[tuple[Path, ...], tuple[ArchName, ...]]:
    """Checkpoints and traces, and architectures, each in the order in which they were typed.

    An architecture is a `.yaml` file or a shipped name, with `:VARIANT` behind it or without;
    everything else is a network and has to exist. Raises UsageError where one of the two kinds is
    missing, or a word is given twice.
    """
    archs = tuple(found for word in words if (found := _arch(word)) is not None)
    networks = tuple(Path(word) for word in words if _arch(word) is None)
    for path in networks:
        if not path.exists():
            near = did_you_mean(str(path), shipped.names())
            there = f"; shipped architectures: {listed(shipped.names(), 'and')}"
            raise UsageError(
                f"{path}: neither a checkpoint, a trace nor an architecture{near or there}"
            )
    if not networks or not archs:
        missing = "an architecture" if networks else "a network (a checkpoint or a trace)"
        raise UsageError(f"compare needs {missing}; given: {' '.join(words) or 'nothing'}")
    _refuse_twice("networks", [name_of(path) for path in networks])
    _refuse_twice("architectures", [str(arch) for arch in archs])
    return networks, archs


def name_of(source: Path) -> str:
    """What a comparison calls a network: the checkpoint's or the trace's name."""
    return source.stem if source.is_file() else source.resolve().name


def _arch(word: str) -> ArchName | None:
    file, colon, variant = word.rpartition(":")
    if not colon or not _names_arch(file):
        file, variant = word, ""
    return ArchName(file, variant or None) if _names_arch(file) else None


def _names_arch(word: str) -> bool:
    return word.endswith(shipped.SUFFIXES) or (word in shipped.names() and not Path(word).exists())


def _refuse_twice(what: str, names: list[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"two {what} called {listed(twice, 'and')}; a table could not name them")
