"""Inspects files, and previews frames of them, in a process of its own: the window asks, goes on, and gets the answer as a signal."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QObject, QThread, Signal, Slot

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.reader.messages import FollowRequest, Inspect, Inspected, Previewed

if TYPE_CHECKING:
    from swmr_viewer.reader.supervision import Supervisor

PATIENCE_S = 0.5
"""How long a reader may go on with a question that is outdated, before it is replaced by a fresh one."""

_WAIT_S = 1.0
"""Longest wait for events: a wake-up that was missed costs no more than this."""

Question = Inspect | FollowRequest
"""A file to inspect, or what to preview the first frame of."""
Answer = Inspected | Previewed


class Inspector(QObject):
    """Inspects one file at a time, or previews a frame of it; a newer question outdates the older ones.

    The reader process and its thread start with the first question, end with `stop`, and start again when asked again.
    """

    inspected = Signal(object)
    """`Inspected`, with the number that `inspect` returned; only the answer to the latest question."""
    previewed = Signal(object)
    """`Previewed`, with the number that `preview` returned; only the answer to the latest one, and only after the latest inspection."""

    def __init__(self, parent: QObject | None = None, *, make_reader: Callable[[], Supervisor] | None = None) -> None:
        super().__init__(parent)
        self._make_reader = make_reader or _new_reader
        self.external = True
        """Whether other files are looked into, where a file leads to such."""
        self._number = self._inspection = self._preview = 0
        self._thread: _InspectorThread | None = None
        self._ending: list[_InspectorThread] = []
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.close)

    def inspect(self, path: str) -> int:
        """Ask for an inspection and return its number; never blocks. Previews that were asked for are dropped."""
        self._inspection, self._preview = self._ask(Inspect(0, path, self.external)), 0
        return self._inspection

    def preview(self, request: FollowRequest) -> int:
        """Ask for the first complete frame of the request's first data set and return the number; never blocks."""
        self._preview = self._ask(replace(request, external=self.external))
        return self._preview

    def _ask(self, question: Question) -> int:
        if self._thread is None:
            self._thread = _InspectorThread(self._make_reader)
            self._thread.answered.connect(self._emit)
            self._thread.start()
        self._number += 1
        self._thread.ask(self._number, question)
        return self._number

    def stop(self) -> None:
        """Drop what was asked and let the process end, without waiting for it."""
        self._ending = [thread for thread in self._ending if not thread.isFinished()]
        self._inspection = self._preview = 0
        if self._thread is not None:
            self._thread.ask_to_stop()
            self._ending.append(self._thread)
            self._thread = None

    @Slot()
    def close(self, timeout_s: float = 10.0) -> bool:
        """Stop and wait until process and thread are gone; False if that took too long."""
        self.stop()
        deadline = time.monotonic() + timeout_s
        self._ending = [thread for thread in self._ending if not thread.wait(max(1, int(1000 * (deadline - time.monotonic()))))]
        return not self._ending

    @Slot(object)
    def _emit(self, answer: Answer) -> None:
        if isinstance(answer, Inspected) and answer.request_id == self._inspection:
            self.inspected.emit(answer)
        elif isinstance(answer, Previewed) and answer.request_id == self._preview:
            self.previewed.emit(answer)


class _InspectorThread(QThread):
    """Owns one reader at a time, and abandons one that hangs; ``ask`` and ``ask_to_stop`` never block."""

    answered = Signal(object)
    """`Inspected` or `Previewed`, with the number that was given to ``ask``."""

    def __init__(self, make_reader: Callable[[], Supervisor]) -> None:
        super().__init__()
        self._make_reader = make_reader
        self._lock = threading.Lock()
        self._reader: Supervisor | None = None
        self._pending: dict[type, tuple[int, Question]] = {}
        """At most one inspection, then at most one preview."""
        self._stopping = False
        self._woken = threading.Event()

    def ask(self, number: int, question: Question) -> None:
        """Answer this; an inspection outdates everything that was asked before, a preview the earlier previews."""
        with self._lock:
            if isinstance(question, Inspect):
                self._pending.clear()
            self._pending[type(question)] = number, question
            self._wake()

    def ask_to_stop(self) -> None:
        """Drop what was asked, and end."""
        with self._lock:
            self._pending.clear()
            self._stopping = True
            self._wake()

    def _wake(self) -> None:
        if self._reader is not None:
            self._reader.wake()
        self._woken.set()

    def run(self) -> None:
        try:
            while (pending := self._next()) is not None:
                self._answer(*pending)
        finally:
            self._end_reader(grace_s=1.0)

    def _next(self) -> tuple[int, Question] | None:
        """Wait for the next question, keeping the reader under supervision; None: stop."""
        while True:
            with self._lock:
                if self._stopping:
                    return None
                if self._pending:
                    return self._pending.pop(next(iter(self._pending)))
            self._idle()

    def _idle(self) -> None:
        if self._reader is None:
            self._woken.wait()
            self._woken.clear()
            return
        try:
            self._reader.wait(_WAIT_S)
        except SwmrViewerError:
            self._end_reader(grace_s=0.0)

    def _answer(self, number: int, question: Question) -> None:
        """Ask the reader, until it answers or the question is outdated."""
        try:
            reader = self._running_reader()
            if isinstance(question, Inspect):
                request_id = reader.inspect(question.path, external=question.external)
            else:
                request_id = reader.preview(question)
            self._await(reader, number, request_id, question)
        except SwmrViewerError as error:
            self._end_reader(grace_s=0.0)
            self.answered.emit(_refusal(number, question, error))

    def _await(self, reader: Supervisor, number: int, request_id: int, question: Question) -> None:
        outdated_at: float | None = None
        while True:
            if outdated_at is None and self._is_outdated(question):
                outdated_at = time.monotonic()
            if outdated_at is not None and (self._stopping or time.monotonic() - outdated_at >= PATIENCE_S):
                self._end_reader(grace_s=0.0)
                return
            for event in reader.wait(_WAIT_S if outdated_at is None else PATIENCE_S / 4):
                if isinstance(event, Answer) and event.request_id == request_id:
                    self.answered.emit(replace(event, request_id=number))
                    return

    def _is_outdated(self, question: Question) -> bool:
        with self._lock:
            return self._stopping or Inspect in self._pending or type(question) in self._pending

    def _running_reader(self) -> Supervisor:
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


def _refusal(number: int, question: Question, error: SwmrViewerError) -> Answer:
    why = (error.message, error.remedy, error.kind)
    if isinstance(question, Inspect):
        return Inspected(number, None, *why)
    return Previewed(number, "".join(question.data_paths[:1]), None, None, (), *why)


def _new_reader() -> Supervisor:
    from swmr_viewer.reader.supervision import Supervisor

    return Supervisor()
