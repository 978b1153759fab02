"""Go on where a run that was killed had come: it saves its state now and then as it works."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol, TypeVar

import numpy as np

from hwsim.interrupt import ctrl_c_when
from hwsim.saved import Arrays, Saved, read_arrays, write_arrays

EVERY_S = 30.0
"""Work between two saves; a run that is shorter writes nothing."""
SHARE = 0.05
"""Of the time that may be spent on saving."""
INPUTS = "inputs"

Say = Callable[[str], None]
"""Called with a line for the user."""


class Resumable(Protocol):
    """What is kept: work that goes on in steps."""

    @property
    def step(self) -> int:
        """Steps that are done."""

    @property
    def whole(self) -> bool:
        """Whether `arrays` are those of a moment between two steps."""

    def arrays(self) -> Arrays:
        """All that is needed to go on from here."""


Work = TypeVar("Work", bound=Resumable)


class Unfinished:
    """The state of a run in a hidden folder of `parent`, there only while the run is not written.

    Without a `parent`, or where nothing can be written, nothing is kept. A file that is damaged
    or of other inputs is ignored; `say` hears of it.
    """

    def __init__(self, parent: Path | None = None, say: Say = lambda line: None) -> None:
        self._parent, self._say = parent, say
        self._folder: Path | None = None
        self._refused = False
        self._inputs = ""
        self._works: dict[str, Resumable] = {}
        self._written: dict[str, int] = {}
        self._due = time.monotonic() + EVERY_S

    def name(self, inputs: dict[str, Any]) -> None:
        """Say what decides the result of the run: plain values that JSON can say."""
        text = json.dumps(inputs, sort_keys=True, separators=(",", ":"), allow_nan=False)
        self._inputs = hashlib.sha256(text.encode()).hexdigest()
        if self._parent is not None:
            self._folder = self._parent / f".unfinished-{self._inputs[:8]}"

    def begin(self, name: str, start: Callable[[Saved | None], Work]) -> Work:
        """`start` what is called `name`, with the arrays of the run before if it left any.

        `start` raises ValueError for arrays that it cannot go on from.
        """
        work = self._resumed(name, start)
        if work is None:
            work = start(None)
        self._works[name] = work
        return work

    @contextmanager
    def keeping(self, name: str) -> Iterator[Callable[[], None]]:
        """Keep what `begin` started while the block works on it, which calls what this gives
        after every step. Ctrl-C waits for the end of a step's bookkeeping, and saves."""
        work = self._works[name]
        with ctrl_c_when(lambda: work.whole) as interrupt:

            def keep() -> None:
                if time.monotonic() >= self._due:
                    self._save()
                interrupt()

            try:
                yield keep
            except KeyboardInterrupt:
                if work.whole and (self._written or time.monotonic() >= self._due):
                    self._save()
                    if self._folder is not None and not self._refused:
                        self._say(f"kept in {self._folder}: the same command goes on from there")
                raise

    def remove(self) -> None:
        """The run is written: nothing is left to go on from."""
        if self._folder is None:
            return
        with suppress(OSError):
            for name in self._works:
                for path in self._folder.glob(f"*{name}.npz*"):
                    path.unlink()
            self._folder.rmdir()

    def _resumed(self, name: str, start: Callable[[Saved | None], Work]) -> Work | None:
        if self._folder is None:
            return None
        path = self._folder / f"{name}.npz"
        try:
            saved = read_arrays(path)
            if saved is None:
                return None
            if saved.words(INPUTS) != [self._inputs]:
                raise ValueError("it is of another run")
            work = start(saved)
        except OSError as error:
            self._say(f"warning: {path}: ignored, cannot be read: {error.strerror or error}")
        except ValueError as error:
            self._say(f"warning: {path}: ignored, cannot be gone on from: {error}")
        else:
            self._written[name] = work.step
            self._say(f"{name}: going on where an earlier run stopped, after {work.step} steps")
            return work
        return None

    def _save(self) -> None:
        begun = time.monotonic()
        for name, work in self._works.items():
            if self._folder is None or self._refused or self._written.get(name) == work.step:
                continue
            arrays = {INPUTS: np.array([self._inputs]), **work.arrays()}
            try:
                write_arrays(self._folder / f"{name}.npz", arrays)
            except OSError as error:
                self._say(
                    f"warning: {self._folder}: cannot be written: {error.strerror or error}; "
                    "this run starts anew if it is interrupted"
                )
                self._refused = True
            self._written[name] = work.step
        now = time.monotonic()
        self._due = now + max(EVERY_S, (now - begun) / SHARE)
