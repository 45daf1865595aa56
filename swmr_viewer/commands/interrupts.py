"""Keeps Ctrl-C and a polite kill until the window can answer them.

Raised while Qt loads, or in one of its callbacks, KeyboardInterrupt aborts the process (shiboken: "could not initialize")
or is swallowed, and the window stays.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

NUMBERS = (signal.SIGINT, signal.SIGTERM)


class Kept:
    """A handler that remembers; ``came`` is what the next handler looks at when it takes over."""

    def __init__(self) -> None:
        self.came = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.came = True


@contextmanager
def interrupts_kept() -> Iterator[dict[signal.Signals, Kept]]:
    """While this lasts, nothing is raised; signals belong to the main thread alone."""
    kept = {number: Kept() for number in NUMBERS}
    if threading.current_thread() is not threading.main_thread():
        yield kept
        return
    before = {number: signal.signal(number, handler) for number, handler in kept.items()}
    try:
        yield kept
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
