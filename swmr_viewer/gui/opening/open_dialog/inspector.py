"""Looking into files in a process of its own: the window asks, goes on, and hears the answer as a signal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QObject, QThread, Signal, Slot

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.reader.messages import Event, Inspected

PATIENCE_S = 0.5
"""How long a reader may go on with a file that nobody wants any more, before it is replaced by a fresh one."""

_WAIT_S = 1.0
"""Longest wait for events: a wake-up that was missed costs no more than this."""


class Reader(Protocol):
    """The part of `swmr_viewer.reader.supervisor.Supervisor` that is needed here."""

    def start(self) -> None: ...
    def inspect(self, path: str) -> int: ...
    def wait(self, timeout_s: float | None) -> list[Event]: ...
    def wake(self) -> None: ...
    def close(self, grace_s: float = 2.0) -> None: ...


class Inspector(QObject):
    """Inspects one file at a time; a newer request outdates the older ones.

    The reader process and its thread start with the first request, end with `stop`, and start again when asked again.
    """

    inspected = Signal(object)
    """`Inspected`, with the number that `inspect` gave; only the answer to the latest request."""

    def __init__(self, parent: QObject | None = None, *, make_reader: Callable[[], Reader] | None = None) -> None:
        super().__init__(parent)
        self._make_reader = make_reader or _new_reader
        self._number = 0
        self._thread: _InspectThread | None = None
        self._ending: list[_InspectThread] = []
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close)

    def inspect(self, path: str) -> int:
        """Ask for an inspection and return its number; never blocks."""
        if self._thread is None:
            self._thread = _InspectThread(self._make_reader)
            self._thread.answered.connect(self._pass_on)
            self._thread.start()
        self._number += 1
        self._thread.ask(self._number, path)
        return self._number

    def stop(self) -> None:
        """Forget what was asked and let the process end, without waiting for it."""
        self._ending = [thread for thread in self._ending if not thread.isFinished()]
        if self._thread is None:
            return
        self._number += 1
        self._thread.ask_to_stop()
        self._ending.append(self._thread)
        self._thread = None

    @Slot()
    def close(self, timeout_s: float = 10.0) -> bool:
        """Stop and wait until process and thread are gone; False if that took too long."""
        self.stop()
        deadline = time.monotonic() + timeout_s
        gone = [thread.wait(max(1, int(1000 * (deadline - time.monotonic())))) for thread in self._ending]
        self._ending = [thread for thread, is_gone in zip(self._ending, gone, strict=True) if not is_gone]
        return all(gone)

    @Slot(object)
    def _pass_on(self, answer: Inspected) -> None:
        if answer.request_id == self._number:
            self.inspected.emit(answer)


class _InspectThread(QThread):
    """Owns one reader at a time."""

    answered = Signal(object)

    def __init__(self, make_reader: Callable[[], Reader]) -> None:
        super().__init__()
        self._make_reader = make_reader
        self._lock = threading.Lock()
        self._reader: Reader | None = None
        self._wanted: tuple[int, str] | None = None
        self._stopping = False
        self._told = threading.Event()

    def ask(self, number: int, path: str) -> None:
        self._tell(wanted=(number, path))

    def ask_to_stop(self) -> None:
        self._tell(stopping=True)

    def _tell(self, *, wanted: tuple[int, str] | None = None, stopping: bool = False) -> None:
        with self._lock:
            self._wanted, self._stopping = wanted, self._stopping or stopping
            if self._reader is not None:
                self._reader.wake()
        self._told.set()

    def run(self) -> None:
        try:
            while (wanted := self._next()) is not None:
                self._answer(*wanted)
        finally:
            self._end_reader(grace_s=1.0)

    def _next(self) -> tuple[int, str] | None:
        """Wait for the next request, keeping the reader under supervision; None: stop."""
        while True:
            with self._lock:
                if self._stopping:
                    return None
                wanted, self._wanted = self._wanted, None
            if wanted is not None:
                return wanted
            self._rest()

    def _rest(self) -> None:
        if self._reader is None:
            self._told.wait()
            self._told.clear()
            return
        try:
            self._events()
        except SwmrViewerError:
            self._end_reader(grace_s=0.0)

    def _answer(self, number: int, path: str) -> None:
        """Inspect, until there is an answer or something newer is wanted."""
        try:
            request_id = self._running_reader().inspect(path)
            self._await(number, request_id)
        except SwmrViewerError as error:
            self._end_reader(grace_s=0.0)
            self.answered.emit(Inspected(number, None, error.message, error.remedy, type(error).__name__))

    def _await(self, number: int, request_id: int) -> None:
        outdated_at: float | None = None
        while True:
            for event in self._events():
                if isinstance(event, Inspected) and event.request_id == request_id:
                    self.answered.emit(replace(event, request_id=number))
                    return
            if outdated_at is None and self._is_outdated():
                outdated_at = time.monotonic()
            if outdated_at is not None and (self._stopping or time.monotonic() - outdated_at >= PATIENCE_S):
                self._end_reader(grace_s=0.0)
                return

    def _is_outdated(self) -> bool:
        with self._lock:
            return self._stopping or self._wanted is not None

    def _events(self) -> list[Event]:
        wait_s = PATIENCE_S / 4 if self._is_outdated() else _WAIT_S
        return self._running_reader().wait(wait_s)

    def _running_reader(self) -> Reader:
        if self._reader is None:
            reader = self._make_reader()
            reader.start()
            with self._lock:
                self._reader = reader
        return self._reader

    def _end_reader(self, grace_s: float) -> None:
        with self._lock:
            reader, self._reader = self._reader, None
        if reader is not None:
            reader.close(grace_s)


def _new_reader() -> Reader:
    from swmr_viewer.reader.supervisor import Supervisor

    return Supervisor()
