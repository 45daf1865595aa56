"""What commands share of the terminal: plain text, sizes as people type them, Ctrl-C and a polite kill."""

from __future__ import annotations

import argparse
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType, TracebackType
from typing import Self, TextIO, TypeVar

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.plain_text import plain


class OutputError(SwmrViewerError):
    """Standard output takes nothing more, and not because its reader went."""


@contextmanager
def output_errors_explained() -> Iterator[None]:
    """Turn what goes wrong with standard output into a sentence.

    Raises
    ------
    BrokenPipeError
        If whoever read it has gone: nobody needs to know.
    OutputError
        If it cannot be written for another reason, as where a disk is full.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"Standard output cannot be written: {error.strerror}.", "Make room for it, and start again.") from error


def print_text(text: str, stream: TextIO | None) -> None:
    """Print lines; characters that the stream has no code for are written out. None: the stream was closed before we started."""
    if stream is None:
        return
    for line in text.split("\n"):
        encoding = stream.encoding or "utf-8"
        stream.write(plain(line).encode(encoding, "backslashreplace").decode(encoding) + "\n")
    stream.flush()


def print_line(text: str, stream: TextIO | None) -> None:
    """Print a sentence, in which a name may hold line breaks, as one line; that nobody can read it ends nothing."""
    with suppress(OSError):
        print_text(plain(text), stream)


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


@contextmanager
def signals_handled(handlers: Mapping[signal.Signals, Callable[[int, FrameType | None], object]]) -> Iterator[None]:
    """While this lasts, signals are handled by these; they belong to the main thread, elsewhere nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def ended_at_once_by_ctrl_c() -> Iterator[None]:
    """While this lasts, there is nothing to protect: modules are loaded, and some tell of anything but Ctrl-C where it interrupts them."""
    is_usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with signals_handled({signal.SIGINT: lambda number, _: os._exit(128 + number)} if is_usual else {}):
        yield


@contextmanager
def signals_collected(asked: list[int], wake: Callable[[], None]) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM be noted, to be acted on between two events; a second one interrupts at once."""

    def note(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        wake()

    with signals_handled({signal.SIGINT: note, signal.SIGTERM: note}):
        yield


class SignalNote:
    """A handler that remembers; ``came`` is what the next handler looks at when it takes over."""

    def __init__(self) -> None:
        self.came = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.came = True


@contextmanager
def interrupts_noted() -> Iterator[dict[signal.Signals, SignalNote]]:
    """While this lasts, nothing is raised; signals belong to the main thread alone."""
    notes = {number: SignalNote() for number in (signal.SIGINT, signal.SIGTERM)}
    with signals_handled(notes):
        yield notes


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
