"""What commands share of the terminal: plain text, sizes as people type them, Ctrl-C and a polite kill."""

from __future__ import annotations

import argparse
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Self, TextIO, TypeVar

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.plain_text import plain


class OutputError(SwmrViewerError):
    """Standard output takes nothing more, and not because its reader went."""


@contextmanager
def output_told() -> Iterator[None]:
    """Turn what goes wrong with standard output into a sentence.

    Raises
    ------
    BrokenPipeError
        If whoever read it has gone: nobody needs to be told.
    OutputError
        If it cannot be written for another reason, as where a disk is full.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"Standard output cannot be written: {error.strerror}.", "Make room for it, and start again.") from error


def tell(words: str, stream: TextIO | None) -> None:
    """Print lines; characters that the stream has no code for are written out. None: the stream was closed before we started."""
    if stream is None:
        return
    for line in words.split("\n"):
        told = plain(line)
        encoding = stream.encoding or "utf-8"
        stream.write(told.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    stream.flush()


def tell_line(words: str, stream: TextIO | None) -> None:
    """Print a sentence, in which a name may hold line breaks, as one line; that nobody can read it ends nothing."""
    with suppress(OSError):
        tell(plain(words), stream)


def scan_shape(text: str) -> tuple[int, ...]:
    """Return the shape that ``20x30`` means.

    Raises
    ------
    argparse.ArgumentTypeError
        If it is no size.
    """
    parts = text.lower().split("x")
    if not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not the extent of a scan: give its axes as in 20x30.")
    return tuple(int(part) for part in parts)


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
