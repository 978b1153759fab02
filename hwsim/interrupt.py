"""Ctrl-C at a moment at which the work can be saved."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def ctrl_c_when(whole: Callable[[], bool]) -> Iterator[Callable[[], None]]:
    """While the block runs, Ctrl-C is raised where `whole()` is true; elsewhere it waits until
    what this gives is called. Left alone where someone else handles it.
    """
    waiting = False

    def handle(number: int, frame: object) -> None:
        nonlocal waiting
        if whole():
            raise KeyboardInterrupt
        waiting = True

    def interrupt() -> None:
        if waiting:
            raise KeyboardInterrupt

    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if ours:
        signal.signal(signal.SIGINT, handle)
    try:
        yield interrupt
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)
