"""What keeps the program upright: exceptions become a problem on the screen, Ctrl-C closes the window, no turn takes long."""

from __future__ import annotations

import contextlib
import gc
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QSocketNotifier, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtGui import QGuiApplication

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.scan_model import Problem


class _ProblemRelay(QObject):
    """Carries a problem from any thread to the window's."""

    reported = Signal(object)


def problem_of(error: BaseException) -> Problem:
    """Return what the error bar says about an exception that nobody expected."""
    details = "".join(traceback.format_exception(error))
    if isinstance(error, SwmrViewerError):
        return Problem(error.message, error.remedy, details)
    return Problem(f"Something unexpected went wrong: {error or type(error).__name__}.", "Following goes on if it can.", details)


@contextlib.contextmanager
def exceptions_reported(report: Callable[[Problem], None]) -> Iterator[None]:
    """While this lasts, exceptions in slots and threads are reported, and printed, instead of lost."""
    relay = _ProblemRelay()
    relay.reported.connect(report)

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        sys.__excepthook__(kind, error, trace)
        relay.reported.emit(problem_of(error))

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            hook(args.exc_type, args.exc_value, args.exc_traceback)

    before, thread_before = sys.excepthook, threading.excepthook
    sys.excepthook, threading.excepthook = hook, thread_hook
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before, thread_before


@contextlib.contextmanager
def interrupt_calls(action: Callable[[], object]) -> Iterator[None]:
    """While this lasts, Ctrl-C and a polite kill call ``action`` in the event loop.

    Qt's loop runs no Python while it waits: the signal's number comes through a socket that wakes it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)

    def on_signal() -> None:
        _drain(ours)
        action()

    notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(on_signal)
    before_fd = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
    before = {number: signal.signal(number, _do_nothing) for number in (signal.SIGINT, signal.SIGTERM)}
    for number, handler in before.items():
        if getattr(handler, "came", False):  # noted by commands/terminal.py while the window was being made
            signal.raise_signal(number)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(before_fd)
        notifier.setEnabled(False)
        notifier.deleteLater()
        ours.close()
        theirs.close()


def _drain(connection: socket.socket) -> None:
    with contextlib.suppress(BlockingIOError):
        connection.recv(64)


def _do_nothing(number: int, frame: FrameType | None) -> None:
    """Leave it to the wake-up socket to wake the event loop."""


@contextlib.contextmanager
def collector_spared() -> Iterator[None]:
    """While this lasts, Python's collector leaves alone what is there already: a look at all of the window's objects took 0.12 s.

    Nor does it look for garbage among them first (0.05 s before the window shows; 1,500 objects). It may have been off until here.
    """
    gc.freeze()
    gc.enable()
    try:
        yield
    finally:
        gc.unfreeze()


_WARNINGS = (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)


@contextlib.contextmanager
def qt_messages_noted(note: Callable[[str], None]) -> Iterator[None]:
    """While this lasts, ``note`` gets Qt's warnings, from whichever thread, and all that Qt says is printed.

    But for what its off-screen platform cannot do: nobody sees that window.
    """
    off_screen = QGuiApplication.platformName() == "offscreen"

    def print_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if off_screen and text.startswith("This plugin does not support"):
            return
        if sys.stderr is not None:
            with contextlib.suppress(OSError, ValueError):
                print(text, file=sys.stderr)
        if kind in _WARNINGS:
            note(text)

    before = qInstallMessageHandler(print_message)
    try:
        yield
    finally:
        qInstallMessageHandler(before)
