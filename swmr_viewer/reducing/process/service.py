"""The work of the process that reduces: orders come, one job runs in the main thread, what it tells goes out."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Protocol

from swmr_viewer.core.errors import SwmrViewerError
from swmr_viewer.core.messages import ForeignMessageError, receive_message, send_message
from swmr_viewer.reducing.messages import (
    Alive,
    Describe,
    Described,
    Noted,
    Quit,
    ReduceRequest,
    ReductionEnded,
    ReductionEvent,
    ReductionFailed,
    ReductionOrder,
    Show,
    Start,
    Stop,
    Taken,
    failure_of,
)
from swmr_viewer.reducing.process.event_box import EventBox
from swmr_viewer.reductions import describe

_ALIVE_EVERY_S = 1.0
_LAST_WORDS_S = 5.0


class Job(Protocol):
    """What ``ReductionJob`` is to this process.

    It is made quickly: whatever may wait is done by ``step``. What it tells is sent later, by another thread: it leaves it alone.
    """

    def step(self) -> bool:
        """Go on, for a tenth of a second or so; return whether there is more to do."""

    def show(self, index: int, scan_shape: tuple[int, ...]) -> None:
        """Tell everything of this frame; from any thread."""

    def stop(self) -> None:
        """End soon; from any thread."""

    def close(self) -> None:
        """Let everything go; the output is closed."""


MakeJob = Callable[[ReduceRequest, Callable[[ReductionEvent], None]], Job]


class Service:
    """Serves one parent.

    Parameters
    ----------
    connection : Connection
        The pipe to it.
    make_job : callable, optional
        Makes a job of a request and a function that takes events; None: a ``ReductionJob``.
    """

    def __init__(self, connection: Connection, make_job: MakeJob | None = None) -> None:
        self._connection = connection
        self._make_job = _reduction_job if make_job is None else make_job
        self._box = EventBox()
        self._started: SimpleQueue[ReduceRequest | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._show: Show | None = None
        self._is_stopped = self._is_quitting = False
        self._end: ReductionEnded | ReductionFailed | None = None
        """Of the run: told when it is closed."""

    def run(self) -> None:
        """Serve until told to quit, or until the parent is gone."""
        signal.signal(signal.SIGTERM, self._end_politely)
        send_message(self._connection, [Alive()])
        threading.Thread(target=self._receive, name="reductions receive", daemon=True).start()
        sender = threading.Thread(target=self._send, name="reductions send", daemon=True)
        sender.start()
        while not self._is_quitting and (request := self._started.get()) is not None:
            self._reduce(request)
        self._box.close()
        sender.join(_LAST_WORDS_S)

    # ---- the main thread

    def _reduce(self, request: ReduceRequest) -> None:
        """Run one job from its beginning to its end, which is told whatever happens, once everything of it is closed."""
        job: Job | None = None
        self._end = None
        try:
            if request.nice and hasattr(os, "nice"):
                os.nice(max(0, request.nice - os.nice(0)))
            job = self._make_job(request, self._tell)
            self._begin(job)
            while job.step():
                pass
        except Exception as error:
            self._tell_failure(error, request)
        finally:
            with self._lock:
                self._job = None
            try:
                if job is not None:
                    job.close()
            except Exception as error:
                self._tell_failure(error, request)
        self._box.put(self._end or ReductionFailed("The reduction ended without a reason.", "Please report it."))

    def _begin(self, job: Job) -> None:
        with self._lock:
            self._job = job
            if self._show is not None:
                job.show(self._show.index, self._show.scan_shape)
            if self._is_stopped:
                job.stop()

    def _tell(self, event: ReductionEvent) -> None:
        if isinstance(event, (ReductionEnded, ReductionFailed)):
            self._end = event
        else:
            self._box.put(event)

    def _tell_failure(self, error: Exception, request: ReduceRequest) -> None:
        if isinstance(error, MemoryError):
            from swmr_viewer.core.files import explain

            error = explain(error, request.path)
        if not isinstance(self._end, ReductionFailed):  # the first one says why
            self._tell(failure_of(error, request.path))

    def _end_politely(self, number: int, _frame: object) -> None:
        """A first SIGTERM: end cleanly. The second one ends it."""
        signal.signal(number, signal.SIG_DFL)
        threading.Thread(target=self._quit, daemon=True).start()  # not here: this thread may hold any lock of the job's

    # ---- other threads

    def _receive(self) -> None:
        with contextlib.suppress(EOFError, OSError, ForeignMessageError):
            while not isinstance(order := receive_message(self._connection), Quit):
                self._obey(order)
        self._quit()

    def _quit(self) -> None:
        with self._lock:
            self._is_quitting = True
        self._stop()
        self._started.put(None)
        self._box.note_taken()

    def _stop(self) -> None:
        with self._lock:
            self._is_stopped = True
            job = self._job
        if job is not None:
            job.stop()

    def _obey(self, order: ReductionOrder) -> None:
        match order:
            case Start(request):
                with self._lock:
                    self._is_stopped, self._show = False, None
                self._started.put(request)
            case Show():
                with self._lock:
                    self._show = order
                    job = self._job
                if job is not None:
                    job.show(order.index, order.scan_shape)
            case Stop():
                self._stop()
            case Describe(names):
                for name in names:
                    threading.Thread(target=self._describe, args=(name,), name="reductions describe", daemon=True).start()
            case Taken():
                self._box.note_taken()
            case Quit():
                pass

    def _describe(self, name: str) -> None:
        """Answer beside what is reduced: to load a plug-in may take seconds, and one that hangs holds up no other."""
        try:
            self._box.put(Described(name, describe(name)))
        except Exception as error:
            said = str(error) if isinstance(error, SwmrViewerError) else f"{type(error).__name__}: {error}"
            self._box.put(Described(name, None, said))

    def _send(self) -> None:
        with contextlib.suppress(OSError):
            while (events := self._box.take(_ALIVE_EVERY_S)) is not None:
                self._send_events(events or [Alive()])

    def _send_events(self, events: Sequence[ReductionEvent]) -> None:
        """Send them; what is in them of the reduction's own kinds, and no message holds, is told in words."""
        try:
            send_message(self._connection, [*events])
        except TypeError as error:
            if len(events) == 1:
                send_message(self._connection, [_in_words(events[0], error)])
            else:
                for event in events:
                    self._send_events([event])


def _in_words(event: ReductionEvent, error: TypeError) -> ReductionEvent:
    if isinstance(event, Described):
        return Described(event.name, None, f"What it says of itself cannot be passed on: {error}")
    return Noted(f"What the reduction made cannot be passed on: {error}")


def _reduction_job(request: ReduceRequest, tell: Callable[[ReductionEvent], None]) -> Job:
    from swmr_viewer.reducing.job import ReductionJob

    return ReductionJob(request, tell)
