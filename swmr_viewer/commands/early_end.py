"""Ctrl-C and a polite kill end a writer between two of its steps, never within one."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Self, TypeVar

T = TypeVar("T")


class Terminated(KeyboardInterrupt):
    """Somebody asked the process to end, as Ctrl-C does."""


class EarlyEnd:
    """Raises what ended it only where that is safe: until there is something to protect, and while the writer waits.

    An exception raised wherever Python happens to be is lost in a destructor (seen: a writer that went on, and was
    killed with its file open), and within HDF5 it may leave the file open.
    """

    def __init__(self) -> None:
        self._asked: type[KeyboardInterrupt] | None = None
        self._may_raise = True
        self._before: dict[signal.Signals, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():  # signals belong to it alone
            for number, kind in ((signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Terminated)):
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._handler(kind))
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def protect(self) -> None:
        """From now on, raise only at a ``stop``."""
        self._may_raise = False

    def stop(self, wait: Callable[[T], None]) -> Callable[[T], None]:
        """Return ``wait`` as a place where the writer may be ended, before and while it waits."""

        def waiting(argument: T) -> None:
            before, self._may_raise = self._may_raise, True
            try:
                if self._asked is not None:
                    raise self._asked
                wait(argument)
            finally:
                self._may_raise = before

        return waiting

    def _handler(self, kind: type[KeyboardInterrupt]) -> Callable[[int, FrameType | None], None]:
        def handle(_number: int, _frame: FrameType | None) -> None:
            self._asked = kind
            if self._may_raise:
                raise kind

        return handle
