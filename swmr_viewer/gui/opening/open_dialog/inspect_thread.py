"""The thread behind the inspector: it owns one reader at a time, and leaves one that hangs behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QThread, Signal

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.reader.messages import Event, FollowRequest, Inspected, Previewed

PATIENCE_S = 0.5
"""How long a reader may go on with a file that nobody wants any more, before it is replaced by a fresh one."""

_WAIT_S = 1.0
"""Longest wait for events: a wake-up that was missed costs no more than this."""

Wanted = str | FollowRequest
"""A file to inspect, or what to preview the first frame of."""


class Reader(Protocol):
    """The part of `swmr_viewer.reader.supervisor.Supervisor` that is needed here."""

    def start(self) -> None: ...
    def inspect(self, path: str) -> int: ...
    def preview(self, request: FollowRequest) -> int: ...
    def wait(self, timeout_s: float | None) -> list[Event]: ...
    def wake(self) -> None: ...
    def close(self, grace_s: float = 2.0) -> None: ...


class InspectThread(QThread):
    """Answers one question at a time; ``ask`` and ``ask_to_stop`` never block.

    Parameters
    ----------
    make_reader : callable
        Returns a reader that is not started yet.
    """

    answered = Signal(object)
    """`Inspected` or `Previewed`, with the number that was given to ``ask``."""

    def __init__(self, make_reader: Callable[[], Reader]) -> None:
        super().__init__()
        self._make_reader = make_reader
        self._lock = threading.Lock()
        self._reader: Reader | None = None
        self._inspection: tuple[int, Wanted] | None = None
        self._preview: tuple[int, Wanted] | None = None
        self._stopping = False
        self._told = threading.Event()

    def ask(self, number: int, wanted: Wanted) -> None:
        """Want this: an inspection outdates everything that was asked before, a preview the earlier previews."""
        with self._lock:
            if isinstance(wanted, str):
                self._inspection, self._preview = (number, wanted), None
            else:
                self._preview = (number, wanted)
            self._wake()

    def ask_to_stop(self) -> None:
        """Forget what was asked, and end."""
        with self._lock:
            self._inspection = self._preview = None
            self._stopping = True
            self._wake()

    def _wake(self) -> None:
        if self._reader is not None:
            self._reader.wake()
        self._told.set()

    def run(self) -> None:
        try:
            while (wanted := self._next()) is not None:
                self._answer(*wanted)
        finally:
            self._end_reader(grace_s=1.0)

    def _next(self) -> tuple[int, Wanted] | None:
        """Wait for the next request, keeping the reader under supervision; None: stop."""
        while True:
            with self._lock:
                if self._stopping:
                    return None
                if self._inspection is not None:
                    wanted, self._inspection = self._inspection, None
                    return wanted
                if self._preview is not None:
                    wanted, self._preview = self._preview, None
                    return wanted
            self._rest()

    def _rest(self) -> None:
        if self._reader is None:
            self._told.wait()
            self._told.clear()
            return
        try:
            self._reader.wait(_WAIT_S)
        except SwmrViewerError:
            self._end_reader(grace_s=0.0)

    def _answer(self, number: int, wanted: Wanted) -> None:
        """Have it answered, until there is an answer or something newer is wanted."""
        try:
            reader = self._running_reader()
            request_id = reader.inspect(wanted) if isinstance(wanted, str) else reader.preview(wanted)
            self._await(reader, number, request_id, wanted)
        except SwmrViewerError as error:
            self._end_reader(grace_s=0.0)
            self.answered.emit(_refusal(number, wanted, error))

    def _await(self, reader: Reader, number: int, request_id: int, wanted: Wanted) -> None:
        outdated_at: float | None = None
        while True:
            if outdated_at is None and self._is_outdated(wanted):
                outdated_at = time.monotonic()
            if outdated_at is not None and (self._stopping or time.monotonic() - outdated_at >= PATIENCE_S):
                self._end_reader(grace_s=0.0)
                return
            for event in reader.wait(_WAIT_S if outdated_at is None else PATIENCE_S / 4):
                if isinstance(event, (Inspected, Previewed)) and event.request_id == request_id:
                    self.answered.emit(replace(event, request_id=number))
                    return

    def _is_outdated(self, wanted: Wanted) -> bool:
        with self._lock:
            newer_preview = self._preview is not None and not isinstance(wanted, str)
            return self._stopping or self._inspection is not None or newer_preview

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


def _refusal(number: int, wanted: Wanted, error: SwmrViewerError) -> Inspected | Previewed:
    said = (error.message, error.remedy, type(error).__name__)
    if isinstance(wanted, str):
        return Inspected(number, None, *said)
    return Previewed(number, "".join(wanted.data_paths[:1]), None, None, (), *said)
