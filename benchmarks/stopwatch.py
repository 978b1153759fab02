"""Exclusive times of stages: functions of hwsim wrapped while they are watched."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from typing import Any


class Stopwatch:
    """Time by stage; a stage inside another is not counted in the outer one."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._running: list[str] = []
        self._since = time.perf_counter()

    def timed(self, stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """`call`, with its time under `stage`."""

        @wraps(call)
        def run(*args: Any, **options: Any) -> Any:
            self._switch()
            self._running.append(stage)
            try:
                return call(*args, **options)
            finally:
                self._switch()
                self._running.pop()

        return run

    @contextmanager
    def watch(self, stages: Sequence[tuple[str, str]]) -> Iterator[None]:
        """Time the functions `module:name` or `module:class.name` of (stage, function) pairs."""
        replaced = []
        try:
            for stage, path in stages:
                owner, name = _owner(path)
                original = owner.__dict__[name]
                setattr(owner, name, self.timed(stage, original))
                replaced.append((owner, name, original))
            yield
        finally:
            for owner, name, original in replaced:
                setattr(owner, name, original)

    def _switch(self) -> None:
        now = time.perf_counter()
        if self._running:
            stage = self._running[-1]
            self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._since
        self._since = now


def _owner(path: str) -> tuple[Any, str]:
    """The module or class that holds a function, and its name there."""
    module, _, names = path.partition(":")
    owner: Any = import_module(module)
    *outer, name = names.split(".")
    for part in outer:
        owner = getattr(owner, part)
    return owner, name
